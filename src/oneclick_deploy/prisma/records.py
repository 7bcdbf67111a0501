"""`Record`: the named tuples of the compiler.

To type checkers these are `typing.NamedTuple`, and they behave the same. Only their classes are
made in another way: `typing` compiles every annotation and `collections` the text of a constructor,
which for our sixty classes takes as long as parsing a schema of three hundred models.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NamedTuple as Record, Self, TypeVar

    Class = TypeVar("Class", bound=type)
else:
    from collections import _tuplegetter

    _MISSING = object()
    _new = tuple.__new__

    def _completed(
        cls: type, values: tuple[object, ...], named: dict[str, object]
    ) -> tuple[object, ...]:
        """The values of all fields: those given by place, then those given by name or default."""
        given = len(values)
        rest = cls._defaults[given:]
        if named:
            rest = tuple(map(named.pop, cls._fields[given:], rest))
        if _MISSING in rest:
            missing = cls._fields[given + rest.index(_MISSING)]
            raise TypeError(f"{cls.__name__} wants {missing}")
        if named or given > len(cls._fields):
            surplus = ", ".join(named) or f"{given} values"
            raise TypeError(f"{cls.__name__} has no room for {surplus}")
        return values + rest

    class _Record(tuple):
        """What every record can do."""

        __slots__ = ()

        def __new__(cls, *values: object, **named: object) -> Self:
            if named or len(values) != len(cls._fields):
                values = _completed(cls, values, named)
            return _new(cls, values)

        def __getnewargs__(self) -> tuple[object, ...]:
            return tuple(self)

        def __repr__(self) -> str:
            shown = ", ".join(f"{name}={value!r}" for name, value in self._asdict().items())
            return f"{type(self).__name__}({shown})"

        def _asdict(self) -> dict[str, object]:
            return dict(zip(self._fields, self, strict=True))

        def _replace(self, **changes: object) -> Self:
            values = list(map(changes.pop, self._fields, self))
            if changes:
                raise TypeError(f"{type(self).__name__} has no {', '.join(changes)}")
            return _new(type(self), values)

    class _RecordType(type):
        """Turns the annotated attributes of a class into the places of a tuple."""

        def __new__(cls, name: str, _bases: tuple[type, ...], namespace: dict[str, object]) -> type:
            fields = tuple(namespace.get("__annotations__", ()))
            defaults = tuple(namespace.get(field, _MISSING) for field in fields)
            for position, field in enumerate(fields):
                namespace[field] = _tuplegetter(position, None)
            namespace.update(
                __slots__=(), __match_args__=fields, _fields=fields, _defaults=defaults
            )
            # An ordinary class: isinstance() is slow for those that have a metaclass.
            return type(name, (_Record,), namespace)

    Record = type.__new__(_RecordType, "Record", (), {"__doc__": "The base of a named tuple."})


__all__ = ["Record", "by_identity", "by_type_and_value", "record_of"]

# Makes a record from its class and the tuple of all its values: the constructor without its checks,
# in a third of its time, for those that are made by the thousand.
record_of = tuple.__new__


def by_identity(cls: Class) -> Class:
    """Make a record compare and hash as an object: two nodes may read alike and differ."""
    changed: Any = cls
    changed.__eq__ = object.__eq__
    changed.__ne__ = object.__ne__
    changed.__hash__ = object.__hash__
    return cls


def by_type_and_value(cls: Class) -> Class:
    """Make a record differ from another kind of tuple that holds the same values."""
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
