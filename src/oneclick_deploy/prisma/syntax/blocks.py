"""Blocks: models, views, types, enums, datasources, generators."""

from __future__ import annotations

from functools import partial

from oneclick_deploy.prisma.syntax import lexicon, wording
from oneclick_deploy.prisma.syntax.members import MemberReader
from oneclick_deploy.prisma.syntax.source import SourceFile
from oneclick_deploy.prisma.syntax.tree import (
    Attribute,
    Block,
    ConfigBlock,
    EnumBlock,
    EnumValue,
    Field,
    ModelBlock,
    Property,
    TypeBlock,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from re import Match
    from typing import TypeVar

    Line = TypeVar("Line")
    # Reads what stands at a place with the documentation above it; gives where the next one begins.
    ReadLine = Callable[[int, str | None], tuple[Line, int] | None]


class BlockReader(MemberReader):
    """Reads whole blocks."""

    def __init__(self, file: SourceFile, text: str) -> None:
        super().__init__(file, text)
        # Where members were read in vain, up to the end of the file, because nothing closes the
        # block. A later block that comes to such a place has no end either: without remembering
        # them, a file of unclosed blocks would take quadratic time.
        self._unclosed: dict[str, set[int]] = {"field": set(), "value": set(), "property": set()}

    def block(self, head: Match[str], documentation: str | None) -> Block | None:
        """The block whose first line was matched, None when nothing closes it."""
        mark = len(self.findings)
        found = _READERS[head[1]](self, head, documentation)
        if found is None:
            del self.findings[mark:]
        return found

    def model(self, head: Match[str], documentation: str | None) -> ModelBlock | None:
        """A model or view."""
        fields: list[Field | None] = []
        attributes: list[Attribute] = []
        name = self.name(*head.span(2))
        keyword = head[1]
        field = partial(self.field_line, keyword, name)
        contents = self._contents(
            head.end(), "field", wording.INVALID_FIELD, field, fields, attributes.append
        )
        if contents is None:
            return None
        return ModelBlock(
            self.file,
            name,
            tuple(filter(None, fields)),
            tuple(attributes),
            documentation,
            keyword == "view",
            head.start(),
            contents[0],
        )

    def composite_type(self, head: Match[str], documentation: str | None) -> TypeBlock | None:
        """A composite type."""
        fields: list[Field | None] = []
        attributes: list[Attribute] = []
        name = self.name(*head.span(2))

        def field(position: int, above: str | None) -> tuple[Field | None, int] | None:
            line = self.field_line("type", name, position, above)
            if line is not None and line[0] is not None:
                self._check_field_of_type(line[0])
            return line

        def attribute(found: Attribute) -> None:
            self.refuse(found.start, found.end, wording.attribute_of_type(found.name.name))
            attributes.append(found)

        contents = self._contents(
            head.end(), "field", wording.INVALID_FIELD, field, fields, attribute
        )
        if contents is None:
            return None
        end = contents[0]
        lines = tuple(filter(None, fields)), tuple(attributes)
        return TypeBlock(self.file, name, *lines, documentation, head.start(), end)

    def enum(self, head: Match[str], documentation: str | None) -> EnumBlock | None:
        """An enum."""
        values: list[EnumValue] = []
        attributes: list[Attribute] = []
        contents = self._contents(
            head.end(), "value", wording.INVALID_VALUE, self.value_line, values, attributes.append
        )
        if contents is None:
            return None
        end = contents[0]
        name = self.name(*head.span(2))
        lines = tuple(values), tuple(attributes)
        return EnumBlock(self.file, name, *lines, documentation, head.start(), end)

    def config(self, head: Match[str], _documentation: str | None) -> ConfigBlock | None:
        """A datasource or generator. What documents it is the last comment inside."""
        properties: list[Property] = []

        def property_(position: int, _above: str | None) -> tuple[Property, int] | None:
            return self.property_line(position)

        keyword = head[1]
        invalid = wording.INVALID_PROPERTIES[keyword]
        contents = self._contents(head.end(), "property", invalid, property_, properties, None)
        if contents is None:
            return None
        end, documentation = contents
        name = self.name(*head.span(2))
        return ConfigBlock(
            self.file, keyword, name, tuple(properties), documentation, head.start(), end
        )

    def _contents(
        self,
        position: int,
        kind: str,
        invalid: str,
        read_line: ReadLine[Line],
        lines: list[Line],
        take_attribute: Callable[[Attribute], None] | None,
    ) -> tuple[int, str | None] | None:
        """Read lines up to the closing bracket: where it ends, and what the last comment says.

        Documentation stays with the next line, however far away it is.
        """
        text = self.text
        findings = self.findings
        unclosed = self._unclosed[kind]
        visited: list[int] = []
        above: str | None = None
        last_comment: str | None = None
        while True:
            first = text[position : position + 1]
            if first == "}":
                return position + 1, last_comment
            if not first or position in unclosed:
                unclosed.update(visited)
                return None
            visited.append(position)
            mark = len(findings)
            following = None
            if first == "/":
                comment = self.comments.block(position)
                if comment is not None:
                    above, end = comment
                    last_comment = above
                    following = lexicon.blanks(text, end).end()
            elif first == "@" and take_attribute is not None:
                attribute = self.attribute_line(position)
                if attribute is not None:
                    found, following = attribute
                    take_attribute(found)
            else:
                line = read_line(position, above)
                if line is not None:
                    read, following = line
                    lines.append(read)
                    above = None
            if following is None:
                del findings[mark:]
                following = self.invalid_line(position, invalid)
            position = following

    def invalid_line(self, position: int, message: str) -> int:
        """Refuse the line from there on; where the next thing begins."""
        match = lexicon.line(self.text, position)
        self.refuse(position, match.end(1), wording.TOO_DEEP if self.too_deep else message)
        self.too_deep = False
        return match.end()

    def _check_field_of_type(self, found: Field) -> None:
        for attribute in found.attributes:
            name = attribute.name.name
            if name in wording.ATTRIBUTES_NOT_IN_TYPES:
                self.refuse(found.start, found.end, wording.attribute_in_type(name))


_READERS: dict[str, Callable[[BlockReader, Match[str], str | None], Block | None]] = {
    "model": BlockReader.model,
    "view": BlockReader.model,
    "type": BlockReader.composite_type,
    "enum": BlockReader.enum,
    "datasource": BlockReader.config,
    "generator": BlockReader.config,
}
