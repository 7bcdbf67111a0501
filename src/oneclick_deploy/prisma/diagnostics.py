"""What is wrong with a schema, where, and what to write instead."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple

from oneclick_deploy.errors import InvalidSchemaError
from oneclick_deploy.prisma.syntax.source import SourceFile


class Severity(StrEnum):
    """Whether Prisma refuses the schema for it."""

    ERROR = "error"
    WARNING = "warning"


class Diagnostic(NamedTuple):
    """One finding.

    Args:
        severity: An error stops every use of the schema; a warning stops none.
        message: Prisma's own sentence, word for word, so that it can be searched for.
        path: The file, as named when it was given.
        line: From 1.
        column: From 1, in characters.
        text: The offending text.
        hint: What to write instead, in our words; empty when the message already says it.
        start: Offset of the first character in the file.
        end: Offset after the last one.
    """

    severity: Severity
    message: str
    path: str
    line: int
    column: int
    text: str
    start: int
    end: int
    file: SourceFile
    hint: str = ""

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}:{self.column}: {self.severity}: {self.message}"
        return f"{place}\n  hint: {self.hint}" if self.hint else place


class Diagnostics:
    """Collects findings while a schema is read; nothing is raised until everything was looked at."""

    def __init__(self) -> None:
        self.errors: list[Diagnostic] = []
        self.warnings: list[Diagnostic] = []

    def __iter__(self) -> Iterator[Diagnostic]:
        yield from self.errors
        yield from self.warnings

    def error(self, file: SourceFile, start: int, end: int, message: str, hint: str = "") -> None:
        """Note a mistake that Prisma refuses."""
        self.errors.append(_diagnostic(Severity.ERROR, file, start, end, message, hint))

    def warning(self, file: SourceFile, start: int, end: int, message: str, hint: str = "") -> None:
        """Note something that is kept as it is."""
        self.warnings.append(_diagnostic(Severity.WARNING, file, start, end, message, hint))


def _diagnostic(
    severity: Severity, file: SourceFile, start: int, end: int, message: str, hint: str
) -> Diagnostic:
    line, column = file.position(start)
    return Diagnostic(
        severity=severity,
        message=message,
        path=file.path,
        line=line,
        column=column,
        text=file.text[start:end],
        hint=hint,
        start=start,
        end=end,
        file=file,
    )


def invalid(errors: Iterable[Diagnostic]) -> InvalidSchemaError:
    """The error to raise for all of them at once."""
    found = tuple(errors)
    first = found[0]
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    return InvalidSchemaError(
        f"{first.path}:{first.line}:{first.column}: {first.message}{more}",
        diagnostics=found,
        hint=first.hint or "Correct the schema; `report` shows every mistake with its place.",
    )


def report(findings: Iterable[Diagnostic]) -> str:
    """Findings with the lines around them, as ``prisma validate`` prints them without colours."""
    found = list(findings)
    shown = "".join(_excerpt(each) for each in found)
    errors = sum(each.severity is Severity.ERROR for each in found)
    return f"{shown}\nValidation Error Count: {errors}\n" if errors else shown


def _excerpt(finding: Diagnostic) -> str:
    file = finding.file
    first = file.line_of(finding.start)
    last = file.line_of(finding.end)
    shown = "".join(f"{number:2} | {file.line_text(number)}\n" for number in range(first, last + 1))
    before = f"{first - 1:2} | {file.line_text(first - 1)}\n" if first > 1 else "   | \n"
    head = f"{finding.severity}: {finding.message}\n  -->  {finding.path}:{first}\n   | \n"
    return f"{head}{before}{shown}   | \n"
