"""Noting findings at the nodes of one file."""

from __future__ import annotations

from oneclick_deploy.prisma.semantics import hints

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Protocol

    from oneclick_deploy.prisma.diagnostics import Diagnostics
    from oneclick_deploy.prisma.syntax.source import SourceFile

    class Spanned(Protocol):
        """Anything that stands somewhere in a text."""

        @property
        def start(self) -> int:
            """Offset of the first character."""
            ...

        @property
        def end(self) -> int:
            """Offset after the last one."""
            ...


# Looking for a similar name takes longer than everything else that is done about a mistake.
_HINTED = 50


class Findings:
    """Notes what is wrong in one file, at its nodes."""

    def __init__(self, diagnostics: Diagnostics, file: SourceFile) -> None:
        self._diagnostics = diagnostics
        self._file = file

    def error(self, at: Spanned, message: str, hint: str = "") -> None:
        """Note a mistake that Prisma refuses."""
        self._diagnostics.error(self._file, at.start, at.end, message, hint)

    def nearest(self, name: str, known: Iterable[str], form: str = "{}") -> str:
        """``Did you mean `Post`?``, as long as somebody may read it."""
        if len(self._diagnostics.errors) >= _HINTED:
            return ""
        return hints.nearest(name, known, form)

    def warning(self, at: Spanned, message: str, hint: str = "") -> None:
        """Note something that is kept as it is."""
        self._diagnostics.warning(self._file, at.start, at.end, message, hint)
