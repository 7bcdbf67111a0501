"""The lines inside blocks: fields, values of enums, attributes of blocks, properties.

Each reader returns None when the line is no such thing; the caller then refuses the whole line and
takes back what was found in it.
"""

from __future__ import annotations

from oneclick_deploy.prisma.syntax import lexicon
from oneclick_deploy.prisma.syntax.comments import CommentReader
from oneclick_deploy.prisma.syntax.expressions import ExpressionReader
from oneclick_deploy.prisma.syntax.source import SourceFile
from oneclick_deploy.prisma.syntax.tree import (
    Arity,
    Attribute,
    EnumValue,
    Field,
    FieldType,
    Identifier,
    Property,
)

COLON = "Field declarations don't require a `:`."
EXCLAMATION = "Fields are required by default, `!` is no longer required."
BRACKETS = "To specify a list, please use `Type[]` instead of `[Type]`."
OPTIONAL_LIST = "Optional lists are not supported. Use either `Type[]` or `Type?`."
INCOMPLETE = "This field declaration is invalid. It is either missing a name or a type."

_ARITIES = {None: Arity.REQUIRED, "?": Arity.OPTIONAL, "[]": Arity.LIST}


class MemberReader(ExpressionReader):
    """Reads the lines inside blocks."""

    def __init__(self, file: SourceFile, text: str) -> None:
        super().__init__(file, text)
        self.comments = CommentReader(text, file.text)

    def field_line(
        self, position: int, documentation: str | None, container: str, owner: Identifier
    ) -> tuple[Field | None, int] | None:
        """A field and the end of its line; no field when it is written in an old way."""
        head = lexicon.field_head.match(self.text, position)
        if head is None:
            return None
        mark = len(self.findings)
        type_start, type_end = head.span(3)
        end = head.end()
        suffix, suffix_end = head[4], head.end(4)
        string_span = None
        in_brackets = None
        if type_start < 0:
            in_brackets = lexicon.type_in_brackets.match(self.text, end)
            if in_brackets is not None:
                end = in_brackets.end()
        elif self.text.startswith("(", type_end) and head[3] == "Unsupported":
            unsupported = lexicon.unsupported.match(self.text, type_start)
            if unsupported is None:
                return None
            end = unsupported.end()
            suffix, suffix_end = unsupported[2], unsupported.end(2)
            string_span = unsupported.span(1)
        type_ = None
        if suffix in _ARITIES and string_span is not None:
            text = self.string(*string_span)
            type_ = FieldType(text.value, True, text.start, text.end)
        elif type_start >= 0:
            type_ = FieldType(self.file.text[type_start:type_end], False, type_start, type_end)
        attributes = self._attributes(end)
        rest = self._rest_of_line(attributes[-1].end if attributes else end)
        if rest is None:
            return None
        trailing, end = rest
        old = None
        if head.start(2) >= 0:
            old = (*head.span(2), COLON)
        elif in_brackets is not None:
            old = (*in_brackets.span(1), BRACKETS)
        elif suffix not in _ARITIES:
            message = EXCLAMATION if suffix == "!" else OPTIONAL_LIST
            old = (type_start, suffix_end, message)
        if old is not None:
            del self.findings[mark:]
            self.refuse(*old)
            return None, end
        if type_ is None:
            message = f'Error validating {container} "{owner.name}": {INCOMPLETE}'
            self.refuse(position, end, message)
            return None, end
        return Field(
            self.name(*head.span(1)),
            type_,
            _ARITIES[suffix],
            attributes,
            _joined(documentation, trailing),
            position,
            end,
        ), end

    def value_line(self, position: int, documentation: str | None) -> EnumValue | None:
        """A value of an enum; its end is that of its line."""
        head = lexicon.enum_value_head.match(self.text, position)
        if head is None:
            return None
        attributes = self._attributes(head.end())
        rest = self._rest_of_line(attributes[-1].end if attributes else head.end())
        if rest is None:
            return None
        trailing, end = rest
        text = _joined(documentation, trailing)
        return EnumValue(self.name(*head.span(1)), attributes, text, position, end)

    def attribute_line(self, position: int) -> tuple[Attribute, int] | None:
        """An attribute of the block and the end of its line.

        A comment after it belongs to the attribute; the line end does not.
        """
        match = lexicon.block_attribute.match(self.text, position)
        if match is None:
            return None
        found = self.attribute(match)
        end = self._after_spaces(found.end)
        comment = self.comments.one(end)
        if comment is not None:
            end = comment[1]
        after = self._after_spaces(end)
        line_end = lexicon.line_end.match(self.text, after)
        if line_end is None:
            return None
        return Attribute(found.name, found.arguments, position, end), line_end.end()

    def property_line(self, position: int) -> Property | None:
        """A property; its end is that of its line."""
        head = lexicon.property_head.match(self.text, position)
        if head is None:
            return None
        value = self.expression(head.end())
        rest = self._rest_of_line(value.end if value is not None else head.end())
        if rest is None:
            return None
        return Property(self.name(*head.span(1)), value, position, rest[1])

    def type_alias(self, position: int) -> int | None:
        """The end of what follows the ``=`` of ``type X = ...``, None when that is no type."""
        base = lexicon.base_type.match(self.text, position)
        if base is None:
            return None
        mark = len(self.findings)
        attributes = self._attributes(base.end())
        del self.findings[mark:]
        return attributes[-1].end if attributes else self._after_spaces(base.end())

    def _attributes(self, position: int) -> tuple[Attribute, ...]:
        """The attributes that follow each other from there."""
        attributes = []
        while True:
            match = lexicon.attribute.match(self.text, position)
            if match is None:
                return tuple(attributes)
            attribute = self.attribute(match)
            attributes.append(attribute)
            position = attribute.end

    def _rest_of_line(self, position: int) -> tuple[str | None, int] | None:
        """The documentation in a comment that ends the line, and where the next line begins."""
        match = lexicon.plain_line_end.match(self.text, position)
        if match is not None:
            return None, match.end()
        comment = self.comments.one(self._after_spaces(position))
        if comment is None:
            return None
        documentation, end = comment
        match = lexicon.plain_line_end.match(self.text, end)
        return None if match is None else (documentation, match.end())

    def _after_spaces(self, position: int) -> int:
        match = lexicon.spaces.match(self.text, position)
        assert match is not None
        return match.end()


def _joined(before: str | None, after: str | None) -> str | None:
    """The documentation above a line and at its end."""
    if before is None or after is None:
        return before if after is None else after
    return f"{before}\n{after}"
