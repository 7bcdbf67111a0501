"""Reads ``prisma/migrations``: the lock file and the scripts, in the order Prisma applies them."""

from __future__ import annotations

import hashlib
import stat
import tomllib
from pathlib import Path

from attrs import frozen

from oneclick_deploy.errors import MigrationFilesError, SchemaError

LOCK_FILE = "migration_lock.toml"
SCRIPT = "migration.sql"
# Prisma refuses longer names (P3010), counted in bytes.
LONGEST_NAME = 200
LARGEST_SCRIPT = 16 * 1024 * 1024


@frozen(kw_only=True)
class Migration:
    """One directory of ``prisma/migrations``.

    Args:
        name: The directory's name, which orders the history.
        script: The text of ``migration.sql``.
        checksum: Lowercase hex SHA-256 of the file, as Prisma records it.
    """

    name: str
    script: str
    checksum: str


@frozen(kw_only=True)
class MigrationHistory:
    """The migrations of an app, oldest first, and the provider they were written for."""

    provider: str
    migrations: tuple[Migration, ...]

    @property
    def fingerprint(self) -> str:
        """Changes when any migration is added, removed or edited."""
        joined = "\n".join(f"{item.name} {item.checksum}" for item in self.migrations)
        return hashlib.sha256(joined.encode()).hexdigest()


def read_history(schema: Path, directory: Path, *, root: Path) -> MigrationHistory:
    """Read the migration history of an app.

    Args:
        schema: Where ``schema.prisma`` is expected.
        directory: Where ``migrations`` is expected.
        root: The app's directory; links that leave it are refused.

    Raises:
        SchemaError: There is no schema.
        MigrationFilesError: There are no migrations, the lock file is missing or names another
            provider, or a script cannot be read.
    """
    if not _inside(schema, root).is_file():
        raise SchemaError(
            f"the app has no {schema.relative_to(root)}",
            hint="Generate the app with a Prisma schema, or pass the directory that holds it.",
        )
    folders = _folders(directory, root)
    if not folders:
        raise MigrationFilesError(
            f"{directory.relative_to(root)} holds no migration",
            hint="Run `npx prisma migrate dev --name init` in the app, and deploy again.",
        )
    provider = _provider(directory / LOCK_FILE, root)
    return MigrationHistory(
        provider=provider, migrations=tuple(_migration(folder, root) for folder in folders)
    )


def _folders(directory: Path, root: Path) -> list[Path]:
    if not _inside(directory, root).is_dir():
        return []
    try:
        return sorted(path for path in directory.iterdir() if path.is_dir())
    except OSError as error:
        raise _unreadable(directory.relative_to(root), error) from None


def _provider(lock: Path, root: Path) -> str:
    try:
        locked = tomllib.loads(_text(lock, root))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise MigrationFilesError(
            f"{lock.relative_to(root)} is not valid TOML: {str(error)[:200]}",
            hint='It should hold the one line provider = "sqlite".',
        ) from None
    provider = locked.get("provider")
    if provider != "sqlite":
        # Prisma's own check is P3019: provider in the schema versus the lock file.
        raise MigrationFilesError(
            f"the migrations were written for {str(provider)[:40]!r}; Turso takes those of sqlite",
            hint="Turso keeps provider = 'sqlite' in every Prisma version; start a new history "
            "from the sqlite schema.",
        )
    return "sqlite"


def _migration(folder: Path, root: Path) -> Migration:
    name = folder.name
    if not _is_unicode(name):
        raise MigrationFilesError(
            f"the migration name {name!r} is not UTF-8", hint="Rename the directory."
        )
    if len(name.encode()) > LONGEST_NAME:
        raise MigrationFilesError(
            f"the migration name {name[:60]}… is longer than {LONGEST_NAME} bytes",
            hint="Rename the directory before it is applied anywhere.",
        )
    script = _text(folder / SCRIPT, root)
    return Migration(name=name, script=script, checksum=hashlib.sha256(script.encode()).hexdigest())


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
        raise MigrationFilesError(
            f"{shown} is missing", hint="Restore the file, or remove the migration's directory."
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


def _is_unicode(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


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
