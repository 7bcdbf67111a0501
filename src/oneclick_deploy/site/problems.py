"""Collecting what is wrong with a site, so that one error can name all of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from oneclick_deploy.errors import SiteError

SHOWN = 10
"""How many problems an error spells out; the rest is counted."""


class Problems:
    """What stops a site from being deployed, in the order it was found."""

    def __init__(self) -> None:
        self._messages: list[str] = []
        self._hints: dict[str, None] = {}

    def __bool__(self) -> bool:
        return bool(self._messages)

    def add(self, message: str, *, hint: str = "") -> None:
        """Note one problem.

        Args:
            message: What is wrong, with the path it is about.
            hint: What to do about it. The same hint is shown once.
        """
        self._messages.append(message)
        if hint:
            self._hints.setdefault(hint)

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Note a :class:`SiteError` that is raised inside, and go on."""
        try:
            yield
        except SiteError as error:
            self.add(error.message, hint=error.hint)

    def refuse(self, directory: Path) -> None:
        """Raise when anything was noted.

        Raises:
            SiteError: With the first problems, their number, and the hints.
        """
        if not self:
            return
        count = len(self._messages)
        title = f"{directory} cannot be deployed: {count} problem{'s' if count > 1 else ''}"
        lines = "".join(f"\n  - {line}" for line in shortened(self._messages))
        raise SiteError(title + lines, hint=" ".join(self._hints))


def shortened(lines: Sequence[str]) -> list[str]:
    """Keep the first lines and replace the others by their number."""
    if len(lines) <= SHOWN:
        return list(lines)
    return [*lines[:SHOWN], f"and {len(lines) - SHOWN:,} more"]
