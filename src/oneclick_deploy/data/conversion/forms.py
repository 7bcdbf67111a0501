"""The forms of values that SQL converts by itself, for each kind of column.

Everything is written on ``+x``, which has no affinity, and with ``COLLATE BINARY`` where texts are
compared, so that a column's declaration changes no comparison.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from oneclick_deploy.data.columns import Kind, TargetColumn
from oneclick_deploy.data.conversion import float_texts
from oneclick_deploy.data.conversion.dialects import (
    Dialect,
    decimal_limits,
    integer_range,
    reads_escapes,
    takes_infinity,
)
from oneclick_deploy.data.conversion.exact import rule_of
from oneclick_deploy.data.conversion.form import Form
from oneclick_deploy.data.conversion.moment_forms import date_forms, moment_forms

# Characters without a multi-byte sequence and without NUL: such a text is UTF-8 for certain.
_NOT_ASCII: Final = "'*[^'||char(1)||'-'||char(127)||']*'"


def forms_of(x: str, column: TargetColumn, dialect: Dialect) -> tuple[Form, ...]:
    """The forms of a column's values, the likeliest first.

    Args:
        x: SQL of the stored value.
        column: Where it goes.
        dialect: The family of the destination.
    """
    kind = rule_of(column, dialect)
    if kind is Kind.ANY:
        return (Form(test="1", sql=x, text=x),)
    return _FORMS[kind](x, column, dialect)


def _integers(x: str, column: TargetColumn, dialect: Dialect) -> tuple[Form, ...]:
    del dialect
    least, greatest = integer_range(column)
    return (
        Form(
            test=f"(typeof({x}) = 'integer' AND +{x} BETWEEN {least} AND {greatest})",
            sql=x,
            text=x,
            is_plain=True,
        ),
    )


def _floats(x: str, column: TargetColumn, dialect: Dialect) -> tuple[Form, ...]:
    exact = float_texts.sql(x)
    whole = 1 << 24 if column.bits == 32 else 1 << 53
    integers = Form(
        test=f"(typeof({x}) = 'integer' AND +{x} BETWEEN -{whole} AND {whole})",
        sql=f"CAST({x} AS REAL)",
        text=x,
        is_plain=True,
    )
    if column.bits == 32:
        return (integers,)
    finite = "" if takes_infinity(column, dialect) else f" AND +{x} > -9e999 AND +{x} < 9e999"
    real = Form(
        test=f"(typeof({x}) = 'real'{finite})",
        sql=x,
        text=exact,
        passes_null=False,
        is_plain=True,
    )
    # A REAL column that holds integers: SQLite gives them out as REAL; other columns mix the two.
    return (real, integers)


def _decimals(x: str, column: TargetColumn, dialect: Dialect) -> tuple[Form, ...]:
    limits = decimal_limits(column, dialect)
    scale = 9 if limits is None else limits[1]
    digits = 20 if limits is None else limits[0] - limits[1]
    least = f"AND +{x} > -1e{digits} AND +{x} < 1e{digits}" if digits < 19 else ""
    integers = Form(
        test=f"(typeof({x}) = 'integer' {least})",
        sql=f"CAST({x} AS TEXT)",
        text=x,
        is_plain=True,
    )
    if not float_texts.are_exact():
        return (integers,)
    return (*(_fixed(x, places, digits) for places in _places(scale)), integers)


def _places(scale: int) -> tuple[int, ...]:
    return (scale,) if scale < 4 else (4, min(scale, 9))


def _fixed(x: str, places: int, digits: int) -> Form:
    """Numbers with few places and at most 15 digits.

    If m / 10**places is the double, for whole numbers m below 10**15, its digits are m's: both are
    exact in a double, so the division is the nearest double to that decimal, and no other decimal
    of 15 digits reads as the same double.
    """
    below = f"1e{min(digits, 15 - places)}"
    power = f"1e{places}"
    # abs() fails for the least integer.
    few = f"+{x} > -{below} AND +{x} < {below} AND round(+{x} * {power}) / {power} = +{x}"
    if places > 4:
        # %g writes an exponent below.
        few += f" AND (+{x} >= 1e-4 OR +{x} <= -1e-4 OR +{x} = 0)"
    return Form(
        test=f"(typeof({x}) IN ('real', 'integer') AND {few})",
        sql=f"printf('%.15g', {x})",
        text=f"printf('%.15g', {x})",
        passes_null=False,
        is_plain=True,
    )


def _booleans(x: str, column: TargetColumn, dialect: Dialect) -> tuple[Form, ...]:
    del column, dialect
    return (
        Form(
            test=f"(typeof({x}) = 'integer' AND +{x} IN (0, 1))",
            sql=x,
            text=x,
            is_plain=True,
        ),
    )


def _texts(x: str, column: TargetColumn, dialect: Dialect) -> tuple[Form, ...]:
    del dialect
    limits = ""
    if column.length is not None:
        # length() stops at NUL.
        limits += f" AND length({x}) <= {column.length} AND instr({x}, char(0)) = 0"
    if column.most_bytes is not None:
        limits += f" AND length(CAST({x} AS BLOB)) <= {column.most_bytes}"
    return (_text_form(x, limits),)


def _text_form(x: str, limits: str) -> Form:
    is_text = f"typeof({x}) = 'text'"
    return Form(
        test=f"({is_text} AND instr({x}, char(0)) = 0 AND +{x} NOT GLOB {_NOT_ASCII}{limits})",
        sql=x,
        text=x,
        clean_test=f"({is_text}{limits})",
    )


def _octets(x: str, column: TargetColumn, dialect: Dialect) -> tuple[Form, ...]:
    del dialect
    most = column.most_bytes if column.length is None else column.length
    limit = "" if most is None else f" AND length({x}) <= {most}"
    return (
        Form(
            test=f"(typeof({x}) = 'blob'{limit})",
            sql=x,
            text=f"hex({x})",
            passes_null=False,
            is_plain=True,
        ),
    )


def _documents(x: str, column: TargetColumn, dialect: Dialect) -> tuple[Form, ...]:
    # Escapes may spell NUL or half a surrogate pair: those are seen one by one.
    escapes = rf" AND instr({x}, '\u') = 0" if reads_escapes(column, dialect) else ""
    valid = f"json_valid({x}){escapes}"
    whole = Form(
        test=f"(typeof({x}) = 'integer')",
        sql=f"CAST({x} AS TEXT)",
        text=x,
        is_plain=True,
    )
    return (_text_form(x, f" AND {valid}"), whole)


def _identifiers(x: str, column: TargetColumn, dialect: Dialect) -> tuple[Form, ...]:
    del column, dialect
    digit = "[0-9a-f]"
    pattern = "-".join(digit * count for count in (8, 4, 4, 4, 12))
    return (
        Form(
            # GLOB stops at NUL; 36 bytes are all of it.
            test=f"(typeof({x}) = 'text' AND length(CAST({x} AS BLOB)) = 36"
            f" AND +{x} GLOB '{pattern}')",
            sql=x,
            text=x,
            is_plain=True,
        ),
    )


def _members(x: str, column: TargetColumn, dialect: Dialect) -> tuple[Form, ...]:
    del dialect
    values = ", ".join("'" + value.replace("'", "''") + "'" for value in column.values)
    return (
        Form(
            test=f"(typeof({x}) = 'text' AND (+{x} COLLATE BINARY) IN ({values}))",
            sql=x,
            text=x,
        ),
    )


def _times(x: str, column: TargetColumn, dialect: Dialect) -> tuple[Form, ...]:
    del x, column, dialect
    return ()


_Forms = Callable[[str, TargetColumn, Dialect], tuple[Form, ...]]

_FORMS: Final[dict[Kind, _Forms]] = {
    Kind.INTEGER: _integers,
    Kind.FLOAT: _floats,
    Kind.DECIMAL: _decimals,
    Kind.BOOLEAN: _booleans,
    Kind.DATETIME: moment_forms,
    Kind.DATE: date_forms,
    Kind.TIME: _times,
    Kind.TEXT: _texts,
    Kind.OTHER: _texts,
    Kind.JSON: _documents,
    Kind.BYTES: _octets,
    Kind.UUID: _identifiers,
    Kind.ENUM: _members,
}
