"""Mistakes as lines: ``4:7 "A" The model ...``, with the place and the text that it is about."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from attrs import frozen

from oneclick_deploy.prisma.diagnostics import Diagnostic, Severity
from oneclick_deploy.prisma.parsing import parse
from oneclick_deploy.prisma.syntax.source import SourceFile

MISTAKES = Path(__file__).with_name("mistakes.txt")


@frozen
class Mistake:
    """A row of the table of wrong schemas."""

    title: str
    schema: str
    lines: tuple[str, ...]


def mistakes() -> list[Mistake]:
    """The rows of the table."""
    rows: list[Mistake] = []
    for row in MISTAKES.read_text("utf-8").removeprefix("=== ").split("\n=== "):
        head, _rule, lines = row.partition("---\n")
        title, _newline, schema = head.partition("\n")
        rows.append(Mistake(title, schema, tuple(lines.split("\n")[:-1])))
    return rows


def line(schema: str, start: int, end: int, message: str, *, is_warning: bool) -> str:
    """One mistake, as the table writes it."""
    row, column = SourceFile(path="schema.prisma", text=schema).position(start)
    text = json.dumps(schema[start:end], ensure_ascii=False)
    return f"{'warning ' if is_warning else ''}{row}:{column} {text} {message}"


def found(schema: str) -> tuple[str, ...]:
    """What we find in a schema: the errors, then the warnings."""
    parsed = parse(schema)
    return tuple(
        line(schema, each.start, each.end, each.message, is_warning=_is_warning(each))
        for each in (*parsed.errors, *parsed.warnings)
    )


def messages(schema: str | Mapping[str, str]) -> list[str]:
    """The messages alone."""
    return [each.message for each in parse(schema).errors]


def hint(schema: str) -> str:
    """The hint of the only mistake of a schema."""
    (error,) = parse(schema).errors
    return error.hint


def model(*lines: str, more: str = "") -> str:
    """A model ``A`` with the given lines and an id."""
    return f"model A {{\n  id Int @id\n{_indented(lines)}}}\n{more}"


def postgresql(*lines: str, more: str = "") -> str:
    """The same with a PostgreSQL datasource above."""
    return f'datasource db {{\n  provider = "postgresql"\n}}\n{model(*lines, more=more)}'


def _indented(lines: Iterable[str]) -> str:
    return "".join(f"  {each}\n" for each in lines)


def _is_warning(finding: Diagnostic) -> bool:
    return finding.severity is Severity.WARNING
