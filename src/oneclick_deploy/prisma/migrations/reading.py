"""Reads ``prisma/migrations``: the lock file and the scripts, in the order Prisma applies them."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Final

from oneclick_deploy.errors import MigrationFilesError, SchemaError
from oneclick_deploy.prisma.migrations.history import (
    Migration,
    MigrationHistory,
    checked_name,
    order_of,
)
from oneclick_deploy.prisma.migrations.lockfile import (
    LOCK_FILE,
    check_provider,
    locked_provider,
)

SCRIPT: Final = "migration.sql"
LARGEST_SCRIPT: Final = 16 * 1024 * 1024


def read_history(
    schema: Path, directory: Path, *, root: Path, provider: str | None = None
) -> MigrationHistory:
    """Read the migration history of an app.

    Args:
        schema: Where ``schema.prisma`` is expected, or the folder of a schema in several files.
        directory: Where ``migrations`` is expected.
        root: The app's directory; links that leave it are refused.
        provider: What the migrations must have been written for; the provider of the schema's
            datasource when ``None``.

    Raises:
        SchemaError: There is no schema.
        MigrationProviderError: They were written for another provider (Prisma's P3019).
        MigrationFilesError: There are no migrations, the lock file is missing, or a script cannot
            be read.
    """
    _check_schema(schema, root)
    folders = _folders(directory, root)
    if not folders:
        raise MigrationFilesError(
            f"{directory.relative_to(root)} holds no migration",
            hint="Run `npx prisma migrate dev --name init` in the app, and deploy again.",
        )
    lock = directory / LOCK_FILE
    locked = locked_provider(_text(lock, root), shown=str(lock.relative_to(root)))
    wanted = provider or _provider_of(schema)
    if wanted:
        check_provider(locked, wanted)
    migrations = tuple(_migration(folder, root) for folder in folders)
    return MigrationHistory(provider=locked, migrations=migrations)


def _check_schema(schema: Path, root: Path) -> None:
    place = _inside(schema, root)
    several = place.is_dir() and any(path.is_file() for path in place.rglob("*.prisma"))
    if not several and not place.is_file():
        raise SchemaError(
            f"the app has no {schema.relative_to(root)}",
            hint="Generate the app with a Prisma schema, or pass the directory that holds it.",
        )


def _provider_of(schema: Path) -> str:
    """The provider of the datasource; empty when the schema names none."""
    from oneclick_deploy.prisma.parsing import parse

    datasource = parse(schema).datasource
    return datasource.provider if datasource is not None else ""


def _folders(directory: Path, root: Path) -> list[Path]:
    if not _inside(directory, root).is_dir():
        return []
    try:
        folders = [path for path in directory.iterdir() if path.is_dir()]
    except OSError as error:
        raise _unreadable(directory.relative_to(root), error) from None
    return sorted(folders, key=lambda path: order_of(path.name))


def _migration(folder: Path, root: Path) -> Migration:
    name = checked_name(folder.name)
    return Migration.of(name, _text(folder / SCRIPT, root))


def _text(path: Path, root: Path) -> str:
    shown = path.relative_to(root)
    try:
        status = _inside(path, root).stat()
        if not stat.S_ISREG(status.st_mode):
            raise MigrationFilesError(
                f"{shown} is not a file", hint="Restore the file that Prisma wrote."
            )
        if status.st_size > LARGEST_SCRIPT:
            raise MigrationFilesError(
                f"{shown} is larger than {LARGEST_SCRIPT // 1024**2} MiB",
                hint="Move data out of the migrations; rows come over with preview_data.",
            )
        # newline="" keeps CRLF: the checksum is over the file's own text.
        with path.open(encoding="utf-8", newline="") as file:
            return file.read()
    except FileNotFoundError:
        # Prisma's P3015.
        raise MigrationFilesError(
            f"{shown} is missing",
            code="P3015" if path.name == SCRIPT else "",
            hint="Restore the file, or remove the migration's directory.",
        ) from None
    except UnicodeDecodeError:
        raise MigrationFilesError(
            f"{shown} is not UTF-8 text", hint="Save the file as UTF-8."
        ) from None
    except OSError as error:
        raise _unreadable(shown, error) from None


def _unreadable(shown: Path, error: OSError) -> MigrationFilesError:
    return MigrationFilesError(
        f"{shown} cannot be read: {error.strerror}", hint="Check the file's permissions."
    )


def _inside(path: Path, root: Path) -> Path:
    try:
        stays = path.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError):  # a link that leads to itself
        stays = False
    if not stays:
        raise MigrationFilesError(
            f"{path.relative_to(root)} is a link that leaves the app's directory",
            hint="Only files inside App.source are ever read.",
        )
    return path
