"""A new history for another provider: one migration that makes what the schema describes.

SQL that was written for SQLite cannot be replayed on PostgreSQL. So a change of provider keeps the
old history as an archive and begins a new one, with the script of the whole schema.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen

from oneclick_deploy.errors import MigrationFilesError
from oneclick_deploy.prisma.migrations.history import Migration, MigrationHistory
from oneclick_deploy.prisma.migrations.lockfile import LOCK_FILE, lock_text, locked_provider
from oneclick_deploy.prisma.migrations.reading import SCRIPT

if TYPE_CHECKING:
    from oneclick_deploy.prisma.schema import Schema


@frozen(kw_only=True)
class Baseline:
    """A new history, and where it goes.

    Args:
        history: The new history, with its one migration.
        directory: Where it is, or would be.
        archive: Where the old history goes; ``None`` when there is none.
        written: Whether it was done, and not only planned.
    """

    history: MigrationHistory
    directory: Path
    archive: Path | None
    written: bool

    @property
    def files(self) -> dict[str, str]:
        """The texts of the new files, by their paths in the directory."""
        files = {f"{each.name}/{SCRIPT}": each.script for each in self.history.migrations}
        return {LOCK_FILE: lock_text(self.history.provider), **files}


def baseline_history(
    schema: str | Mapping[str, str] | Path | Schema,
    *,
    provider: str,
    name: str = "init",
    now: datetime | None = None,
) -> MigrationHistory:
    """Make the history of one migration that creates everything a schema describes.

    Args:
        schema: A schema: text, ``{path: text}``, the path of a file or directory, or parsed.
        provider: ``sqlite``, ``postgresql`` or ``mysql``, or another name of one of them.
        name: What follows the time in the migration's name.
        now: The time in the migration's name.

    Raises:
        InvalidSchemaError: Prisma would refuse the schema for that provider.
        ConfigurationError: There is no SQL for such a provider.
        MigrationFilesError: The name is too long (Prisma's P3010).
    """
    from oneclick_deploy.prisma.rendering import render_sql
    from oneclick_deploy.prisma.sql.dialects import dialect_of

    moment = (now or datetime.now(UTC)).astimezone(UTC)
    script = render_sql(schema, provider=provider)
    migration = Migration.of(f"{moment:%Y%m%d%H%M%S}_{name}", script)
    return MigrationHistory(provider=str(dialect_of(provider)), migrations=(migration,))


def baseline(
    schema: str | Mapping[str, str] | Path | Schema,
    directory: Path,
    *,
    provider: str,
    name: str = "init",
    now: datetime | None = None,
    dry_run: bool = False,
) -> Baseline:
    """Begin a new history for another provider, and keep the old one beside it.

    The old directory becomes ``migrations.sqlite`` (after its provider). Both moves are renames: a
    failure leaves the old history in its place, and a process that is killed between the two leaves
    it in the archive, from where a second call goes on.

    Args:
        schema: The schema, transformed for the provider already if it must be.
        directory: The app's ``prisma/migrations``; it need not exist.
        provider: What the new history is for.
        name: What follows the time in the migration's name.
        now: The time in the migration's name.
        dry_run: Whether to change nothing and only tell.

    Raises:
        InvalidSchemaError: Prisma would refuse the schema for that provider.
        MigrationFilesError: The directory is for this provider already, is no history, or there
            is an archive that would be overwritten.
    """
    history = baseline_history(schema, provider=provider, name=name, now=now)
    archive = _archive(directory, history.provider)
    made = Baseline(history=history, directory=directory, archive=archive, written=not dry_run)
    if not dry_run:
        try:
            _write(made)
        except OSError as error:
            raise MigrationFilesError(
                f"the new history cannot be written beside {directory.name}: {error.strerror}",
                hint="Check the permissions of the directory that holds it.",
            ) from None
    return made


def _archive(directory: Path, provider: str) -> Path | None:
    """Where the old history goes; ``None`` when there is nothing to keep."""
    if directory.is_symlink() or (directory.exists() and not directory.is_dir()):
        raise MigrationFilesError(
            f"{directory.name} is not a directory", hint="Pass the app's prisma/migrations."
        )
    if not directory.exists() or not any(directory.iterdir()):
        return None
    old = _old_provider(directory)
    if old == provider:
        raise MigrationFilesError(
            f"{directory.name} is a history for {provider} already",
            hint="Apply it as it is; `npx prisma migrate dev` adds to it.",
        )
    archive = directory.with_name(f"{directory.name}.{old}")
    if archive.exists() or archive.is_symlink():
        raise MigrationFilesError(
            f"the archive {archive.name} exists already",
            hint="Move it away, or restore it; nothing is overwritten.",
        )
    return archive


def _old_provider(directory: Path) -> str:
    lock = directory / LOCK_FILE
    try:
        text = lock.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise MigrationFilesError(
            f"{directory.name} has no readable {LOCK_FILE}, so it is no history to archive",
            hint="Restore the file, or move the directory away.",
        ) from None
    old = locked_provider(text)
    if not old.isalnum():
        raise MigrationFilesError(
            f"{LOCK_FILE} names the provider {old[:40]!r}", hint="Restore the file."
        )
    return old


def _write(made: Baseline) -> None:
    with _new_directory(made.directory) as new:
        for place, text in made.files.items():
            path = new / place
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(text.encode())
        if made.archive is None:
            if made.directory.exists():
                made.directory.rmdir()  # only when it is empty
            new.rename(made.directory)
            return
        made.directory.rename(made.archive)
        try:
            new.rename(made.directory)
        except OSError:
            made.archive.rename(made.directory)
            raise


@contextmanager
def _new_directory(beside: Path) -> Iterator[Path]:
    """A directory on the same disk, removed unless it is moved to its place."""
    beside.parent.mkdir(parents=True, exist_ok=True)
    new = Path(tempfile.mkdtemp(prefix=f".{beside.name}.", dir=beside.parent))
    try:
        # As mkdir makes it, not for the owner alone.
        umask = os.umask(0)
        os.umask(umask)
        new.chmod(0o777 & ~umask)
        yield new
    finally:
        shutil.rmtree(new, ignore_errors=True)
