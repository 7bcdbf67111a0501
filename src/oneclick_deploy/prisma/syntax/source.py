"""A schema file and the positions in it."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property

from oneclick_deploy.prisma.frozen import Frozen

# Prisma ends a line at LF, CRLF and a lone CR (datamodel.pest, NEWLINE).
_NEWLINE = re.compile(r"\r\n|\n|\r")
_LINE_FEED = re.compile(r"\n")


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

    def line_text(self, line: int) -> str:
        """A line's text without its end; lines count from 1."""
        start = self.line_starts[line - 1]
        end = self.line_starts[line] if line < len(self.line_starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n")

    def position(self, offset: int) -> tuple[int, int]:
        """The line and the column of an offset, both from 1, as messages count them.

        Prisma's messages know one line end, LF, though its grammar knows three: they agree in every
        file but those of old Macintoshes.
        """
        line = bisect_right(self._shown_starts, offset)
        return line, offset - self._shown_starts[line - 1] + 1

    def shown_line(self, line: int) -> str:
        """A line as messages show it; the CR of a CRLF is kept."""
        starts = self._shown_starts
        end = starts[line] - 1 if line < len(starts) else len(self.text)
        return self.text[starts[line - 1] : end]

    @cached_property
    def _shown_starts(self) -> tuple[int, ...]:
        return (0, *(match.end() for match in _LINE_FEED.finditer(self.text)))
