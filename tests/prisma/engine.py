"""Prisma's own engine, to compare with: the WebAssembly of its releases, run by Node.js."""

from __future__ import annotations

import contextlib
import json
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from attrs import frozen
from tests.conftest import REPOSITORY

from oneclick_deploy.local.tools import find_tool

INSTALL = "run tools/install_test_tools.py, which installs them"
SERVER = Path(__file__).with_name("prisma_engine.mjs")
TOOLS = REPOSITORY / ".tools"

SchemaText = str | Mapping[str, str]
Question = Mapping[str, Any]


class RefusedError(Exception):
    """The engine refused; the text is its own message, or ``panic: ...`` when it broke."""


@frozen
class Finding:
    """One error or warning, with offsets in characters as ours have them."""

    start: int
    end: int
    message: str
    is_warning: bool
    path: str


@frozen
class MigrationsState:
    """What Prisma thinks of a database and a directory of migrations."""

    has_table: bool
    edited: tuple[str, ...]
    failed: tuple[str, ...]
    history: Mapping[str, Any] | None

    @property
    def is_up_to_date(self) -> bool:
        return self.has_table and not self.failed and self.history is None


def missing(release: int = 7) -> str:
    """Why the engine of a release cannot run here; empty when it can."""
    if find_tool("node") is None:
        return f"there is no Node.js; {INSTALL}"
    if not (TOOLS / f"prisma-{release}" / "node_modules" / "@prisma").is_dir():
        return f"Prisma {release} is not in .tools; {INSTALL}"
    return ""


def files_of(schema: SchemaText) -> list[list[str]]:
    """Pairs of path and text, as the engine wants them."""
    if isinstance(schema, str):
        return [["schema.prisma", schema]]
    return [[path, text] for path, text in schema.items()]


class PrismaEngine:
    """One release's engine in a process of its own; close it, or use it in a ``with`` block.

    5 can only check schemas; 6 and 7 also print SQL; 7 also looks into databases. None of them
    prints MySQL's SQL. Providers are those named in the schemas.
    """

    def __init__(self, release: int = 7) -> None:
        self.release = release
        self._lock = threading.Lock()
        self._process = subprocess.Popen(
            [str(find_tool("node")), str(SERVER), str(TOOLS / f"prisma-{release}")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._questions, self._answers = self._process.stdin, self._process.stdout

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        with self._process, contextlib.suppress(BrokenPipeError):
            self._questions.close()

    # Schemas

    def validate(self, schema: SchemaText) -> str | None:
        """What ``prisma validate`` would print of a schema it refuses; None when it accepts it."""
        try:
            self._ask(validate_question(schema))
        except RefusedError as error:
            return message_of(error)
        return None

    def lint(self, schema: SchemaText) -> list[Finding]:
        """Every error and warning in order, with its place."""
        return findings_of(schema, self._ask(lint_question(schema)))

    def dmmf(self, schema: SchemaText) -> dict[str, Any]:
        """The data model that generators get."""
        answer: dict[str, Any] = self._ask({"ask": "dmmf", "files": files_of(schema)})
        return answer

    def render(self, provider: str, schema: SchemaText) -> str:
        """The script that creates everything from nothing."""
        return str(self._ask(diff_question(provider, None, schema)))

    def diff(self, provider: str, old: SchemaText | None, new: SchemaText) -> str:
        """The script that leads from one schema to another."""
        return str(self._ask(diff_question(provider, old, new)))

    # Databases: ``file:...`` or ``postgresql://...``

    def drift(self, url: str, schema: SchemaText) -> str:
        """The script that would make a live database what the schema says."""
        return str(self._ask({"ask": "drift", "url": url, "files": files_of(schema)}))

    def diagnose(self, url: str, migrations: Mapping[str, str]) -> MigrationsState:
        """What ``prisma migrate status`` finds out; ``migrations`` maps names to scripts."""
        found = self._ask({"ask": "diagnose", "url": url, **_history(url, migrations)})
        return MigrationsState(
            has_table=found["hasMigrationsTable"],
            edited=tuple(found["editedMigrationNames"]),
            failed=tuple(found["failedMigrationNames"]),
            history=found["history"],
        )

    def apply(self, url: str, migrations: Mapping[str, str]) -> list[str]:
        """Do ``prisma migrate deploy``; gives the names that were applied now."""
        applied: list[str] = self._ask({"ask": "apply", "url": url, **_history(url, migrations)})
        return applied

    # The wire

    def answers(self, questions: Sequence[Question]) -> Iterator[Any]:
        """The answers to many questions, in order; a refusal is yielded, not raised.

        Questions are sent while answers are read, so that both processes have work.
        """
        with self._lock:
            sender = threading.Thread(target=self._send, args=questions, name="questions")
            sender.start()
            for _question in questions:
                yield self._receive()
            sender.join()

    def _ask(self, question: Question) -> Any:
        with self._lock:
            self._send(question)
            answer = self._receive()
        if isinstance(answer, RefusedError):
            raise answer
        return answer

    def _send(self, *questions: Question) -> None:
        for question in questions:
            self._questions.write(json.dumps(question) + "\n")
        self._questions.flush()

    def _receive(self) -> Any:
        line = self._answers.readline()
        assert line, "the engine's process ended"
        said = json.loads(line)
        return RefusedError(said["refused"]) if "refused" in said else said["answer"]


def validate_question(schema: SchemaText) -> Question:
    """Ask whether the schema is accepted."""
    return {"ask": "validate", "files": files_of(schema)}


def lint_question(schema: SchemaText) -> Question:
    """Ask for every error and warning; `findings_of` reads the answer."""
    return {"ask": "lint", "files": files_of(schema)}


def diff_question(provider: str, old: SchemaText | None, new: SchemaText) -> Question:
    """Ask for the script from one schema, or from nothing, to another."""
    start = None if old is None else files_of(old)
    return {"ask": "diff", "provider": provider, "from": start, "to": files_of(new)}


def message_of(refusal: RefusedError) -> str:
    """What ``prisma validate`` would print: the engine wraps it in JSON."""
    try:
        return str(json.loads(str(refusal))["message"])
    except ValueError:
        return str(refusal)


def findings_of(schema: SchemaText, answer: Sequence[Mapping[str, Any]]) -> list[Finding]:
    """Read the answer to `lint_question`; the engine counts as JavaScript does, in UTF-16."""
    texts = {path: text.encode("utf-16-le") for path, text in files_of(schema)}

    def characters(path: str, offset: int) -> int:
        return len(texts[path][: 2 * offset].decode("utf-16-le", "replace"))

    found = []
    for each in answer:
        path = each.get("file_name", next(iter(texts)))
        found.append(
            Finding(
                start=characters(path, each["start"]),
                end=characters(path, each["end"]),
                message=each["text"],
                is_warning=each["is_warning"],
                path=path,
            )
        )
    return found


def _history(url: str, migrations: Mapping[str, str]) -> Question:
    provider = "sqlite" if url.startswith("file:") else "postgresql"
    return {"provider": provider, "migrations": list(migrations.items())}
