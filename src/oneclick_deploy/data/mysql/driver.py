"""PyMySQL, imported when it is needed, and its errors in our words."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any, Final

from oneclick_deploy.errors import (
    ConfigurationError,
    ConnectionLostError,
    ConstraintError,
    DatabaseError,
)

# The server is gone, or the connection to it: MySQL's errmsg.h (CR_SERVER_GONE_ERROR,
# CR_SERVER_LOST, CR_COMMANDS_OUT_OF_SYNC, CR_SERVER_LOST_EXTENDED), and the server's own words for
# a shutdown and a connection that somebody ended (ER_SERVER_SHUTDOWN, ER_CONNECTION_KILLED).
_LOST: Final = {0, 1053, 1927, 2006, 2013, 2014, 2055}
# mysqld_error.h: ER_BAD_NULL_ERROR, ER_DUP_ENTRY, ER_DUP_UNKNOWN_IN_INDEX, ER_ROW_IS_REFERENCED,
# ER_NO_REFERENCED_ROW and their second forms, ER_DUP_ENTRY_WITH_KEY_NAME,
# ER_CHECK_CONSTRAINT_VIOLATED and MariaDB's ER_CONSTRAINT_FAILED.
_CONSTRAINTS: Final = {1048, 1062, 1216, 1217, 1451, 1452, 1586, 1859, 3819, 4025}
# ER_LOCK_WAIT_TIMEOUT, ER_LOCK_DEADLOCK.
_RETRYABLE: Final = {1205, 1213}


def driver() -> Any:
    """The module of PyMySQL.

    Raises:
        ConfigurationError: It is not installed.
    """
    try:
        import pymysql
    except ImportError:
        raise ConfigurationError(
            "PyMySQL is not installed", hint="Install oneclick-deploy[mysql]."
        ) from None
    return pymysql


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Turn PyMySQL's errors into ours."""
    pymysql = driver()
    try:
        yield
    except (pymysql.err.Error, OSError, AttributeError) as error:
        if isinstance(error, AttributeError) and not _is_closed(error):
            raise
        code, words = facts(error)
        if code in _LOST or not isinstance(error, pymysql.err.Error):
            raise ConnectionLostError(
                f"the connection to MySQL broke: {words}", outcome_unknown=True
            ) from None
        kind = ConstraintError if code in _CONSTRAINTS else DatabaseError
        raise kind(words, code=str(code), retryable=code in _RETRYABLE) from None


def facts(error: Exception) -> tuple[int, str]:
    """The server's number and words; 0 when it said nothing."""
    if len(error.args) == 2 and isinstance(error.args[0], int):
        return error.args[0], str(error.args[1])
    return 0, str(error)


def _is_closed(error: AttributeError) -> bool:
    """Whether PyMySQL stumbled over a connection that another thread closed meanwhile."""
    return error.obj is None
