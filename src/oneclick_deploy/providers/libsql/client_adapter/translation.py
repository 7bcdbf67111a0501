"""Between our values and errors and those of ``libsql_client``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from importlib import import_module
from inspect import iscoroutinefunction
from typing import Any, Final

from oneclick_deploy.errors import (
    ApiError,
    ConfigurationError,
    ConnectionLostError,
    DatabaseError,
    OneClickError,
)
from oneclick_deploy.http import Response
from oneclick_deploy.http.statuses import api_error
from oneclick_deploy.providers.libsql.errors import statement_error
from oneclick_deploy.providers.libsql.models import ResultSet, StatementLike, as_statement
from oneclick_deploy.providers.libsql.values import encode_args
from oneclick_deploy.providers.libsql.wire import checked_sql

PROVIDER: Final = "libsql-client"
_STATUS = re.compile(r"HTTP status (\d{3})")
# It speaks Hrana 1 over HTTP, which Turso Cloud answers with 404, and WebSockets, which the cloud
# answers with 505 (facts: five findings, 1).
_CLOUD_HINT = (
    "libsql-client cannot reach Turso Cloud, which no longer speaks its protocols. Use "
    "LibsqlClient or AsyncLibsqlClient; libsql-client works for file: and a self-hosted sqld."
)


def checked_client(client: Any, *, like: Callable[..., object]) -> Any:
    """Return the host's client when it is one, and as asynchronous as ``like`` is.

    Raises:
        ConfigurationError: ``libsql_client`` is not installed, or the object is another one.
    """
    try:
        package = import_module("libsql_client")
    except ImportError:
        raise ConfigurationError(
            "libsql_client is not installed", hint="Install oneclick-deploy[libsql-client]."
        ) from None
    wanted = package.Client if iscoroutinefunction(like) else package.ClientSync
    if not isinstance(client, wanted):
        raise ConfigurationError(
            f"{type(client).__name__} is not a {wanted.__name__} of libsql_client",
            hint="Pass what create_client() gave to AsyncLibsqlClientAdapter, and what "
            "create_client_sync() gave to LibsqlClientAdapter.",
        )
    return client


def opened(client: Any) -> Any:
    """Return the client when it is open.

    Raises:
        ConfigurationError: The host closed it.
    """
    if client.closed:
        raise ConfigurationError(
            "the libsql_client is closed", hint="Keep it open while the adapter is in use."
        )
    return client


def outgoing(given: StatementLike) -> tuple[str, Any]:
    """The statement and arguments for ``libsql_client``, checked by the rules of this library.

    Raises:
        ConfigurationError: The statement or an argument cannot be sent.
    """
    statement = as_statement(given)
    encode_args(statement.args)
    args = statement.args
    return checked_sql(statement.sql), dict(args) if isinstance(args, Mapping) else list(args)


def incoming(result: Any) -> ResultSet:
    """Read a result of ``libsql_client``, which knows no declared types and no counters."""
    columns = tuple(result.columns)
    return ResultSet(
        columns=columns,
        decltypes=(None,) * len(columns),
        rows=tuple(row.astuple() for row in result.rows),
        affected_row_count=int(result.rows_affected),
        last_insert_rowid=result.last_insert_rowid,
    )


def translate(error: Exception) -> OneClickError:
    """Turn whatever ``libsql_client`` or the aiohttp inside it raised into one of our errors."""
    if isinstance(error, OneClickError):
        return error
    facts = vars(error)  # aiohttp's own `code` is a deprecated property
    code = facts.get("code")
    words = str(facts.get("explanation") or error) or type(error).__name__
    status = _status_of(error, words)
    if status is not None:
        return _refusal(status, words)
    if isinstance(code, str):
        return _by_code(code, words)
    if type(error).__module__.partition(".")[0] == "aiohttp" or isinstance(error, OSError):
        return ConnectionLostError(
            f"libsql-client lost its connection: {words}",
            hint="Check the address and whether the server is up.",
            outcome_unknown=True,
        )
    return DatabaseError(f"libsql-client failed: {type(error).__name__}: {words}")


def _status_of(error: Exception, words: str) -> int | None:
    status = vars(error).get("status")
    if isinstance(status, int):
        return status
    found = _STATUS.search(words)
    return int(found.group(1)) if found else None


def _refusal(status: int, words: str) -> ApiError:
    other_protocol = status in {404, 405, 426, 501, 505}
    error = api_error(
        Response(status=status),
        provider=PROVIDER,
        message=words,
        hint=_CLOUD_HINT if other_protocol else "",
    )
    error.retryable = error.retryable and not other_protocol
    return error


def _by_code(code: str, words: str) -> OneClickError:
    if code == "TRANSACTIONS_NOT_SUPPORTED":
        return ConfigurationError(
            "libsql-client has no transactions over HTTP",
            hint="Use batch(), or LibsqlClient, or connect it with ws:// to a self-hosted sqld.",
        )
    return statement_error({"message": words, "code": code})
