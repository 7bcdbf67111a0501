"""The lines inside blocks: fields, values of enums, attributes of blocks, properties.

Each reader returns what it read and where the next thing begins. It returns None when the line is
no such thing; the caller then refuses the whole line and takes back what was found in it.
"""

from __future__ import annotations

from re import Match

from oneclick_deploy.prisma.records import Record
from oneclick_deploy.prisma.syntax import lexicon, wording
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

_ARITIES = {None: Arity.REQUIRED, "?": Arity.OPTIONAL, "[]": Arity.LIST}

# Skips the checks of a named tuple's own constructor, which a field would pay eight times.
_node = tuple.__new__


class _Rest(Record):
    """The rest of a line: ``end`` is after the line end, ``next`` where the next thing begins."""

    attributes: tuple[Attribute, ...]
    documentation: str | None
    end: int
    next: int


class _Type(Record):
    """The type of a field as far as it could be read, and the mistake that it is."""

    end: int
    type: FieldType | None = None
    arity: Arity = Arity.REQUIRED
    refused: tuple[int, int, str] | None = None


class MemberReader(ExpressionReader):
    """Reads the lines inside blocks."""

    def __init__(self, file: SourceFile, text: str) -> None:
        super().__init__(file, text)
        self.comments = CommentReader(text, file.text)

    def field_line(
        self, container: str, owner: Identifier, position: int, documentation: str | None
    ) -> tuple[Field | None, int] | None:
        """A field; none when the line says what is meant, but in an old way."""
        head = lexicon.field_head(self.text, position)
        if head is None:
            return None
        (_, following), (_, name_end), (colon, _), (type_start, type_end), _, (_, end) = head.regs
        arity = _ARITIES.get(head[4])
        if colon >= 0 or type_start < 0 or arity is None:
            return self._unusual_field(head, documentation, container, owner)
        attributes: tuple[Attribute, ...] = ()
        if end < 0:
            if self.text.startswith("(", type_end):
                return self._unusual_field(head, documentation, container, owner)
            rest = self._rest_of_line(following)
            if rest is None:
                return None
            attributes, trailing, end, following = rest
            if trailing is not None:
                documentation = _joined(documentation, trailing)
        name = _node(Identifier, (self.source[position:name_end], position, name_end))
        type_ = _node(FieldType, (self.source[type_start:type_end], False, type_start, type_end))
        return _node(
            Field, (name, type_, arity, attributes, documentation, position, end)
        ), following

    def _unusual_field(
        self, head: Match[str], documentation: str | None, container: str, owner: Identifier
    ) -> tuple[Field | None, int] | None:
        """A field of an unsupported type, without a type, or in the old syntax."""
        mark = len(self.findings)
        type_ = self._unusual_type(head)
        rest = None if type_ is None else self._rest_of_line(type_.end)
        if type_ is None or rest is None:
            return None
        start = head.start()
        refused = (*head.span(2), wording.COLON) if head.start(2) >= 0 else type_.refused
        if refused is not None:
            # Prisma looks no further into such a field.
            del self.findings[mark:]
            self.refuse(*refused)
            return None, rest.next
        if type_.type is None:
            self.refuse(start, rest.end, wording.incomplete_field(container, owner.name))
            return None, rest.next
        return Field(
            self.name(*head.span(1)),
            type_.type,
            type_.arity,
            rest.attributes,
            _joined(documentation, rest.documentation),
            start,
            rest.end,
        ), rest.next

    def _unusual_type(self, head: Match[str]) -> _Type | None:
        """The type of such a field, None when it is malformed."""
        start, type_end = head.span(3)
        if start < 0:
            brackets = lexicon.type_in_brackets(self.text, head.end())
            if brackets is None:
                return _Type(head.end())
            return _Type(brackets.end(), refused=(*brackets.span(1), wording.BRACKETS))
        end = head.end() if head[5] is None else head.start(5)
        suffix, suffix_end, string = head[4], head.end(4), None
        if self.text.startswith("(", type_end):
            unsupported = lexicon.unsupported(self.text, start)
            if unsupported is None:
                return None
            end = unsupported.end()
            suffix, suffix_end, string = unsupported[2], unsupported.end(2), unsupported.span(1)
        arity = _ARITIES.get(suffix)
        if arity is None:
            message = wording.EXCLAMATION if suffix == "!" else wording.OPTIONAL_LIST
            return _Type(end, refused=(start, suffix_end, message))
        if string is None:
            name = self.source[start:type_end]
            return _Type(end, FieldType(name, False, start, type_end), arity)
        text = self.string(*string)
        return _Type(end, FieldType(text.value, True, text.start, text.end), arity)

    def value_line(self, position: int, documentation: str | None) -> tuple[EnumValue, int] | None:
        """A value of an enum."""
        head = lexicon.value_head(self.text, position)
        if head is None:
            return None
        name = self.name(*head.span(1))
        end = head.end(2)
        if end >= 0:
            return EnumValue(name, (), documentation, position, end), head.end()
        rest = self._rest_of_line(head.end())
        if rest is None:
            return None
        documentation = _joined(documentation, rest.documentation)
        return EnumValue(name, rest.attributes, documentation, position, rest.end), rest.next

    def attribute_line(self, position: int) -> tuple[Attribute, int] | None:
        """An attribute of the block. A comment after it belongs to it; the line end does not."""
        if not self.text.startswith("@@", position):
            return None
        match = lexicon.attribute(self.text, position + 1)
        if match is None:
            return None
        name, arguments, _, found_end = self.attribute(match)
        if match.lastindex in lexicon.ENDS_LINE:
            end = match.start(match.lastindex)
            return Attribute(name, arguments, position, end), match.end()
        end = lexicon.spaces(self.text, found_end).end()
        comment = self.comments.one(end)
        if comment is not None:
            end = comment[1]
        match = lexicon.line_end(self.text, end)
        return None if match is None else (Attribute(name, arguments, position, end), match.end())

    def property_line(self, position: int) -> tuple[Property, int] | None:
        """A property of a datasource or generator."""
        head = lexicon.property_name(self.text, position)
        if head is None:
            return None
        value = self.expression(head.end())
        rest = self._comment_and_line_end(value.end if value is not None else head.end())
        if rest is None:
            return None
        return Property(self.name(*head.span(1)), value, position, rest.end), rest.next

    def type_alias(self, position: int) -> int | None:
        """The end of ``type X = ...``."""
        match = lexicon.type_alias(self.text, position)
        if match is None:
            return None
        end = match.end()
        mark = len(self.findings)
        while (match := lexicon.attribute(self.text, end)) is not None:
            end = self.attribute(match).end
        del self.findings[mark:]
        return end

    def _rest_of_line(self, position: int) -> _Rest | None:
        """Attributes, a comment and the line end."""
        attributes: list[Attribute] = []
        while (match := lexicon.attribute(self.text, position)) is not None:
            attribute = self.attribute(match)
            attributes.append(attribute)
            if match.lastindex in lexicon.ENDS_LINE:
                end = match.end(match.lastindex)
                return _node(_Rest, (tuple(attributes), None, end, match.end()))
            position = attribute.end
        rest = self._comment_and_line_end(position)
        return None if rest is None else rest._replace(attributes=tuple(attributes))

    def _comment_and_line_end(self, position: int) -> _Rest | None:
        documentation = None
        match = lexicon.line_end(self.text, position)
        if match is None:
            comment = self.comments.one(lexicon.spaces(self.text, position).end())
            if comment is None:
                return None
            documentation, position = comment
            match = lexicon.line_end(self.text, position)
            if match is None:
                return None
        return _Rest((), documentation, match.end(1), match.end())


def _joined(before: str | None, after: str | None) -> str | None:
    """The documentation above a line and at its end."""
    if before is None or after is None:
        return before if after is None else after
    return f"{before}\n{after}"
