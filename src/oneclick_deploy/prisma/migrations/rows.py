"""The rows of ``_prisma_migrations``, and the times in the forms that they have there."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from attrs import field, frozen

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@frozen(kw_only=True)
class AppliedMigration:
    """One row of ``_prisma_migrations``.

    Args:
        name: The migration's name.
        checksum: Of its script, when it was applied.
        finished: Whether it was applied to the end.
        rolled_back: Whether it was marked as rolled back.
        logs: What the database said when it failed.
        id: The row's own id.
        started_at: When it began; ``None`` when the row has no readable time.
        steps: 1 when Prisma or this library ran the script, 0 when it was only marked as applied.
    """

    name: str
    checksum: str
    finished: bool
    rolled_back: bool
    logs: str = field(default="", repr=False)
    id: str = ""
    started_at: datetime | None = None
    steps: int = 0

    @classmethod
    def from_row(cls, row: Sequence[object]) -> AppliedMigration:
        """Read a row of `MigrationsTable.select`."""
        row_id, checksum, finished_at, name, logs, rolled_back_at, started_at, steps = row
        return cls(
            id=str(row_id),
            checksum=str(checksum),
            finished=finished_at is not None,
            name=str(name),
            logs=str(logs or ""),
            rolled_back=rolled_back_at is not None,
            started_at=read_moment(started_at),
            steps=int(str(steps or 0)),
        )

    @property
    def failed(self) -> bool:
        """Whether it began, did not end, and nobody has said what became of it."""
        return not self.finished and not self.rolled_back


def in_order(rows: Sequence[AppliedMigration]) -> list[AppliedMigration]:
    """Sort rows by the time they began: SQLite's own order mixes texts and numbers wrongly."""
    return sorted(rows, key=lambda row: (row.started_at or _EPOCH, row.name))


def is_applied(name: str, rows: Sequence[AppliedMigration]) -> bool:
    """Whether a migration was applied to the end and not rolled back."""
    return any(row.name == name and row.finished and not row.rolled_back for row in rows)


def read_moment(value: object) -> datetime | None:
    """Read a time as any of Prisma's engines, adapters and column defaults writes it.

    Integers are milliseconds since 1970; texts are ISO 8601 with ``T`` or a space, with an offset
    or in UTC (facts: how values are stored in SQLite). ``None`` for anything else.
    """
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, str) and not value.strip().lstrip("-").isdigit():
        return _from_text(value.strip())
    with contextlib.suppress(ValueError, OverflowError, TypeError):
        return _EPOCH + timedelta(milliseconds=float(str(value)))
    return None


def _from_text(text: str) -> datetime | None:
    # "2026-01-01 00:00:00 +00:00" is what literal defaults look like.
    joined = "".join(text.rsplit(" ", 1)) if text.count(" ") == 2 else text
    with contextlib.suppress(ValueError, OverflowError):
        moment = datetime.fromisoformat(joined)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None
