"""One thing that will hurt, where it stands, and what to do about it."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Severity(StrEnum):
    """How much it hurts."""

    ERROR = "error"
    """Prisma or the server refuses it, or the app fails as soon as it writes."""
    WARNING = "warning"
    """It works, and loses data, or time, when nobody expects it."""
    INFO = "info"
    """Good to know before the first surprise."""


class Finding(NamedTuple):
    """One finding.

    Args:
        code: For `CODES`, where it is explained.
        severity: How much it hurts.
        message: What will happen.
        path: The file.
        line: From 1.
        column: From 1, in characters.
        where: What it concerns: ``Model.field``, a model, an enum; empty for the configuration.
        fix: What to write instead, or to do.
    """

    code: str
    severity: Severity
    message: str
    path: str
    line: int
    column: int
    where: str
    fix: str

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}:{self.column}"
        return f"{place}: {self.severity} {self.code}: {self.message}\n  fix: {self.fix}"
