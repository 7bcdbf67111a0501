"""What applying tells while it goes on, and at its end."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from attrs import frozen


@frozen(kw_only=True)
class LockWaiting:
    """Somebody else is migrating this database.

    Args:
        seconds: How long it is waited for, before it is an error.
    """

    seconds: float

    def __str__(self) -> str:
        return f"another process is migrating; waiting for up to {self.seconds:g} s"


@frozen(kw_only=True)
class MigrationStarted:
    """A migration's script is about to run.

    Args:
        name: The migration.
        number: Its place among those that are due, from 1.
        total: How many are due.
    """

    name: str
    number: int
    total: int

    def __str__(self) -> str:
        return f"applying {self.name} ({self.number} of {self.total})"


@frozen(kw_only=True)
class MigrationFinished:
    """A migration was applied and recorded.

    Args:
        name: The migration.
        number: Its place among those that are due, from 1.
        total: How many are due.
        seconds: How long it took.
    """

    name: str
    number: int
    total: int
    seconds: float

    def __str__(self) -> str:
        return f"applied {self.name} in {self.seconds:.2f} s"


MigrationEvent: TypeAlias = LockWaiting | MigrationStarted | MigrationFinished
MigrationHandler: TypeAlias = Callable[[MigrationEvent], object]


@frozen(kw_only=True)
class ApplyReport:
    """What `apply` did.

    Args:
        applied: The migrations that were applied now, in order.
        already: Those of the history that the database had.
        seconds: How long all of it took, waiting for the lock included.
    """

    applied: tuple[str, ...]
    already: tuple[str, ...]
    seconds: float

    def __str__(self) -> str:
        kept = f", {len(self.already)} already there" if self.already else ""
        return f"{len(self.applied)} applied{kept}"
