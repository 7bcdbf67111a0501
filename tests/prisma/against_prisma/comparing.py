"""Compares what we make of a schema with what Prisma's engine makes of it, many at a time.

Run as a program it hunts: thousands of seeds, each kind of difference once, with the smallest
schema that still shows it. ``python -m tests.prisma.against_prisma.comparing --help``.
"""

from __future__ import annotations

import argparse
import re
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from attrs import evolve, frozen
from tests.prisma.engine import (
    PrismaEngine,
    Question,
    RefusedError,
    diff_question,
    findings_of,
    lint_question,
    message_of,
    validate_question,
)
from tests.prisma.random_changes import mutate
from tests.prisma.random_schemas import PROVIDERS, random_schema
from tests.prisma.random_spoiling import spoil

from oneclick_deploy.errors import InvalidSchemaError
from oneclick_deploy.prisma.diagnostics import Severity, report
from oneclick_deploy.prisma.parsing import parse

# Prisma looks through these in another order every time.
_UNORDERED = ("No such argument.", "Property not known: ", "Attribute not known: ")
ENGINE_PROVIDERS = ("sqlite", "postgresql")


@frozen
class Case:
    """One thing to compare: a schema's text, and for a diff the text it starts from."""

    kind: str
    provider: str
    text: str
    old: str = ""
    seed: int = 0


@frozen
class Difference:
    """Where the two differ."""

    case: Case
    expected: str
    got: str

    @property
    def signature(self) -> str:
        """What differences of one cause have in common, roughly."""
        theirs, ours = self.expected.splitlines(), self.got.splitlines()
        pairs = zip([*theirs, *[""] * len(ours)], [*ours, *[""] * len(theirs)], strict=False)
        first = next((pair for pair in pairs if pair[0] != pair[1]), ("", ""))
        return f"{self.case.kind} | " + " | ".join(_without_names(line) for line in first)

    def __str__(self) -> str:
        case = self.case
        old = f"From:\n```prisma\n{case.old}```\n" if case.kind == "diff" else ""
        return (
            f"### {case.kind}, {case.provider}, seed {case.seed}\n\n"
            f"{old}Schema:\n```prisma\n{case.text}```\n"
            f"Prisma:\n```\n{self.expected}\n```\nOurs:\n```\n{self.got}\n```\n"
        )


def _without_names(line: str) -> str:
    line = re.sub(r'"[^"]*"|`[^`]*`|\'[^\']*\'', "_", line)
    line = re.sub(r"\[[^\]]*\]", "[]", line)
    return re.sub(r"\w*\d\w*", "#", line)[:200]


# The questions, and both sides' answers as text


def question(case: Case) -> Question:
    if case.kind == "findings":
        return lint_question(case.text)
    if case.kind == "report":
        return validate_question(case.text)
    return diff_question(case.provider, case.old if case.kind == "diff" else None, case.text)


def theirs(case: Case, answer: Any) -> str:
    if isinstance(answer, RefusedError):
        return message_of(answer)
    if case.kind == "findings":
        return _lines(
            (each.start, each.end, "warning" if each.is_warning else "error", each.message)
            for each in findings_of(case.text, answer)
        )
    return "" if answer is None else str(answer)


def ours(case: Case) -> str:
    try:
        return _OURS[case.kind](case)
    except InvalidSchemaError as error:
        return report(error.diagnostics).partition("\nValidation Error Count")[0]
    except Exception:
        return "".join(traceback.format_exc().splitlines(keepends=True)[-6:])


def _our_findings(case: Case) -> str:
    schema = parse(case.text)
    if str(schema) != case.text:
        return "the text does not come back"
    found = sorted(
        (*schema.errors, *schema.warnings), key=lambda each: each.severity is Severity.WARNING
    )
    return _lines((each.start, each.end, str(each.severity), each.message) for each in found)


def _our_report(case: Case) -> str:
    return report(parse(case.text).errors).removesuffix("\n")


def _our_script(case: Case) -> str:
    from oneclick_deploy.prisma.rendering import render_sql

    return render_sql(case.text)


def _our_migration(case: Case) -> str:
    from oneclick_deploy.prisma.diff.migration import diff_sql

    return str(diff_sql(case.old, case.text, provider=case.provider))


_OURS: dict[str, Callable[[Case], str]] = {
    "findings": _our_findings,
    "report": _our_report,
    "render": _our_script,
    "diff": _our_migration,
}


def _lines(found: Iterable[tuple[int, int, str, str]]) -> str:
    return "\n".join(f"{kind} [{start}:{end}] {text}" for start, end, kind, text in found)


# Comparing


def differences(engine: PrismaEngine, cases: Sequence[Case]) -> Iterator[Difference]:
    """Compare every case; both sides work at the same time."""
    answers = engine.answers([question(case) for case in cases])
    for case, answer in zip(cases, answers, strict=True):
        expected, got = theirs(case, answer), ours(case)
        # The engine itself breaks on some schemas; then there is nothing to compare with.
        if not _is_same(expected, got) and not expected.startswith("panic: "):
            yield Difference(case, expected, got)


def _is_same(expected: str, got: str) -> bool:
    if any(message in expected for message in _UNORDERED):
        return sorted(expected.splitlines()) == sorted(got.splitlines())
    return expected == got


def smallest(engine: PrismaEngine, difference: Difference) -> Difference:
    """Drop lines and attributes as long as the same difference remains."""
    best = difference
    shrinking = True
    while shrinking:
        shrinking = False
        for candidate in _smaller(best.case):
            (found, *_) = [*differences(engine, [candidate]), None]
            if found is not None and found.signature == difference.signature:
                best, shrinking = found, True
                break
    return best


def _smaller(case: Case) -> Iterator[Case]:
    for text in _smaller_texts(case.text):
        if case.kind == "diff":
            # What neither side has any more says nothing about the difference.
            yield from _same_cut(case, text)
        yield evolve(case, text=text)
    if case.kind == "diff":
        for old in _smaller_texts(case.old):
            yield evolve(case, old=old)


def _same_cut(case: Case, text: str) -> Iterator[Case]:
    gone = [line for line in case.text.splitlines() if line not in text.splitlines()]
    kept = [line for line in case.old.splitlines() if line not in gone or line.strip() == "}"]
    old = "\n".join(kept) + "\n"
    if old != case.old and old.count("{") == old.count("}"):
        yield evolve(case, text=text, old=old)


def _smaller_texts(text: str) -> Iterator[str]:
    """The text without each block, each line, each attribute, and other details."""
    for block in re.finditer(
        r"^[ \t]*\w+[ \t]+\w+[ \t]*\{.*?^[ \t]*\}[ \t]*\r?\n?", text, re.MULTILINE | re.DOTALL
    ):
        yield text[: block.start()] + text[block.end() :]
    lines = text.splitlines(keepends=True)
    for size in (8, 4, 2, 1):
        for start in range(0, len(lines), size):
            yield "".join(lines[:start] + lines[start + size :])
    for piece in re.finditer(
        r"\s*@{1,2}\w[\w.]*(\((?:[^()\"]|\"(?:[^\"\\]|\\.)*\"|\([^()]*\))*\))?"
        r"|, *\w+ *: *(\[[^\]]*\]|[\w\"]+)|, *\w+|//.*|/\*.*?\*/",
        text,
    ):
        yield text[: piece.start()] + text[piece.end() :]


# Hunting


def drawn(kinds: Sequence[str], seeds: Iterable[int], providers: Sequence[str]) -> Iterator[Case]:
    """The cases of some seeds."""
    for seed in seeds:
        for provider in providers:
            schema = random_schema(seed, provider, odd=seed % 3 == 0)
            broken = spoil(schema, seed)
            for kind in kinds:
                if kind in {"findings", "report"}:
                    yield Case(kind, provider, schema.text, seed=seed)
                    yield Case(kind, provider, broken, seed=seed)
                elif provider not in ENGINE_PROVIDERS:
                    continue
                elif kind == "render":
                    yield Case(kind, provider, schema.text, seed=seed)
                else:
                    new = mutate(schema, seed)
                    yield Case(kind, provider, new.text, old=schema.text, seed=seed)


def hunt(engine: PrismaEngine, cases: Iterable[Case]) -> dict[str, tuple[int, Difference]]:
    """Each kind of difference, how often it came, and its first example."""
    found: dict[str, tuple[int, Difference]] = {}
    waiting = iter(cases)
    while batch := list(islice(waiting, 500)):
        for difference in differences(engine, batch):
            times, first = found.get(difference.signature, (0, difference))
            found[difference.signature] = (times + 1, first)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description="Hunt for differences from Prisma's engine.")
    parser.add_argument("kinds", nargs="+", choices=[*_OURS])
    parser.add_argument("--seeds", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--provider", action="append", choices=PROVIDERS)
    parser.add_argument("--show", type=int, default=20, help="how many kinds to show in full")
    parser.add_argument("--into", type=Path, help="a file that the differences are added to")
    options = parser.parse_args()
    seeds = range(options.first, options.first + options.seeds)
    with PrismaEngine() as engine:
        cases = drawn(options.kinds, seeds, options.provider or PROVIDERS)
        found = hunt(engine, cases)
        ordered = sorted(found.values(), key=lambda each: -each[0])
        with options.into.open("a") if options.into else _standard_output() as output:
            for times, difference in ordered[: options.show]:
                text = str(smallest(engine, difference))
                output.write(f"## {times} times: {difference.signature}\n\n{text}\n")
            for times, difference in ordered[options.show :]:
                output.write(f"## {times} times: {difference.signature}\n")
    total = sum(times for times, _ in ordered)
    sys.stderr.write(f"{total} differences, {len(ordered)} kinds, {len(seeds)} seeds\n")
    return 1 if ordered else 0


def _standard_output() -> Any:
    from contextlib import nullcontext

    return nullcontext(sys.stdout)


if __name__ == "__main__":
    sys.exit(main())
