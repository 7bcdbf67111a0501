"""What a new database starts from."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from attrs import frozen

from oneclick_deploy.providers.turso.names import check_name, rfc3339


@frozen(kw_only=True)
class Seed:
    """The content of a new database. Made with `from_database` or `upload`."""

    type: str
    name: str | None = None
    timestamp: str | None = None

    @classmethod
    def from_database(cls, name: str, *, at: datetime | None = None) -> Self:
        """Copy a database of the same organization.

        Args:
            name: The database to copy.
            at: Copy it as it was at this moment (point-in-time recovery). The plan says how far
                back that may be: 24 hours on the free plan, up to 90 days on others.

        Raises:
            ConfigurationError: The name cannot exist, or ``at`` has no time zone.
        """
        return cls(
            type="database",
            name=check_name(name),
            timestamp=None if at is None else rfc3339(at),
        )

    @classmethod
    def upload(cls) -> Self:
        """Wait for an SQLite file.

        Until the file is uploaded the database is a draft that cannot be used and counts.
        """
        return cls(type="database_upload")

    def payload(self) -> dict[str, str]:
        """The seed as the API expects it."""
        given = {"type": self.type, "name": self.name, "timestamp": self.timestamp}
        return {key: value for key, value in given.items() if value is not None}
