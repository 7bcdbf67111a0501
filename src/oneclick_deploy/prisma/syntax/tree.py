"""The syntax tree: what each stretch of a schema's text is, before anything is looked up.

Nodes are frozen and compare by identity, so that later passes can keep what they learn about a
node in dictionaries. A node covers ``text[start:end]`` of its file; comments, blank lines and line
ends live between nodes, in the text, which is why a tree that nobody changed prints the same bytes.
Spans are those of Prisma's own grammar: the excerpts in error messages depend on them.
"""

from __future__ import annotations

from enum import StrEnum

from attrs import field, frozen

from oneclick_deploy.prisma.syntax.source import SourceFile


class Arity(StrEnum):
    """How many values a field holds."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    LIST = "list"


@frozen(eq=False)
class Identifier:
    """A name, where it stands."""

    name: str
    start: int
    end: int


@frozen(eq=False)
class Number:
    """A number, as written: ``-1.50``."""

    text: str
    start: int
    end: int


@frozen(eq=False)
class String:
    """A string; ``value`` has its escapes resolved."""

    value: str
    start: int
    end: int


@frozen(eq=False)
class Constant:
    """A bare word: an enum value, a field, ``true``; dots may occur."""

    name: str
    start: int
    end: int


@frozen(eq=False)
class Call:
    """A function with arguments: ``now()``, ``title(length: 10)``."""

    name: Identifier
    arguments: Arguments
    start: int
    end: int


@frozen(eq=False)
class Array:
    """``[a, b]``."""

    items: tuple[Expression, ...]
    start: int
    end: int


@frozen(eq=False)
class Object:
    """``{ a: 1, b: { not: null } }``, the condition of a partial index."""

    members: tuple[Member, ...]
    start: int
    end: int


@frozen(eq=False)
class Member:
    """One ``key: value`` of an object."""

    key: Identifier
    value: Expression
    start: int
    end: int


Expression = Number | String | Constant | Call | Array | Object


@frozen(eq=False)
class Argument:
    """A value, named or not."""

    name: Identifier | None
    value: Expression
    start: int
    end: int


@frozen(eq=False)
class Arguments:
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


@frozen(eq=False)
class Attribute:
    """``@name(...)`` of a field or value, ``@@name(...)`` of a block; ``name`` may have dots."""

    name: Identifier
    arguments: Arguments
    start: int
    end: int


@frozen(eq=False)
class FieldType:
    """The type of a field, without its arity.

    Args:
        name: The name, or the text inside ``Unsupported("...")``.
        is_unsupported: Whether it was ``Unsupported("...")``.
    """

    name: str
    is_unsupported: bool
    start: int
    end: int


@frozen(eq=False)
class Field:
    """One line of a model, view or type. ``documentation`` joins its ``///`` lines."""

    name: Identifier
    type: FieldType
    arity: Arity
    attributes: tuple[Attribute, ...]
    documentation: str | None
    start: int
    end: int


@frozen(eq=False)
class EnumValue:
    """One line of an enum."""

    name: Identifier
    attributes: tuple[Attribute, ...]
    documentation: str | None
    start: int
    end: int


@frozen(eq=False)
class Property:
    """``key = value`` in a datasource or generator."""

    name: Identifier
    value: Expression | None
    start: int
    end: int


@frozen(eq=False)
class ModelBlock:
    """``model`` or ``view``."""

    file: SourceFile
    name: Identifier
    fields: tuple[Field, ...]
    attributes: tuple[Attribute, ...]
    documentation: str | None
    is_view: bool
    start: int
    end: int


@frozen(eq=False)
class TypeBlock:
    """``type``: a composite type, which only document databases know."""

    file: SourceFile
    name: Identifier
    fields: tuple[Field, ...]
    attributes: tuple[Attribute, ...]
    documentation: str | None
    start: int
    end: int


@frozen(eq=False)
class EnumBlock:
    """``enum``."""

    file: SourceFile
    name: Identifier
    values: tuple[EnumValue, ...]
    attributes: tuple[Attribute, ...]
    documentation: str | None
    start: int
    end: int


@frozen(eq=False)
class ConfigBlock:
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


@frozen(eq=False)
class SyntaxTree:
    """A parsed file: its blocks in the order of the text. ``str()`` gives the text back."""

    file: SourceFile
    blocks: tuple[Block, ...] = field(repr=False)

    def __str__(self) -> str:
        return self.file.text
