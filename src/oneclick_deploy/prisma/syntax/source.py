"""A schema file and the positions in it."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property

from oneclick_deploy.prisma.frozen import Frozen

# Prisma ends a line at LF, CRLF and a lone CR (datamodel.pest, NEWLINE).
_NEWLINE = re.compile(r"\r\n|\n|\r")


class SourceFile(Frozen):
    """One file of a schema.

    Args:
        path: How the file is named in messages, relative to the schema, with ``/``.
        text: The file's text, exactly as read. Offsets count its characters, from 0.
    """

    path: str
    text: str

    @cached_property
    def line_starts(self) -> tuple[int, ...]:
        """The offset at which each line begins."""
        return (0, *(match.end() for match in _NEWLINE.finditer(self.text)))

    def line_of(self, offset: int) -> int:
        """The line of an offset, from 1."""
        return bisect_right(self.line_starts, offset)

    def position(self, offset: int) -> tuple[int, int]:
        """The line and the column of an offset, both from 1."""
        line = self.line_of(offset)
        return line, offset - self.line_starts[line - 1] + 1

    def line_text(self, line: int) -> str:
        """A line's text without its end; lines count from 1."""
        start = self.line_starts[line - 1]
        end = self.line_starts[line] if line < len(self.line_starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n")
