"""Default values: what they are, and how each provider writes them."""

from __future__ import annotations

from binascii import a2b_base64

from oneclick_deploy.errors import SchemaError
from oneclick_deploy.prisma.semantics.views import Enum, ScalarType
from oneclick_deploy.prisma.sql import quoting
from oneclick_deploy.prisma.sql.database import Literal, LiteralKind, Provider
from oneclick_deploy.prisma.syntax.tree import Array, Constant, Expression, Number, String

TYPE_CHECKING = False
if TYPE_CHECKING:
    from oneclick_deploy.prisma.semantics.views import FieldType

_NANOSECONDS = 9
# PostgreSQL, the most generous of the three, has room for 147,454 digits.
_MOST_ZEROS = 200_000


def literal_of(
    value: Expression, field_type: FieldType, provider: Provider, list_type: str
) -> Literal | None:
    """The literal that a value stands for; None when it cannot be the default of that type.

    Args:
        value: The node inside ``@default(...)``.
        field_type: The type of the field.
        provider: Whose SQL is wanted.
        list_type: The column's type in SQL, which a list's literal repeats.
    """
    if isinstance(value, Array):
        items = [literal_of(item, field_type, provider, list_type) for item in value.items]
        return _list(tuple(item for item in items if item is not None), list_type)
    if isinstance(field_type, Enum):
        return _enum_value(value, field_type)
    if isinstance(value, Number):
        return _number(value.text, field_type)
    if isinstance(value, String):
        return _text(value.value, field_type, provider)
    if isinstance(value, Constant):
        return Literal(LiteralKind.BOOLEAN, value.name == "true", value.name)
    return None


def _list(items: tuple[Literal, ...], list_type: str) -> Literal:
    inside = ", ".join(item.sql for item in items if item.sql is not None)
    return Literal(LiteralKind.LIST, items, f"ARRAY[{inside}]::{list_type}")


def _enum_value(value: Expression, enum: Enum) -> Literal | None:
    chosen = enum.value(value.name) if isinstance(value, Constant) else None
    if chosen is None:
        return None
    return Literal(LiteralKind.ENUM, chosen.database_name, quoting.text(chosen.database_name))


def _number(written: str, field_type: FieldType) -> Literal:
    if field_type is ScalarType.INT or field_type is ScalarType.BIG_INT:
        kind = LiteralKind.INT if field_type is ScalarType.INT else LiteralKind.BIG_INT
        whole = int(written)
        return Literal(kind, whole, str(whole))
    spelled = plain_number(written)
    worth = spelled.rstrip("0").rstrip(".") if "." in spelled else spelled
    return Literal(LiteralKind.NUMBER, worth, spelled)


def _text(value: str, field_type: FieldType, provider: Provider) -> Literal | None:
    match field_type:
        case ScalarType.STRING:
            return Literal(LiteralKind.STRING, value, quoting.text(value))
        case ScalarType.DATE_TIME:
            return _date(value, provider)
        case ScalarType.JSON:
            return Literal(LiteralKind.JSON, value, _json_sql(value, provider))
        case ScalarType.BYTES:
            held = a2b_base64(value)
            return Literal(LiteralKind.BYTES, held, _bytes_sql(held, provider))
        case ScalarType.DECIMAL:
            return _number(value, field_type)
    return None


def _json_sql(value: str, provider: Provider) -> str | None:
    if provider is Provider.MYSQL:
        return None  # MySQL takes no default for JSON.
    # Prisma leaves the quotes out on SQLite, and SQLite then refuses the script.
    return value if provider is Provider.SQLITE else quoting.text(value)


def _bytes_sql(held: bytes, provider: Provider) -> str | None:
    if provider is Provider.MYSQL:
        return None  # MySQL takes no default for BLOB.
    return f"'{held.hex()}'" if provider is Provider.SQLITE else f"'\\x{held.hex()}'"


def _date(value: str, provider: Provider) -> Literal:
    """A date that was found to be RFC 3339, though perhaps with a space or small letters in it."""
    day, time, rest = value[:10], value[11:19], value[19:]
    zone = "Z" if rest[-1] in "Zz" else rest[-6:].replace("\u2212", "-")
    offset = "+00:00" if zone in {"Z", "-00:00"} else zone
    time += _fraction(rest.removesuffix(rest[-len(zone) :]).removeprefix("."))
    rfc3339 = f"{day}T{time}{offset}"
    sql = rfc3339 if provider is Provider.MYSQL else f"{day} {time} {offset}"
    return Literal(LiteralKind.DATE_TIME, rfc3339, f"'{sql}'")


def _fraction(digits: str) -> str:
    """Fractions of a second with three, six or nine digits, and none when they are zero."""
    kept = digits[:_NANOSECONDS].rstrip("0")
    return f".{kept.ljust(-len(kept) // 3 * -3, '0')}" if kept else ""


def plain_number(written: str) -> str:
    """A number without exponent, leading zeros or the sign of zero; trailing zeros stay.

    >>> plain_number("007.50"), plain_number("-0.0"), plain_number("15e-4")
    ('7.50', '0.0', '0.0015')

    Raises:
        SchemaError: Its exponent stands for more zeros than any database takes.
    """
    mantissa, _, exponent = written.replace("_", "").lower().partition("e")
    sign = "-" if mantissa.startswith("-") else ""
    whole, _, fraction = mantissa.lstrip("+-").partition(".")
    digits = (whole + fraction).lstrip("0") or "0"
    places = len(fraction) - _exponent(exponent or "0")
    if digits == "0":
        sign = ""
    if places <= 0:
        digits += "0" * -places
    else:
        digits = digits.rjust(places + 1, "0")
        digits = f"{digits[:-places]}.{digits[-places:]}"
    return sign + digits


def _exponent(written: str) -> int:
    digits = written.lstrip("+-").lstrip("0") or "0"
    if len(digits) > len(str(_MOST_ZEROS)) or int(digits) > _MOST_ZEROS:
        raise SchemaError(
            f"a default with the exponent {written[:20]} is longer than any database takes",
            hint="Write a Decimal default with at most some thousand digits.",
        )
    return -int(digits) if written.startswith("-") else int(digits)
