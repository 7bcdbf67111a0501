"""Query strings checked against the parameters an OpenAPI operation documents."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from attrs import frozen
from jsonschema_rs import Draft202012Validator

from .schemas import Json, Schemas, complaints

_INTEGER = re.compile(r"-?[0-9]+")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


@frozen(kw_only=True)
class _Key:
    """One key that may stand in the query string."""

    kind: str
    repeats: bool
    validator: Draft202012Validator


class QueryParameters:
    """The documented query parameters of one operation."""

    def __init__(self, parameters: Iterable[Json], schemas: Schemas) -> None:
        self._keys: dict[str, _Key] = {}
        self._required: list[str] = []
        for parameter in parameters:
            if parameter["in"] != "query":
                continue
            if parameter.get("required"):
                self._required.append(parameter["name"])
            self._add(parameter["name"], parameter["schema"], schemas)

    def complaints(self, query: Sequence[tuple[str, str]]) -> list[str]:
        """Report unknown, repeated, malformed and missing keys."""
        found: list[str] = []
        seen: set[str] = set()
        for name, value in query:
            key = self._keys.get(name)
            if key is None:
                found.append(f"query key {name!r} is not documented")
                continue
            if name in seen and not key.repeats:
                found.append(f"query key {name!r} is repeated")
            seen.add(name)
            found += complaints(key.validator, _decoded(value, key.kind), place=f"query {name}")
        found += [f"query key {name!r} is missing" for name in self._required if name not in seen]
        return found

    def _add(self, name: str, schema: Json, schemas: Schemas, *, repeats: bool = False) -> None:
        schema = schemas.resolve(schema)
        kind = schema.get("type", "string")
        if kind == "array":
            # The default style: one key for each element.
            self._add(name, schema["items"], schemas, repeats=True)
        elif kind == "object":
            # Cloudflare's filters: the 2024 description spells them out, "account.name".
            for field, child in schema["properties"].items():
                self._add(f"{name}.{field}", child, schemas)
        else:
            validator = schemas.validator(schema)
            self._keys[name] = _Key(kind=kind, repeats=repeats, validator=validator)


def _decoded(value: str, kind: str) -> Any:
    if kind == "integer" and _INTEGER.fullmatch(value):
        return int(value)
    if kind == "number" and _NUMBER.fullmatch(value):
        return float(value)
    if kind == "boolean" and value in ("true", "false"):
        return value == "true"
    return value
