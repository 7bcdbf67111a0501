"""The extensions of PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oneclick_deploy.prisma.diff.steps import CreateExtension, DropExtension

if TYPE_CHECKING:
    from collections.abc import Iterator

    from oneclick_deploy.prisma.sql.database import Database, Extension


def extension_steps(old: Database, new: Database) -> Iterator[DropExtension | CreateExtension]:
    """Those that change are dropped and created, those that are new are created; none just goes.

    Prisma alters an extension that it knows to be relocatable; a schema never says so.
    """
    known = {extension.name: extension for extension in old.extensions}
    wanted = {extension.name: extension for extension in new.extensions}
    for name, extension in known.items():
        if name in wanted and not _match(extension, wanted[name]):
            yield DropExtension(extension)
    for name, extension in wanted.items():
        if name not in known or not _match(known[name], extension):
            yield CreateExtension(extension)


def _match(old: Extension, new: Extension) -> bool:
    """Whether nothing is said on both sides, and differs."""
    return _agree(old.version, new.version) and _agree(old.namespace, new.namespace)


def _agree(old: str | None, new: str | None) -> bool:
    return not old or not new or old == new
