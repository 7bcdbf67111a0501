"""The base of values that compare by identity and refuse assignment.

The compiler's own classes are these and named tuples rather than attrs classes: importing attrs and
making seventy classes with it takes longer than compiling a schema of three hundred models.
"""

from __future__ import annotations

from typing import Any, NoReturn, TypeVar, dataclass_transform

Class = TypeVar("Class", bound=type)


@dataclass_transform(kw_only_default=True, frozen_default=True, eq_default=False)
class Frozen:
    """Takes its annotated attributes as keywords; those with a value in the class may be left out."""

    def __init__(self, **values: Any) -> None:
        self.__dict__.update(values)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{type(self).__name__}.{name} cannot be changed")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"{type(self).__name__}.{name} cannot be removed")

    def __repr__(self) -> str:
        shown = self.__dict__.get("name") or self.__dict__.get("path") or hex(id(self))
        return f"<{type(self).__name__} {shown}>"


def fill(value: Frozen, **values: object) -> None:
    """Complete a value that others already refer to; only the pass that made it may do so."""
    value.__dict__.update(values)


def by_identity(cls: Class) -> Class:
    """Make a named tuple compare and hash as an object: two nodes may read alike and differ."""
    changed: Any = cls
    changed.__eq__ = object.__eq__
    changed.__ne__ = object.__ne__
    changed.__hash__ = object.__hash__
    return cls


def by_type_and_value(cls: Class) -> Class:
    """Make a named tuple differ from another kind of tuple that holds the same values."""
    same_values: Any = tuple.__eq__

    def equal(self: Any, other: object) -> bool:
        return type(self) is type(other) and bool(same_values(self, other))

    def differ(self: Any, other: object) -> bool:
        return not equal(self, other)

    changed: Any = cls
    changed.__eq__ = equal
    changed.__ne__ = differ
    changed.__hash__ = tuple.__hash__
    return cls
