"""A migration history as values: names in Prisma's order, scripts, checksums."""

from __future__ import annotations

import hashlib
import unicodedata
from typing import Final

from attrs import field, frozen

from oneclick_deploy.errors import MigrationFilesError

# Prisma refuses longer names (P3010), counted in bytes.
LONGEST_NAME: Final = 200
_CHECKSUM_LENGTH: Final = 64
# Prisma's command line sorts the directories with JavaScript's localeCompare: punctuation, digits,
# then letters without their case. This is the order of ASCII in Unicode's root collation.
_ORDER: Final = {
    sign: place
    for place, sign in enumerate(
        "_-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789abcdefghijklmnopqrstuvwxyz"
    )
}


@frozen(kw_only=True)
class Migration:
    """One directory of ``prisma/migrations``.

    Args:
        name: The directory's name, which orders the history.
        script: The text of ``migration.sql``.
        checksum: Lowercase hex SHA-256 of the file, as Prisma records it.
    """

    name: str
    script: str = field(repr=False)
    checksum: str

    @classmethod
    def of(cls, name: str, script: str) -> Migration:
        """Make a migration from its script.

        Raises:
            MigrationFilesError: Prisma would not take the name (P3010).
        """
        return cls(name=checked_name(name), script=script, checksum=checksum(script))

    def matches(self, recorded: str) -> bool:
        """Whether a recorded checksum is of this script, with whatever ends of lines.

        Git rewrites ends of lines; old engines wrote the bytes of a checksum without leading zeros.
        """
        unix = self.script.replace("\r\n", "\n")
        variants = {self.checksum, checksum(unix), checksum(self.script.replace("\n", "\r\n"))}
        if recorded and len(recorded) != _CHECKSUM_LENGTH:
            variants = {_unpadded(each) for each in variants}
        return recorded in variants


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

    def find(self, name: str) -> Migration | None:
        """The migration with this name."""
        return next((each for each in self.migrations if each.name == name), None)


def checksum(script: str) -> str:
    """Lowercase hex SHA-256 of a script."""
    return hashlib.sha256(script.encode()).hexdigest()


def checked_name(name: str) -> str:
    """Return the name of a migration when Prisma takes it.

    Raises:
        MigrationFilesError: It does not.
    """
    try:
        size = len(name.encode())
    except UnicodeEncodeError:
        raise MigrationFilesError(
            f"the migration name {name!r} is not UTF-8", hint="Rename the directory."
        ) from None
    if size > LONGEST_NAME:
        raise MigrationFilesError(
            f"the migration name {name[:60]}… is longer than {LONGEST_NAME} bytes",
            code="P3010",
            migration=name,
            hint="Rename the directory before it is applied anywhere.",
        )
    return name


def order_of(name: str) -> tuple[object, ...]:
    """The key by which Prisma sorts migrations: ``localeCompare``, exact for ASCII names."""
    plain = unicodedata.normalize("NFD", name)
    letters = [sign for sign in plain if not unicodedata.combining(sign)]
    return (
        [_place(sign) for sign in letters],
        [sign for sign in plain if unicodedata.combining(sign)],
        [sign.isupper() for sign in letters],
        name,
    )


def _place(sign: str) -> tuple[int, str]:
    lower = sign.lower()
    if lower in _ORDER:
        return _ORDER[lower], ""
    # Spaces stand before everything, and other scripts after ASCII.
    return (-1, lower) if sign.isspace() else (len(_ORDER), lower)


def _unpadded(padded: str) -> str:
    return "".join(f"{byte:x}" for byte in bytes.fromhex(padded))
