"""What a schema is rewritten and checked for: a target database, and a release of Prisma."""

from __future__ import annotations

import re
from types import MappingProxyType

from oneclick_deploy.errors import ConfigurationError, UnknownProviderError
from oneclick_deploy.prisma.records import Record


class Target(Record):
    """A database that an app can be deployed to.

    Args:
        name: What we call it.
        provider: What Prisma calls it in a datasource.
        title: What people call it.
        adapter: The package through which Prisma's client reaches it from an edge host; empty
            where Prisma's own engines reach it (before Prisma 7, which always wants an adapter).
        adapter_since: The first release of Prisma that has the adapter.
        has_pooler: Whether applications use a pooled URL, and migrations need a direct one.
    """

    name: str
    provider: str
    title: str
    adapter: str = ""
    adapter_since: tuple[int, int] = (0, 0)
    has_pooler: bool = False

    @property
    def is_sqlite(self) -> bool:
        """Whether it speaks SQLite's SQL."""
        return self.provider == "sqlite"


# The first release of each adapter: the packages' own first versions on npm.
TARGETS = MappingProxyType(
    {
        target.name: target
        for target in (
            # Prisma knows no "libsql" provider, in any release: Turso stays "sqlite".
            Target("turso", "sqlite", "Turso", "@prisma/adapter-libsql", (5, 4)),
            Target("neon", "postgresql", "Neon", "@prisma/adapter-neon", (5, 4), has_pooler=True),
            Target("postgresql", "postgresql", "PostgreSQL"),
            Target("mysql", "mysql", "MySQL"),
            Target("d1", "sqlite", "Cloudflare D1", "@prisma/adapter-d1", (5, 12)),
            Target("sqlite", "sqlite", "SQLite"),
        )
    }
)
_OTHER_NAMES = {"libsql": "turso", "postgres": "postgresql", "mariadb": "mysql"}


def find_target(name: str) -> Target:
    """The target of that name; ``libsql``, ``postgres`` and ``mariadb`` are understood as well.

    Raises:
        UnknownProviderError: There is no such target.
    """
    known = name.strip().lower()
    target = TARGETS.get(_OTHER_NAMES.get(known, known))
    if target is None:
        raise UnknownProviderError(
            f"{name!r} is not a database that schemas can be rewritten for",
            hint=f"Choose one of {', '.join(TARGETS)}.",
        )
    return target


class Release(Record):
    """A release of Prisma, as far as schemas differ between releases."""

    major: int
    minor: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"

    @property
    def keeps_url_in_schema(self) -> bool:
        """Whether the datasource holds the URL; Prisma 7 refuses it there (error P1012)."""
        return self.major < 7

    @property
    def needs_driver_adapters_preview(self) -> bool:
        """Whether adapters are behind the preview feature; it is a no-op from 6.16 on."""
        return self < (6, 16)

    @property
    def needs_multi_schema_preview(self) -> bool:
        """Whether ``schemas`` is behind the preview feature; it is not from 6.13 on."""
        return self < (6, 13)

    @property
    def needs_fulltext_preview(self) -> bool:
        """Whether ``@@fulltext`` is behind the preview feature; Prisma 6 took it out."""
        return self.major < 6

    @property
    def has_partial_indexes(self) -> bool:
        """Whether indexes may have a ``where``, which came with 7.4."""
        return self >= (7, 4)

    @property
    def has_new_ids(self) -> bool:
        """Whether ``cuid(2)`` and ``ulid()`` are known; Prisma 5.22 refuses both."""
        return self.major > 5

    @property
    def has_sqlite_enums_and_json(self) -> bool:
        """Whether SQLite may have enums and Json fields; it may from 6.2 on."""
        return self >= (6, 2)


# The last release of each major version that schemas are written for.
_LAST = {5: Release(5, 22), 6: Release(6, 19), 7: Release(7, 10)}
LATEST = _LAST[7]
LAST_WITH_URL = _LAST[6]
_VERSION = re.compile(r"[\s=v~^<>]*(\d{1,4})(?:\.(\d{1,4}|[xX*]))?(?:[.\-+|\s].*)?", re.DOTALL)
_TAGS = {"latest", "*", "x", ""}


def release_of(version: str) -> Release:
    """The release that a version from a ``package.json`` stands for.

    ``"6"`` is the last 6.x. A range such as ``"^6.5.0"`` counts as its lowest release, which a
    lock file may hold: what that one needs, the later ones take.

    Raises:
        ConfigurationError: It is no version, or one whose schemas are not known here.
    """
    if version.strip() in _TAGS:
        return LATEST
    found = _VERSION.fullmatch(version.strip())
    if found is None:
        raise ConfigurationError(
            f"{version!r} is not a version of Prisma",
            hint='Give the version from package.json, such as "6.19.3", "^6.5.0" or "7".',
        )
    major = int(found[1])
    if major not in _LAST:
        raise ConfigurationError(
            f"schemas for Prisma {major} are not known here",
            hint=f"Choose one of Prisma {', '.join(map(str, _LAST))}.",
        )
    minor = found[2]
    return Release(major, int(minor)) if minor and minor.isdigit() else _LAST[major]


def release_for(version: str | None, *, has_url: bool) -> Release:
    """The release asked for; else the one whose style the schema has.

    A datasource with a ``url`` is one for Prisma 6 or older, one without is for Prisma 7.
    """
    if version is not None:
        return release_of(version)
    return LAST_WITH_URL if has_url else LATEST
