"""Noting findings at the nodes of one file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from oneclick_deploy.prisma.diagnostics import Diagnostics
    from oneclick_deploy.prisma.syntax.source import SourceFile


class Spanned(Protocol):
    """Anything that stands somewhere in a text."""

    @property
    def start(self) -> int:
        """Offset of the first character."""

    @property
    def end(self) -> int:
        """Offset after the last one."""


class Findings:
    """Notes what is wrong in one file, at its nodes."""

    def __init__(self, diagnostics: Diagnostics, file: SourceFile) -> None:
        self._diagnostics = diagnostics
        self._file = file

    def error(self, at: Spanned, message: str, hint: str = "") -> None:
        """Note a mistake that Prisma refuses."""
        self._diagnostics.error(self._file, at.start, at.end, message, hint)

    def warning(self, at: Spanned, message: str, hint: str = "") -> None:
        """Note something that is kept as it is."""
        self._diagnostics.warning(self._file, at.start, at.end, message, hint)
