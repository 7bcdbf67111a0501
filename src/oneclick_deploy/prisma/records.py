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

    class _Record(tuple):
        """What every record can do."""

        __slots__ = ()

        def __new__(cls, *values: object, **named: object) -> Self:
            if named or len(values) != len(cls._fields):
                values = _completed(cls, values, named)
            return tuple.__new__(cls, values)

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
            return tuple.__new__(type(self), values)

    class _RecordType(type):
        """Turns the annotated attributes of a class into the places of a tuple."""

        def __new__(cls, name: str, _bases: tuple[type, ...], namespace: dict[str, object]) -> type:
            fields = tuple(namespace.get("__annotations__", ()))
            defaults = {field: namespace[field] for field in fields if field in namespace}
            for position, field in enumerate(fields):
                namespace[field] = _tuplegetter(position, None)
            namespace.update(
                __slots__=(), _fields=fields, __match_args__=fields, _field_defaults=defaults
            )
            # An ordinary class: isinstance() is slow for those that have a metaclass.
            return type(name, (_Record,), namespace)

    Record = type.__new__(_RecordType, "Record", (), {"__doc__": "The base of a named tuple."})

    def _completed(
        cls: type[_Record], values: tuple[object, ...], named: dict[str, object]
    ) -> list[object]:
        """The values of all fields, from those given by place, by name, and by default."""
        given = dict(zip(cls._fields, values, strict=False))
        wrong = [name for name in named if name in given or name not in cls._fields]
        complete = {**cls._field_defaults, **given, **named}
        missing = [name for name in cls._fields if name not in complete]
        if wrong or missing or len(values) > len(cls._fields):
            facts = f"wants {', '.join(cls._fields)}; wrong: {wrong}; missing: {missing}"
            raise TypeError(f"{cls.__name__}() got {len(values)} values by place, {facts}")
        return [complete[name] for name in cls._fields]


__all__ = ["Record", "by_identity", "by_type_and_value"]


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
