"""From JSON to the models, whatever case the provider writes a key in.

One answer of the Platform API mixes ``DbId``, ``primaryRegion`` and ``block_reads``, and the
answer of a create capitalises what a list does not (specs/turso.json, CreateDatabaseOutput and
Database), so keys are compared without case and underscores.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

import attrs
from cattrs import Converter
from cattrs.gen import make_dict_structure_fn

T = TypeVar("T")


def decode(data: object, model: type[T]) -> T:
    """Read one object.

    Raises:
        ValueError: A field is missing or of another type.
    """
    try:
        return _converter.structure(data, model)
    except Exception as error:  # noqa: BLE001 - cattrs groups whatever a reader raised
        raise ValueError(f"{model.__name__}: {_first(error)}") from None


def pick(data: object, *keys: str) -> Any:
    """The value under the first of ``keys`` that a mapping has, in any case; ``None`` without."""
    if isinstance(data, Mapping):
        for key in keys:
            for name, value in data.items():
                if _fold(name) == _fold(key) and value is not None:
                    return value
    return None


def holds(data: object, key: str) -> bool:
    """Whether a mapping has the key in any case, even with null."""
    return isinstance(data, Mapping) and any(_fold(name) == _fold(key) for name in data)


def moment(text: str) -> datetime:
    """Read a time with up to nine digits of fraction, as Go writes them."""
    when = datetime.fromisoformat(text)
    return when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)


def _fold(key: object) -> str:
    return str(key).replace("_", "").lower()


def _first(error: BaseException) -> str:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return f"{type(error).__name__}: {error}"


def _text(value: object, _: type) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise TypeError(f"not a text: {type(value).__name__}")
    return str(value)


def _flag(value: object, _: type) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"not true or false: {type(value).__name__}")
    return value


def _number(value: object, _: type) -> int:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise TypeError(f"not a number: {type(value).__name__}")
    return int(value)


def _object(model: type[Any]) -> Callable[[Any, Any], Any]:
    """Make the reader of one model: folded keys, unknown ones dropped, null as absent."""
    names = {_fold(a.name): a.name for a in attrs.fields(model)}
    read = make_dict_structure_fn(model, _converter)

    def structure(value: Any, kind: Any) -> Any:
        if not isinstance(value, Mapping):
            raise TypeError(f"not an object: {type(value).__name__}")
        known = {names[_fold(k)]: v for k, v in value.items() if _fold(k) in names}
        return read({name: item for name, item in known.items() if item is not None}, kind)

    return structure


_converter = Converter()
_converter.register_structure_hook(str, _text)
_converter.register_structure_hook(bool, _flag)
_converter.register_structure_hook(int, _number)
_converter.register_structure_hook(datetime, lambda value, _: moment(_text(value, str)))
_converter.register_structure_hook_factory(attrs.has, _object)
