"""What is wrong with a schema, where, and what to write instead."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum

from oneclick_deploy.errors import InvalidSchemaError
from oneclick_deploy.prisma.records import Record
from oneclick_deploy.prisma.syntax.source import SourceFile

_MARGIN = "   | \n"


class Severity(StrEnum):
    """Whether Prisma refuses the schema for it."""

    ERROR = "error"
    WARNING = "warning"


class Diagnostic(Record):
    """One finding.

    Args:
        severity: An error stops every use of the schema; a warning stops none.
        message: Prisma's own sentence, word for word, so that it can be searched for.
        path: The file, as named when it was given.
        line: From 1.
        column: From 1, in characters.
        start: Offset of the first character in the file.
        end: Offset after the last one.
        file: The file itself.
        hint: What to write instead, in our words; empty when the message already says it.
    """

    severity: Severity
    message: str
    path: str
    line: int
    column: int
    start: int
    end: int
    file: SourceFile
    hint: str = ""

    @property
    def text(self) -> str:
        """The offending text."""
        return self.file.text[self.start : self.end]

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
    return Diagnostic(severity, message, file.path, line, column, start, end, file, hint)


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
    """The lines of a finding, one line before them, and a mark where nothing stands there at all.

    A span that ends with a line end also shows the line after it (pretty_print.rs).
    """
    file = finding.file
    first, column = file.position(finding.start)
    last, _ = file.position(finding.end)
    line = file.shown_line(first)
    before = f"{first - 1:2} | {file.shown_line(first - 1)}\n" if first > 1 else _MARGIN
    mark = ""
    if finding.start == finding.end or column > len(line):
        # The engine counts bytes here.
        indent = len(line[: column - 1].encode("utf-8", "surrogatepass"))
        mark = f"   | {' ' * indent}^ Unexpected token.\n"
    after = "".join(f"{each:2} | {file.shown_line(each)}\n" for each in range(first + 1, last + 1))
    head = f"{finding.severity}: {finding.message}\n  -->  {finding.path}:{first}\n{_MARGIN}"
    return f"{head}{before}{first:2} | {line}\n{mark}{after}{_MARGIN}"
