"""OpenAPI 3.0 schemas turned into JSON Schema 2020-12, closed against undocumented fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jsonschema_rs import Draft202012Validator, ValidationError

from .messages import parse_json

Json = dict[str, Any]

# Words for readers and code generators. They do not constrain a value.
_ANNOTATIONS = frozenset(
    {
        "default",
        "deprecated",
        "description",
        "discriminator",
        "example",
        "examples",
        "externalDocs",
        "readOnly",
        "title",
        "writeOnly",
        "xml",
    }
)
_COMBINATORS = ("allOf", "anyOf", "oneOf")
_HANDLED_APART = frozenset({"nullable", "exclusiveMinimum", "exclusiveMaximum"})


class Schemas:
    """Compiles the schemas of one OpenAPI document."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document

    def resolve(self, node: Json) -> Json:
        """Follow ``$ref`` until something that is not a reference."""
        while "$ref" in node:
            node = self._at(node["$ref"])
        return node

    def validator(self, schema: Json) -> Draft202012Validator:
        """Compile a schema together with the components it reaches, and no others."""
        definitions: dict[str, Json] = {}
        root = self._converted(schema, definitions, closed=True)
        return compiled({**root, "$defs": definitions})

    def _at(self, pointer: str) -> Json:
        # Turso refers below components too: "#/components/schemas/Database/properties/DbId".
        node: Any = self._document
        for step in pointer.removeprefix("#/").split("/"):
            node = node[step.replace("~1", "/").replace("~0", "~")]
        return node  # type: ignore[no-any-return]

    def _reference(self, pointer: str, definitions: dict[str, Json], *, closed: bool) -> Json:
        name = pointer.removeprefix("#/").replace("/", ".") + ("" if closed else ".open")
        if name not in definitions:
            definitions[name] = {}  # stands for itself while a recursive schema is converted
            definitions[name] = self._converted(self._at(pointer), definitions, closed=closed)
        return {"$ref": f"#/$defs/{name}"}

    def _converted(self, schema: Json, definitions: dict[str, Json], *, closed: bool) -> Json:
        if "$ref" in schema:  # OpenAPI 3.0 ignores the siblings of a reference
            return self._reference(schema["$ref"], definitions, closed=closed)

        def inner(child: Json, *, closed: bool = True) -> Json:
            return self._converted(child, definitions, closed=closed)

        # Parts of a composed object each know some of its fields, so only the whole is closed.
        composed = len(schema.get("allOf", ())) > 1 or (
            "properties" in schema and any(word in schema for word in _COMBINATORS)
        )
        result: Json = {}
        for word, value in schema.items():
            if word in _ANNOTATIONS or word in _HANDLED_APART or word.startswith("x-"):
                continue
            if word == "properties":
                result[word] = {name: inner(child) for name, child in value.items()}
            elif word in _COMBINATORS:
                result[word] = [inner(child, closed=closed and not composed) for child in value]
            elif word == "not":
                result[word] = inner(value, closed=False)
            elif word in ("items", "additionalProperties") and isinstance(value, dict):
                result[word] = inner(value)
            else:
                result[word] = value
        _exclusive_bounds(schema, result)
        if closed and composed:
            result["unevaluatedProperties"] = False
        elif closed and "properties" in schema:
            # Says the same where nothing is composed, and is much cheaper to check.
            result.setdefault("additionalProperties", False)
        return _or_null(result) if schema.get("nullable") else result


def compiled(schema: Json) -> Draft202012Validator:
    """Compile a JSON Schema 2020-12 whose messages never quote a value: it may be a secret."""
    return Draft202012Validator(schema, validate_formats=True, mask="the value")


def complaints(validator: Draft202012Validator, value: Any, *, place: str) -> list[str]:
    """Say where and why a value breaks its schema; an empty list when it does not."""
    try:
        if validator.is_valid(value):
            return []
        errors = list(validator.iter_errors(value))
    except (ValueError, RecursionError):  # such as half of a surrogate pair
        return [f"{place}: holds what JSON cannot carry"]
    return [
        f"{'/'.join([place, *map(str, cause.instance_path)])}: {cause.message}"
        for error in errors
        for cause in _causes(error)
    ]


def read_json(
    validator: Draft202012Validator, body: bytes, *, place: str = "body"
) -> tuple[list[str], Any]:
    """Parse a JSON body and check it: the complaints, and the value where there are none."""
    try:
        value = parse_json(body)
    except ValueError as error:
        return [f"{place}: is not JSON: {error}"], None
    return complaints(validator, value, place=place), value


def _causes(error: ValidationError) -> list[ValidationError]:
    """Look into a failed ``anyOf``: the alternative with the fewest complaints was meant.

    One that asks for another type altogether, such as null, was not.
    """

    def distance(complaints: list[ValidationError]) -> tuple[bool, int]:
        other_type = any(
            row.kind.name == "type" and row.instance_path == error.instance_path
            for row in complaints
        )
        return other_type, len(complaints)

    alternatives = [errors for errors in getattr(error.kind, "context", ()) if errors]
    if not alternatives:
        return [error]
    return [cause for row in min(alternatives, key=distance) for cause in _causes(row)]


def _exclusive_bounds(schema: Json, result: Json) -> None:
    # OpenAPI 3.0 has a flag beside the bound; 2020-12 has a bound of its own.
    for flag, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if schema.get(flag) is True:
            result[flag] = result.pop(bound)


def _or_null(schema: Json) -> Json:
    if any(word in schema for word in _COMBINATORS):
        return {"anyOf": [schema, {"type": "null"}]}
    if "type" not in schema:
        return schema
    nullable = {**schema, "type": [schema["type"], "null"]}
    if "enum" in schema:
        nullable["enum"] = [*schema["enum"], None]
    return nullable
