"""Which error a refused statement or request becomes, and what to do about it."""

from __future__ import annotations

from typing import Any

from oneclick_deploy.errors import (
    AnswerTooLargeError,
    ApiError,
    ConstraintError,
    DatabaseBlockedError,
    DatabaseError,
    StreamExpiredError,
)
from oneclick_deploy.http import Redactor, Response
from oneclick_deploy.http.statuses import LONGEST_MESSAGE, api_error
from oneclick_deploy.secrets import Secret

PROVIDER = "libsql"

_EXPIRED = (
    "The server ends a stream after 10 s without a request and a write transaction after 5 s "
    "when others wait; send the statements as one batch()."
)
# Codes of sqld that mean one statement or stream (facts: Hrana wire facts, error codes).
_CLASSES: dict[str, tuple[type[DatabaseError], str]] = {
    "STREAM_EXPIRED": (StreamExpiredError, _EXPIRED),
    "TRANSACTION_TIMEOUT": (StreamExpiredError, _EXPIRED),
    "RESPONSE_TOO_LARGE": (
        AnswerTooLargeError,
        "The server answers at most 10 MB at a time; read in pages with read_table() or LIMIT.",
    ),
    "BLOCKED": (
        DatabaseBlockedError,
        "A quota of the plan is used up, or the database's configuration blocks reads or writes.",
    ),
}
_HINTS = {
    "SQL_MANY_STATEMENTS": "Send one statement at a time: split_script() splits, batch() sends "
    "them together.",
    "SQL_NO_STATEMENT": "The text holds no statement, or only comments.",
    "ARGS_INVALID": "Pass as many arguments as the statement has parameters, under their names.",
    "SQLITE_TOOBIG": "One row or value is larger than the server allows (about 4 to 9 MB).",
    "SQLITE_BUSY": "Another writer is at work; try again.",
    "SQL_PARSE_ERROR": "Libsql servers refuse VACUUM, ATTACH, ANALYZE, TEMP tables and some "
    "PRAGMAs; otherwise check the syntax.",
}
_STATUS_HINTS = {
    401: "The database token is missing, wrong or expired; mint a new one with "
    "create_database_token().",
    403: "The token may only read, or belongs to another database; mint one with full access.",
    404: "There is no database at this address, or the server does not speak Hrana over HTTP v2 "
    "(/v2/pipeline). Use the host name that the provider answered.",
    405: "The server does not speak Hrana over HTTP v2 (/v2/pipeline).",
    413: "The request is too large for the server; send fewer rows at a time.",
    505: "The server does not speak Hrana over HTTP v2 (/v2/pipeline).",
}


def statement_error(
    error: Any, *, token: Secret | None = None, statement: int | None = None
) -> DatabaseError:
    """Make the error for a refused statement from Hrana's ``{message, code}``."""
    details = error if isinstance(error, dict) else {}
    code = details.get("code")
    code = code if isinstance(code, str) else ""
    words = _clean(str(details.get("message") or "the server gave no reason"), token)
    kind, hint = _CLASSES.get(code, (DatabaseError, _HINTS.get(code, "")))
    if code.startswith("SQLITE_CONSTRAINT"):
        kind, hint = (
            ConstraintError,
            "The rows break a rule of the schema; the statement changed nothing.",
        )
    return kind(words, code=code, statement=statement, hint=hint, retryable=code == "SQLITE_BUSY")


def infinity_error(column: str) -> DatabaseError:
    """Make the error for an infinity that arrived without its sign."""
    return DatabaseError(
        f"the column {column!r} holds an infinity, and the server did not send its sign",
        code="INFINITY_WITHOUT_SIGN",
        hint="Select CAST(column AS TEXT), which gives Inf or -Inf, or use read_table().",
    )


def refusal(
    response: Response, *, token: Secret | None, in_stream: bool
) -> ApiError | DatabaseError:
    """Make the error for an answer that is not a success.

    Args:
        response: The answer.
        token: Kept out of the message.
        in_stream: Whether the request went to an open stream.
    """
    body = response.json()
    details = body if isinstance(body, dict) else {}
    code = details.get("code")
    code = code if isinstance(code, str) else ""
    error = details.get("message") or details.get("error")
    words = _clean(error if isinstance(error, str) else response.text.strip(), token)
    if code in _CLASSES or code.startswith("SQLITE_"):
        return statement_error({"message": words, "code": code}, token=token)
    if in_stream and response.status in {400, 404} and _names_stream(words):
        return StreamExpiredError(words, code=code or "STREAM_EXPIRED", hint=_EXPIRED)
    if response.status == 500 and "utf-8" in words.lower():
        return DatabaseError(
            words, code=code, hint="A text is not valid UTF-8: select CAST(column AS BLOB)."
        )
    return api_error(
        response,
        provider=PROVIDER,
        message=words,
        code=code,
        hint=_STATUS_HINTS.get(response.status, ""),
    )


def _names_stream(words: str) -> bool:
    lower = words.lower()
    return "baton" in lower or "stream" in lower


def _clean(words: str, token: Secret | None) -> str:
    return (Redactor([token]).clean(words) if token else words)[:LONGEST_MESSAGE]
