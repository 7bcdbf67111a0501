"""The syntax tree: what each stretch of a schema's text is, before anything is looked up.

Nodes are frozen and compare by identity, so that later passes can keep what they learn about a
node in dictionaries. A node covers ``text[start:end]`` of its file; comments, blank lines and line
ends live between nodes, in the text, which is why a tree that nobody changed prints the same bytes.
Spans are those of Prisma's own grammar: the excerpts in error messages depend on them.
"""

from __future__ import annotations

from enum import StrEnum

from oneclick_deploy.prisma.records import Record, by_identity
from oneclick_deploy.prisma.syntax.source import SourceFile


class Arity(StrEnum):
    """How many values a field holds."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    LIST = "list"


@by_identity
class Identifier(Record):
    """A name, where it stands."""

    name: str
    start: int
    end: int


@by_identity
class Number(Record):
    """A number, as written: ``-1.50``."""

    text: str
    start: int
    end: int


@by_identity
class String(Record):
    """A string; ``value`` has its escapes resolved."""

    value: str
    start: int
    end: int


@by_identity
class Constant(Record):
    """A bare word: an enum value, a field, ``true``; dots may occur."""

    name: str
    start: int
    end: int


@by_identity
class Call(Record):
    """A function with arguments: ``now()``, ``title(length: 10)``."""

    name: Identifier
    arguments: Arguments
    start: int
    end: int


@by_identity
class Array(Record):
    """``[a, b]``."""

    items: tuple[Expression, ...]
    start: int
    end: int


@by_identity
class Object(Record):
    """``{ a: 1, b: { not: null } }``, the condition of a partial index."""

    members: tuple[Member, ...]
    start: int
    end: int


@by_identity
class Member(Record):
    """One ``key: value`` of an object."""

    key: Identifier
    value: Expression
    start: int
    end: int


Expression = Number | String | Constant | Call | Array | Object


@by_identity
class Argument(Record):
    """A value, named or not."""

    name: Identifier | None
    value: Expression
    start: int
    end: int


@by_identity
class Arguments(Record):
    """What stands between round brackets.

    Args:
        items: The arguments, in order.
        empty: Names followed by a colon and no value, which Prisma parses and then refuses.
        trailing_comma: Where a comma stands before the closing bracket.
    """

    items: tuple[Argument, ...] = ()
    empty: tuple[Identifier, ...] = ()
    trailing_comma: tuple[int, int] | None = None
    start: int = 0
    end: int = 0


NO_ARGUMENTS = Arguments()


@by_identity
class Attribute(Record):
    """``@name(...)`` of a field or value, ``@@name(...)`` of a block; ``name`` may have dots."""

    name: Identifier
    arguments: Arguments
    start: int
    end: int


@by_identity
class FieldType(Record):
    """The type of a field, without its arity.

    Args:
        name: The name, or the text inside ``Unsupported("...")``.
        is_unsupported: Whether it was ``Unsupported("...")``.
    """

    name: str
    is_unsupported: bool
    start: int
    end: int


@by_identity
class Field(Record):
    """One line of a model, view or type. ``documentation`` joins its ``///`` lines."""

    name: Identifier
    type: FieldType
    arity: Arity
    attributes: tuple[Attribute, ...]
    documentation: str | None
    start: int
    end: int


@by_identity
class EnumValue(Record):
    """One line of an enum."""

    name: Identifier
    attributes: tuple[Attribute, ...]
    documentation: str | None
    start: int
    end: int


@by_identity
class Property(Record):
    """``key = value`` in a datasource or generator."""

    name: Identifier
    value: Expression | None
    start: int
    end: int


@by_identity
class ModelBlock(Record):
    """``model`` or ``view``."""

    file: SourceFile
    name: Identifier
    fields: tuple[Field, ...]
    attributes: tuple[Attribute, ...]
    documentation: str | None
    is_view: bool
    start: int
    end: int


@by_identity
class TypeBlock(Record):
    """``type``: a composite type, which only document databases know."""

    file: SourceFile
    name: Identifier
    fields: tuple[Field, ...]
    attributes: tuple[Attribute, ...]
    documentation: str | None
    start: int
    end: int


@by_identity
class EnumBlock(Record):
    """``enum``."""

    file: SourceFile
    name: Identifier
    values: tuple[EnumValue, ...]
    attributes: tuple[Attribute, ...]
    documentation: str | None
    start: int
    end: int


@by_identity
class ConfigBlock(Record):
    """``datasource`` or ``generator``, as ``keyword`` says."""

    file: SourceFile
    keyword: str
    name: Identifier
    properties: tuple[Property, ...]
    documentation: str | None
    start: int
    end: int

    def get(self, name: str) -> Property | None:
        """The property of that name, the last one if it was given twice."""
        return next((each for each in reversed(self.properties) if each.name.name == name), None)


Block = ModelBlock | TypeBlock | EnumBlock | ConfigBlock


@by_identity
class SyntaxTree(Record):
    """A parsed file: its blocks in the order of the text. ``str()`` gives the text back."""

    file: SourceFile
    blocks: tuple[Block, ...]

    def __str__(self) -> str:
        return self.file.text
