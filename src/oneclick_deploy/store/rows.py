"""Turns records into the columns of a row and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from typing import Any, TypeVar

from attrs import AttrsInstance, asdict, fields
from cattrs import Converter

from oneclick_deploy.errors import StoreError

T = TypeVar("T", bound=AttrsInstance)


@cache
def _converter() -> Converter:
    converter = Converter()
    converter.register_structure_hook(datetime, lambda text, _: datetime.fromisoformat(text))
    converter.register_structure_hook(bytes, lambda value, _: bytes(value))
    converter.register_structure_hook_func(
        lambda kind: kind == Mapping[str, Any], lambda text, _: json.loads(text)
    )
    return converter


def to_row(record: AttrsInstance) -> dict[str, Any]:
    """The columns of a record, in its field order."""
    return {name: _column(value) for name, value in asdict(record, recurse=False).items()}


def from_row(kind: type[T], row: Mapping[str, Any]) -> T:
    """Build a record from a row with the columns of the same names.

    Raises:
        StoreError: A column is missing, or holds what this library never writes.
    """
    names = [item.name for item in fields(kind)]
    try:
        return _converter().structure({name: row[name] for name in names}, kind)
    except Exception:  # noqa: BLE001 - cattrs raises groups of whatever each column raised
        raise StoreError(
            f"a row of the deployment store is not a readable {kind.__name__}",
            hint="Something else changed the store; put back a copy of the file.",
        ) from None


def stamp(moment: datetime) -> str:
    """A time as the store writes it: UTC, always the same length, so that texts compare."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _column(value: Any) -> Any:
    match value:
        case Enum():
            return value.value
        case datetime():
            return stamp(value)
        case bool():
            return int(value)
        case Mapping():
            return json.dumps(dict(value), separators=(",", ":"), sort_keys=True)
        case str():
            # A message may name a file whose name is not UTF-8, which SQLite cannot store.
            return value.encode("utf-8", "backslashreplace").decode()
        case _:
            return value
