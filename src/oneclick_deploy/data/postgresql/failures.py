"""What PostgreSQL's errors mean during an import."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from oneclick_deploy.errors import (
    ConnectionLostError,
    ConstraintError,
    DatabaseError,
    TransportError,
)

if TYPE_CHECKING:
    import psycopg

_HINTS: Final = {
    "23503": "Rows refer to rows that are not there: `PRAGMA foreign_key_check` lists them in the "
    "preview. A subset needs the tables that it refers to.",
    "23505": "The destination's unique index tells values apart in another way than the preview's.",
    "25006": "This is a read-only replica, or a database in recovery: use the primary's URL.",
    "42501": "Use the user who owns the tables.",
    "53100": "The server's disk is full.",
    "54000": "PostgreSQL has no room for this: a row, an index entry or a number of columns.",
    "55P03": "Another program holds the tables: stop the app that uses this database meanwhile.",
    "57014": "The server ended the statement.",
}
_RETRYABLE: Final = ("40", "55P03", "57P")
# libpq's words for a COPY: `COPY Post, line 3, column price: "abc"`.
_PLACE: Final = re.compile(r"^COPY .*", re.MULTILINE)
_DATA_EXCEPTION: Final = "22"
_CONSTRAINT: Final = "23"


def refusal(error: psycopg.Error, *, lost: bool) -> DatabaseError | TransportError:
    """The error for a statement that failed.

    Args:
        error: What psycopg raised.
        lost: Whether the connection is gone.
    """
    words = _words(error)
    if lost:
        return ConnectionLostError(
            f"the connection to PostgreSQL broke: {words}",
            hint="Run the import again: nothing of this one was kept.",
        )
    code = error.sqlstate or ""
    kind = ConstraintError if code.startswith(_CONSTRAINT) else DatabaseError
    return kind(words, code=code, hint=_HINTS.get(code, ""), retryable=code.startswith(_RETRYABLE))


def is_about_values(error: DatabaseError) -> bool:
    """Whether the server refused a value that was sent, and not the statement itself."""
    return error.code.startswith((_DATA_EXCEPTION, _CONSTRAINT))


def unknown_outcome() -> ConnectionLostError:
    """The error for a COMMIT of which nobody can tell what became."""
    return ConnectionLostError(
        "the connection to PostgreSQL broke during COMMIT, and the server does not tell whether "
        "the rows are there",
        hint="Look into the tables: either all rows of the import are there, or none.",
        retryable=False,
        outcome_unknown=True,
    )


def _words(error: psycopg.Error) -> str:
    told = error.diag
    place = _PLACE.search(told.context or "")
    parts = [told.message_primary or str(error), told.message_detail, place and place.group()]
    return " ".join(" ".join(filter(None, parts)).split())
