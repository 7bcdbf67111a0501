"""A store with one deployment and a clock that only the test moves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from attrs import define, field, frozen

from oneclick_deploy.store import AppRecord, SqliteStore
from oneclick_deploy.store.holder import Holder

BEGIN = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@define
class Clock:
    now: datetime = field(default=BEGIN)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@frozen
class Files:
    """The store's place on disk."""

    path: Path

    @property
    def bytes(self) -> bytes:
        """Everything of the store that is on disk, its write-ahead log among it."""
        return b"".join(
            each.read_bytes() for each in sorted(self.path.parent.glob(f"{self.path.name}*"))
        )


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path / "deployments.db")


@pytest.fixture
def store(files: Files, clock: Clock) -> Iterator[SqliteStore]:
    with SqliteStore(files.path, clock=clock) as opened:
        opened.add_app(
            AppRecord(id="d1", name="guestbook", created_at=clock.now, updated_at=clock.now)
        )
        yield opened


@pytest.fixture
def elsewhere() -> Holder:
    """A process on another machine, which nobody here can call dead."""
    return Holder(host="another-machine", pid=7, born="1", token="a")
