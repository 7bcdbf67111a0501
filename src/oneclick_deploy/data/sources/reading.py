"""Says in our own errors what SQLite, or the system, has against a preview database."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator

from oneclick_deploy.errors import CorruptDatabaseError, DataSourceError, LockedDatabaseError
from oneclick_deploy.runtime.cancel import CancelToken

# Instructions of SQLite's machine between two looks at the token: some milliseconds.
_STEPS_BETWEEN_LOOKS = 200_000


@contextlib.contextmanager
def reading(where: str) -> Iterator[None]:
    """Turn the errors of sqlite3 and of the system into ours.

    Args:
        where: What is read, as the errors call it.
    """
    try:
        yield
    except sqlite3.OperationalError as error:
        raise _refused(error, where) from None
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        # Names of damaged tables, in the schema and in SQLite's own words, may not be UTF-8.
        raise CorruptDatabaseError(
            f"{where} is damaged: {error}",
            hint="Export the preview again, or run `sqlite3 FILE .recover` on a copy.",
        ) from None
    except OSError as error:
        raise DataSourceError(
            f"{where} cannot be read: {error.strerror}",
            hint="Check the permissions of the file and the space in the temporary folder.",
        ) from None


def _refused(error: sqlite3.OperationalError, where: str) -> DataSourceError:
    text = str(error)
    if "locked" in text or "busy" in text:
        return LockedDatabaseError(
            f"{where} is locked by another process",
            hint="Close the program that writes to it, or pass a copy of the file.",
            retryable=True,
        )
    if "UTF-8" in text:
        return DataSourceError(
            f"{where} holds a text that is not UTF-8",
            hint="Repair the value, or store it as a BLOB (Bytes in Prisma).",
        )
    return DataSourceError(
        f"{where} cannot be read: {text}",
        hint="Open the file with another SQLite program to see what is wrong with it.",
    )


@contextlib.contextmanager
def stoppable(connection: sqlite3.Connection, cancel: CancelToken | None) -> Iterator[None]:
    """Let a token stop what a connection runs.

    Raises:
        DeployCancelledError: The token was cancelled.
    """
    if cancel is None:
        yield
        return
    cancel.check()
    token = cancel
    connection.set_progress_handler(lambda: token.cancelled, _STEPS_BETWEEN_LOOKS)
    forget = cancel.on_cancel(connection.interrupt)
    try:
        yield
    except sqlite3.OperationalError:
        cancel.check()
        raise
    finally:
        forget()
        connection.set_progress_handler(None, 0)
    cancel.check()
