"""Blocks: models, views, types, enums, datasources, generators."""

from __future__ import annotations

from collections.abc import Callable
from re import Match

from oneclick_deploy.prisma.syntax import lexicon
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

TOO_DEEP = "This value is nested too deeply."
INVALID_FIELD = "Error validating: This line is not a valid field or attribute definition."
INVALID_VALUE = "Error validating: This line is not an enum value definition."
INVALID_PROPERTY = "Error validating: This line is not a valid definition within a {}."

# What a composite type may not have, in Prisma's words (parse_composite_type.rs).
_BLOCK_ATTRIBUTE_OF_TYPE = {
    "map": "The name of a composite type is not persisted in the database, therefore it does not "
    "need a mapped database name.",
    "unique": "A unique constraint should be defined in the model containing the embed.",
    "index": "An index should be defined in the model containing the embed.",
    "fulltext": "A fulltext index should be defined in the model containing the embed.",
    "id": "A composite type cannot define an id.",
}
_ANY_BLOCK_ATTRIBUTE_OF_TYPE = "A composite type cannot have block-level attributes."
_FIELD_ATTRIBUTES_NOT_IN_TYPES = {"relation", "unique", "id"}

# Reads a member with the documentation above it, and gives the end of its line.
ReadMember = Callable[[int, str | None], int | None]


class BlockReader(MemberReader):
    """Reads whole blocks."""

    def __init__(self, file: SourceFile, text: str) -> None:
        super().__init__(file, text)
        # Where a block of each grammar was read in vain, up to the end of the file: a later block
        # that comes to one of these places has no end either. Keeps unclosed blocks linear.
        self._unclosed: dict[str, set[int]] = {"field": set(), "value": set(), "=": set()}

    def block(self, head: Match[str], documentation: str | None) -> Block | None:
        """The block whose first line was matched, None when nothing closes it."""
        mark = len(self.findings)
        read = _READERS[head[1]]
        found = read(self, head, documentation)
        if found is None:
            del self.findings[mark:]
        return found

    def model(self, head: Match[str], documentation: str | None) -> ModelBlock | None:
        """A model or view."""
        fields: list[Field] = []
        attributes: list[Attribute] = []
        name = self.name(*head.span(2))

        def member(position: int, above: str | None) -> int | None:
            line = self.field_line(position, above, head[1], name)
            if line is None:
                return None
            if line[0] is not None:
                fields.append(line[0])
            return line[1]

        end = self._contents(head.end(), "field", INVALID_FIELD, member, attributes)
        if end is None:
            return None
        return ModelBlock(
            self.file,
            name,
            tuple(fields),
            tuple(attributes),
            documentation,
            head[1] == "view",
            head.start(),
            end,
        )

    def composite_type(self, head: Match[str], documentation: str | None) -> TypeBlock | None:
        """A composite type."""
        fields: list[Field] = []
        attributes: list[Attribute] = []
        name = self.name(*head.span(2))

        def member(position: int, above: str | None) -> int | None:
            line = self.field_line(position, above, "type", name)
            if line is None:
                return None
            if line[0] is not None:
                self._check_field_of_type(line[0])
                fields.append(line[0])
            return line[1]

        end = self._contents(
            head.end(), "field", INVALID_FIELD, member, attributes, self._check_attribute_of_type
        )
        if end is None:
            return None
        return TypeBlock(
            self.file, name, tuple(fields), tuple(attributes), documentation, head.start(), end
        )

    def enum(self, head: Match[str], documentation: str | None) -> EnumBlock | None:
        """An enum."""
        values: list[EnumValue] = []
        attributes: list[Attribute] = []

        def member(position: int, above: str | None) -> int | None:
            value = self.value_line(position, above)
            if value is None:
                return None
            values.append(value)
            return value.end

        end = self._contents(head.end(), "value", INVALID_VALUE, member, attributes)
        if end is None:
            return None
        name = self.name(*head.span(2))
        return EnumBlock(
            self.file, name, tuple(values), tuple(attributes), documentation, head.start(), end
        )

    def config(self, head: Match[str], _documentation: str | None) -> ConfigBlock | None:
        """A datasource or generator; what documents it is the last comment inside."""
        properties: list[Property] = []
        last_comment: list[str | None] = [None]

        def member(position: int, above: str | None) -> int | None:
            found = self.property_line(position)
            if found is None:
                return None
            properties.append(found)
            return found.end

        invalid = INVALID_PROPERTY.format(head[1])
        end = self._contents(head.end(), "=", invalid, member, None, None, last_comment)
        if end is None:
            return None
        return ConfigBlock(
            self.file,
            head[1],
            self.name(*head.span(2)),
            tuple(properties),
            last_comment[0],
            head.start(),
            end,
        )

    def _contents(
        self,
        position: int,
        grammar: str,
        invalid: str,
        member: ReadMember,
        attributes: list[Attribute] | None,
        check: Callable[[Attribute], None] | None = None,
        last_comment: list[str | None] | None = None,
    ) -> int | None:
        """Read up to the closing bracket; the end after it, None when there is none."""
        text = self.text
        blanks = lexicon.blanks.match
        dead = self._unclosed[grammar]
        visited: list[int] = []
        above: str | None = None
        while True:
            position = blanks(text, position).end()  # type: ignore[union-attr]
            first = text[position : position + 1]
            if first == "}":
                return position + 1
            if not first or position in dead:
                dead.update(visited)
                return None
            visited.append(position)
            if first == "/":
                comment = self.comments.block(position)
                if comment is not None:
                    above, position = comment
                    if last_comment is not None:
                        last_comment[0] = above
                    continue
            mark = len(self.findings)
            end = None
            if first == "@":
                if attributes is not None:
                    attribute = self.attribute_line(position)
                    if attribute is not None:
                        attributes.append(attribute[0])
                        if check is not None:
                            check(attribute[0])
                        position = attribute[1]
                        continue
            else:
                end = member(position, above)
                if end is not None:
                    above = None
                    position = end
                    continue
            del self.findings[mark:]
            position = self.invalid_line(position, invalid)

    def invalid_line(self, position: int, message: str) -> int:
        """Refuse the line from there on; the start of the next one."""
        match = lexicon.line.match(self.text, position)
        assert match is not None
        end = match.end()
        self.refuse(position, end, TOO_DEEP if self.too_deep else message)
        self.too_deep = False
        return end

    def _check_field_of_type(self, found: Field) -> None:
        for attribute in found.attributes:
            if attribute.name.name in _FIELD_ATTRIBUTES_NOT_IN_TYPES:
                message = (
                    f"Error validating: Defining `@{attribute.name.name}` attribute for a field in "
                    "a composite type is not allowed."
                )
                self.refuse(found.start, found.end, message)

    def _check_attribute_of_type(self, found: Attribute) -> None:
        message = _BLOCK_ATTRIBUTE_OF_TYPE.get(found.name.name, _ANY_BLOCK_ATTRIBUTE_OF_TYPE)
        self.refuse(found.start, found.end, f"Error validating: {message}")


_READERS = {
    "model": BlockReader.model,
    "view": BlockReader.model,
    "type": BlockReader.composite_type,
    "enum": BlockReader.enum,
    "datasource": BlockReader.config,
    "generator": BlockReader.config,
}
