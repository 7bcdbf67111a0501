"""Find syntax errors before anything runs.

A libSQL server parses all statements of a batch or a sequence first; one that cannot be parsed
fails the whole request before its first statement has an effect.
"""

from __future__ import annotations

import contextlib
import sqlite3
from functools import lru_cache
from typing import Final

from oneclick_deploy.local.libsql.errors import is_syntax_error, translate
from oneclick_deploy.local.libsql.refusals import StatementRefusedError
from oneclick_deploy.local.libsql.statements import Statement, StatementKind, split

_CACHED_TEXT: Final = 20_000


def check_syntax(statement: Statement) -> None:
    """Raise when a statement is refused or cannot be parsed."""
    statement.check()
    short = len(statement.sql) <= _CACHED_TEXT
    problem = _problem_of_text(statement.sql) if short else _problem(statement)
    if problem is not None:
        raise StatementRefusedError(*problem)


@lru_cache(maxsize=1024)
def _problem_of_text(sql: str) -> tuple[str, str] | None:
    return _problem(split(sql)[0])


def _problem(statement: Statement) -> tuple[str, str] | None:
    """Parse with an empty database: EXPLAIN has no effect, and missing tables do not matter."""
    if statement.kind is StatementKind.PRAGMA:
        return None  # compiling a pragma can have effects
    prefix = "" if statement.is_explain else "EXPLAIN "
    with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as parser:
        try:
            parser.execute(prefix + statement.sql).close()
        except sqlite3.ProgrammingError:
            return None  # it was parsed; only the arguments are missing
        except sqlite3.Error as error:
            if is_syntax_error(error):
                refused = translate(error, statement)
                if isinstance(refused, StatementRefusedError):
                    return refused.message, refused.code
    return None
