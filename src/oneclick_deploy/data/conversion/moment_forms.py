"""The forms of dates that SQL converts by itself."""

from __future__ import annotations

from typing import Final

from oneclick_deploy.data.columns import TargetColumn
from oneclick_deploy.data.conversion.dialects import (
    YEARS,
    Dialect,
    fraction_digits,
    moment_range,
)
from oneclick_deploy.data.conversion.form import Form

# The first and the last millisecond of the years 1 and 9999.
_LEAST: Final = -62_135_596_800_000
_GREATEST: Final = 253_402_300_799_999
_TIMESTAMP_LEAST: Final = 1_000
_TIMESTAMP_GREATEST: Final = 2_147_483_647_999
_DAY: Final = 86_400_000

_DATE: Final = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]"
_TIME: Final = "[0-9][0-9]:[0-9][0-9]:[0-9][0-9]"


def moment_forms(x: str, column: TargetColumn, dialect: Dialect) -> tuple[Form, ...]:
    """Milliseconds; ISO 8601 in UTC as Prisma's adapters write it; CURRENT_TIMESTAMP's text."""
    numbers = _milliseconds(x, column, dialect)
    if moment_range(column, dialect) != YEARS:
        return numbers
    return (
        *numbers,
        _iso(x, column, dialect, zone="+00:00"),
        _iso(x, column, dialect, zone="Z"),
        _spaced(x, column, dialect),
    )


def date_forms(x: str, column: TargetColumn, dialect: Dialect) -> tuple[Form, ...]:
    """Milliseconds of midnights, and their texts."""
    del column, dialect
    number = f"typeof({x}) = 'integer' AND +{x} BETWEEN {_LEAST} AND {_GREATEST}"
    day = f"date({x} / 1000, 'unixepoch')"
    days = Form(test=f"({number} AND {x} % {_DAY} = 0)", sql=day, text=day, is_plain=True)
    text = f"substr({x}, 1, 10)"
    tail = "T00:00:00.000"
    likeness = " OR ".join(
        f"+{x} GLOB '{_DATE}{ending}'" for ending in ("", f"{tail}Z", f"{tail}+00:00")
    )
    texts = Form(
        test=f"(typeof({x}) = 'text' AND ({likeness}) AND length(CAST({x} AS BLOB)) IN (10, 24, 29)"
        f" AND {text} >= '0001' AND date({text}, '+0 days') = {text})",
        sql=text,
        text=text,
        is_plain=True,
    )
    return (days, texts)


def _milliseconds(x: str, column: TargetColumn, dialect: Dialect) -> tuple[Form, ...]:
    is_short = moment_range(column, dialect) != YEARS
    least = _TIMESTAMP_LEAST if is_short else _LEAST
    greatest = _TIMESTAMP_GREATEST if is_short else _GREATEST
    whole = "" if fraction_digits(column, dialect) >= 3 else f" AND {x} % 1000 = 0"
    # % takes the sign of the number: before 1970 the fraction is made positive first.
    rest = f"((({x} % 1000) + 1000) % 1000)"
    early = f"datetime(({x} - {rest}) / 1000, 'unixepoch')||'.'||substr(1000 + {rest}, 2)"
    late = f"datetime({x} / 1000, 'unixepoch')||'.'||substr(1000 + {x} % 1000, 2)"

    def form(sql: str, first: int) -> Form:
        dressed = _dressed(sql, column, dialect)
        return Form(
            test=f"(typeof({x}) = 'integer' AND +{x} BETWEEN {first} AND {greatest}{whole})",
            sql=dressed,
            text=dressed,
            is_plain=True,
        )

    return (form(late, max(least, 0)), form(early, least))


def _iso(x: str, column: TargetColumn, dialect: Dialect, *, zone: str) -> Form:
    sql = _dressed(f"substr({x}, 1, 10)||' '||substr({x}, 12, 12)", column, dialect)
    pattern = f"{_DATE}T{_TIME}.[0-9][0-9][0-9]{zone}"
    size = len("YYYY-MM-DDTHH:MM:SS.fff") + len(zone)
    whole = fraction_digits(column, dialect) < 3
    test = _test(x, pattern, size, f" AND substr({x}, 21, 3) = '000'" if whole else "")
    return Form(test=test, sql=sql, text=sql, is_plain=True)


def _spaced(x: str, column: TargetColumn, dialect: Dialect) -> Form:
    sql = _dressed(f"{x}||'.000'", column, dialect)
    test = _test(x, f"{_DATE} {_TIME}", len("YYYY-MM-DD HH:MM:SS"))
    return Form(test=test, sql=sql, text=sql, is_plain=True)


def _test(x: str, pattern: str, size: int, more: str = "") -> str:
    # SQLite reads 2024-02-30 and 24:00:00; a modifier makes it compute the day, which differs then.
    # GLOB stops at NUL, which the length in bytes sees. SQLite computes both sides of an AND, but
    # only the branch of a CASE that is taken.
    return (
        f"CASE WHEN typeof({x}) <> 'text' THEN 0 WHEN length(CAST({x} AS BLOB)) <> {size} THEN 0"
        f" ELSE +{x} GLOB '{pattern}' AND substr({x}, 1, 4) > '0000'"
        f" AND datetime(substr({x}, 1, 19), '+0 days')"
        f" = substr({x}, 1, 10)||' '||substr({x}, 12, 8){more} END"
    )


def _dressed(sql: str, column: TargetColumn, dialect: Dialect) -> str:
    if dialect is Dialect.LIBSQL:
        # The form of Prisma's adapters (facts: prisma.md section 2).
        return f"replace({sql}, ' ', 'T')||'+00:00'"
    # Without an offset the server would take a moment to be in its session's time zone.
    is_moment = column.with_timezone and dialect is Dialect.POSTGRESQL
    return f"{sql}||'+00'" if is_moment else sql
