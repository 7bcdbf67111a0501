"""Parses a schema file. Any text is accepted: what is no schema becomes a mistake with a place."""

from __future__ import annotations

from oneclick_deploy.prisma.diagnostics import Diagnostics
from oneclick_deploy.prisma.syntax import lexicon
from oneclick_deploy.prisma.syntax.blocks import BlockReader
from oneclick_deploy.prisma.syntax.letters import simplified
from oneclick_deploy.prisma.syntax.source import SourceFile
from oneclick_deploy.prisma.syntax.tree import Block, ConfigBlock, SyntaxTree

INVALID_LINE = (
    "Error validating: This line is invalid. It does not start with any known Prisma schema "
    "keyword."
)
INVALID_BLOCK = (
    "Error validating: This block is invalid. It does not start with any known Prisma schema "
    "keyword. Valid keywords include 'model', 'enum', 'type', 'datasource' and 'generator'."
)
INVALID_TYPE = (
    "Error validating: Invalid type definition. Please check the documentation in "
    "https://pris.ly/d/composite-types"
)


def parse_file(file: SourceFile, diagnostics: Diagnostics) -> SyntaxTree:
    """The tree of a file; mistakes go to ``diagnostics``, in the order in which Prisma finds them."""
    text = simplified(file.text)
    reader = BlockReader(file, text)
    blocks = _blocks(reader)
    for start, end, message, hint in reader.findings:
        diagnostics.error(file, start, end, message, hint)
    return SyntaxTree(file, tuple(blocks))


def _blocks(reader: BlockReader) -> list[Block]:
    text = reader.text
    blocks: list[Block] = []
    # Documentation waits for the next block that takes it; datasources and generators do not.
    pending: str | None = None
    above: tuple[str | None] | None = None
    no_bracket_from = len(text)
    position = 0
    while True:
        match = lexicon.spaces.match(text, position)
        assert match is not None
        position = match.end()
        if position == len(text):
            return blocks
        first = text[position]
        if first in "\r\n":
            match = lexicon.blanks.match(text, position)
            assert match is not None
            position = match.end()
            above = None
            continue
        head = lexicon.block_head.match(text, position)
        if head is not None:
            documentation = above[0] if above is not None else pending
            block = reader.block(head, documentation)
            if block is not None:
                blocks.append(block)
                pending = documentation if isinstance(block, ConfigBlock) else None
                above = None
                position = block.end
                continue
        if first == "/":
            comment = reader.comments.block(position)
            if comment is not None:
                documentation, position = comment
                above = (documentation,)
                continue
        above = None
        alias = lexicon.type_alias.match(text, position)
        if alias is not None:
            end = reader.type_alias(alias.end())
            if end is not None:
                reader.refuse(position, end, INVALID_TYPE)
                position = end
                continue
        unknown = lexicon.unknown_block.match(text, position)
        if unknown is not None and unknown.end() < no_bracket_from:
            bracket = text.find("}", unknown.end())
            if bracket >= 0:
                reader.refuse(position, bracket + 1, INVALID_BLOCK)
                position = bracket + 1
                continue
            no_bracket_from = unknown.end()
        position = reader.invalid_line(position, INVALID_LINE)
