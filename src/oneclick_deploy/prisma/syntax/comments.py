"""Comments: where they end, and what the documentation among them says."""

from __future__ import annotations

from oneclick_deploy.prisma.syntax import lexicon


class CommentReader:
    """Reads comments at a place in a file.

    Args:
        text: The simplified text, which the patterns look at.
        source: The text itself, which the documentation is taken from.
    """

    def __init__(self, text: str, source: str) -> None:
        self.text = text
        self.source = source
        self._unclosed_from = len(text)

    def block(self, position: int) -> tuple[str | None, int] | None:
        """The comments that follow each other from there: their documentation, and their end.

        Each may be followed by one line end, which belongs to them.
        """
        lines: list[str] = []
        end = position
        while (comment := self.one(end)) is not None:
            documentation, end = comment
            if documentation is not None:
                lines.append(documentation)
            line_end = lexicon.comment_line_end(self.text, end)
            if line_end is not None:
                end = line_end.end()
        if end == position:
            return None
        return ("\n".join(lines) if lines else None), end

    def one(self, position: int) -> tuple[str | None, int] | None:
        """One comment, and its end, without the line end."""
        match = lexicon.comment(self.text, position)
        if match is not None:
            start, end = match.span(1)
            return (None if start < 0 else self.source[start:end].lstrip()), match.end()
        match = lexicon.block_comment(self.text, position)
        if match is None or position >= self._unclosed_from:
            return None
        closing = self.text.find("*/", match.end())
        if closing < 0:
            self._unclosed_from = position
            return None
        # Prisma drops the first two characters, spaces before the comment included.
        return self.source[match.start() + 2 : closing].strip(), closing + 2
