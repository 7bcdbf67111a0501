"""Parses a schema file. Any text is accepted: what is no schema becomes a mistake with a place."""

from __future__ import annotations

from oneclick_deploy.prisma.diagnostics import Diagnostics
from oneclick_deploy.prisma.syntax import lexicon, wording
from oneclick_deploy.prisma.syntax.blocks import BlockReader
from oneclick_deploy.prisma.syntax.letters import simplified
from oneclick_deploy.prisma.syntax.source import SourceFile
from oneclick_deploy.prisma.syntax.tree import Block, ConfigBlock, SyntaxTree


def parse_file(file: SourceFile, diagnostics: Diagnostics) -> SyntaxTree:
    """The tree of a file; mistakes go to ``diagnostics``, in the order in which Prisma finds them."""
    reader = FileReader(file, simplified(file.text))
    blocks = reader.read()
    if reader.findings:
        from oneclick_deploy.prisma.syntax.hints import hint_for

        for start, end, message in reader.findings:
            hint = hint_for(file.text, start, end, message)
            diagnostics.error(file, start, end, message, hint)
    return SyntaxTree(file, blocks)


class FileReader(BlockReader):
    """Reads a whole file."""

    def __init__(self, file: SourceFile, text: str) -> None:
        super().__init__(file, text)
        self._no_bracket_from = len(text)

    def read(self) -> tuple[Block, ...]:
        """The blocks of the file."""
        text = self.text
        blocks: list[Block] = []
        # Documentation directly above a block is its own. Otherwise the block takes what a
        # datasource or generator before it had above: those leave it, and Prisma keeps it.
        above: tuple[str | None] | None = None
        left: str | None = None
        position = lexicon.blanks(text, 0).end()
        while position < len(text):
            comment = self.comments.block(position) if text[position] == "/" else None
            if comment is not None:
                documentation, end = comment
                position = lexicon.blanks(text, end).end()
                between = text[end:position]
                above = None if "\n" in between or "\r" in between else (documentation,)
                continue
            documentation = left if above is None else above[0]
            above = None
            head = lexicon.block_head(text, position)
            block = None if head is None else self.block(head, documentation)
            if block is None:
                end = self._invalid(position)
            else:
                blocks.append(block)
                left = documentation if isinstance(block, ConfigBlock) else None
                end = block.end
            position = lexicon.blanks(text, end).end()
        return tuple(blocks)

    def _invalid(self, position: int) -> int:
        """Refuse what stands at a place where a block should begin; the end of it."""
        end = self.type_alias(position)
        if end is not None:
            self.refuse(position, end, wording.INVALID_TYPE)
            return end
        block = lexicon.unknown_block(self.text, position)
        if block is not None and block.end() < self._no_bracket_from:
            bracket = self.text.find("}", block.end())
            if bracket >= 0:
                self.refuse(position, bracket + 1, wording.INVALID_BLOCK)
                return bracket + 1
            self._no_bracket_from = block.end()
        return self.invalid_line(position, wording.INVALID_LINE)
