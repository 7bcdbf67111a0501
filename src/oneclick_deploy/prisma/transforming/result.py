"""What a rewrite did to a schema, what it could not keep the same, and what else is to be done."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from oneclick_deploy.prisma.frozen import Frozen
from oneclick_deploy.prisma.schema import Schema
from oneclick_deploy.prisma.targets import Release, Target


class ChangeKind(StrEnum):
    """What part of a schema a change concerns."""

    PROVIDER = "provider"
    URL = "url"
    DATASOURCE = "datasource"
    PREVIEW_FEATURE = "preview feature"
    NATIVE_TYPE = "native type"
    DEFAULT = "default"
    INDEX = "index"
    NAME = "name"
    NAMESPACE = "namespace"


class Change(NamedTuple):
    """One place where the text is another.

    Args:
        path: The file.
        line: From 1, in the text that was given.
        kind: What it concerns.
        before: What stood there; empty for an addition. Passwords in URLs are blotted out.
        after: What stands there now; empty for a removal.
        reason: Why.
    """

    path: str
    line: int
    kind: ChangeKind
    before: str
    after: str
    reason: str

    def __str__(self) -> str:
        if not self.before:
            done = f"added {self.after}"
        elif not self.after:
            done = f"removed {self.before}"
        else:
            done = f"{self.before} -> {self.after}"
        return f"{self.path}:{self.line}: {done}\n    {self.reason}"


class Difference(NamedTuple):
    """Something that the app will see behave differently, though nothing is wrong.

    Args:
        code: For `CODES`, where it is explained.
        message: What will be different.
        where: The fields, models or enums it concerns, as ``Model.field``; empty for all.
        advice: What to do about it.
    """

    code: str
    message: str
    where: tuple[str, ...]
    advice: str

    def __str__(self) -> str:
        places = f"\n    concerns {_enumerated(self.where)}" if self.where else ""
        return f"{self.code}: {self.message}{places}\n    {self.advice}"


class ConfigFile(NamedTuple):
    """A file to write beside the schema, when there is none of its name yet.

    Args:
        path: Where, from the app's directory.
        text: What to write.
        reason: Why.
    """

    path: str
    text: str
    reason: str


class Transformation(Frozen):
    """A rewritten schema; ``str()`` gives its text.

    Args:
        target: The database it is for.
        release: The release of Prisma it is for.
        schema: The schema as Prisma of that release accepts it for the target.
        changes: Every place that is another, in the order of the text.
        differences: What will behave differently.
        config_files: What belongs beside the schema. Nothing is written; an existing file of the
            name is its author's, and stays.
    """

    target: Target
    release: Release
    schema: Schema
    changes: tuple[Change, ...] = ()
    differences: tuple[Difference, ...] = ()
    config_files: tuple[ConfigFile, ...] = ()

    def __str__(self) -> str:
        return str(self.schema)

    @property
    def files(self) -> Mapping[str, str]:
        """The text of each file, by its path."""
        return self.schema.files

    def report(self) -> str:
        """All of it, to be read: changes, differences, files to write."""
        title = f"Prisma {self.release} schema for {self.target.title}"
        parts = [
            ("Changes", [str(change) for change in self.changes]),
            ("Will behave differently", [str(each) for each in self.differences]),
            ("Files to write", [f"{each.path}\n    {each.reason}" for each in self.config_files]),
        ]
        shown = [_section(heading, lines) for heading, lines in parts if lines]
        return "\n".join([title, *(shown or ["  Nothing changes.\n"])])


_SHOWN = 12


def _enumerated(names: tuple[str, ...]) -> str:
    more = len(names) - _SHOWN
    listed = ", ".join(names[:_SHOWN])
    return f"{listed} and {more} more" if more > 0 else listed


def _section(heading: str, entries: list[str]) -> str:
    return f"\n{heading}\n" + "".join(f"  {entry}\n" for entry in entries)
