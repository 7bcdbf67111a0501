"""The base of values that compare by identity and refuse assignment.

The compiler's own classes are these and records rather than attrs classes: importing attrs and
making seventy classes with it takes longer than compiling a schema of three hundred models.
"""

from __future__ import annotations

from types import SimpleNamespace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn, dataclass_transform
else:

    def dataclass_transform(**_facts: bool) -> object:
        """Say nothing: what it says is for type checkers, and `typing` takes long to import."""
        return lambda cls: cls


@dataclass_transform(kw_only_default=True, frozen_default=True, eq_default=False)
class Frozen(SimpleNamespace):
    """Takes its annotated attributes as keywords; those with a value in the class may be left out."""

    # The constructor of a namespace is written in C and takes half the time of one written here.
    # For the rest these are no namespaces.
    __eq__ = object.__eq__
    __ne__ = object.__ne__
    __hash__ = object.__hash__  # type: ignore[assignment]

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
