"""Default values that are the text of one database's SQL."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from oneclick_deploy.prisma.semantics.views import Enum, ScalarType
from oneclick_deploy.prisma.syntax.strings import quoted
from oneclick_deploy.prisma.syntax.tree import Call, String
from oneclick_deploy.prisma.transforming.result import ChangeKind
from oneclick_deploy.prisma.transforming.rewrite import Why

if TYPE_CHECKING:
    from oneclick_deploy.prisma.diagnostics import Diagnostics
    from oneclick_deploy.prisma.semantics.views import Default, Model, ScalarField
    from oneclick_deploy.prisma.transforming.rewrite import Rewrite

_UUIDS = frozenset({"gen_random_uuid()", "uuid_generate_v4()", "uuid()"})
_NOWS = frozenset(
    {
        *("now()", "current_timestamp", "current_timestamp()", "localtimestamp", "sysdate()"),
        *(
            "transaction_timestamp()",
            "statement_timestamp()",
            "clock_timestamp()",
            "utc_timestamp()",
        ),
        *("datetime('now')", "datetime('now','utc')", "now() at time zone 'utc'"),
        *("timezone('utc', now())", "timezone('utc',now())"),
    }
)
_PRECISION = re.compile(r"^(current_timestamp|now|localtimestamp|utc_timestamp)\(\d\)$")
_NAMESPACE = re.compile(r"^[a-z_]\w*\.(?=\w+\()")
_TYPE = r"(?:\"[^\"]*\"|[a-z_][\w. ]*)(?:\(\d+(?:,\s*\d+)?\))?(?:\[\])?"
_CAST = re.compile(rf"::\s*{_TYPE}")
_LAST_CAST = re.compile(rf"\s*::\s*{_TYPE}$", re.IGNORECASE)
_TEXT = re.compile(r"'((?:[^']|'')*)'")
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_LITERALS = {
    ScalarType.BOOLEAN: re.compile(r"true|false"),
    ScalarType.INT: re.compile(r"-?\d+"),
    ScalarType.BIG_INT: re.compile(r"-?\d+"),
    ScalarType.FLOAT: NUMBER,
    ScalarType.DECIMAL: NUMBER,
}
# Arithmetic and texts put together, which mean the same everywhere; || does so outside MySQL.
_PORTABLE = re.compile(r"(?:[\s\d.+*()|-]|'[^'\\]*')+")


def rewrite_defaults(
    models: tuple[Model, ...],
    source: str,
    target: str,
    title: str,
    rewrite: Rewrite,
    refusals: Diagnostics,
) -> None:
    """Rewrite every default that the target's SQL has no words for, or refuse it.

    Args:
        models: The models as given.
        source: Their provider.
        target: The provider they are rewritten for.
        title: The target's name, for the reasons.
        rewrite: Takes the changes.
        refusals: Takes the expressions that nobody but their author can rewrite.
    """
    for model in models:
        for field in model.scalar_fields:
            # A view has no columns of its own, and so no defaults.
            if field.default is None or model.is_view:
                continue
            if field.default.function == "dbgenerated" and source != target:
                _rewrite_expression(field, field.default, target, title, rewrite, refusals)
            elif field.type is ScalarType.JSON and target == "sqlite":
                _rewrite_json(field, field.default, rewrite)


def expression_of(default: Default) -> str:
    """The SQL inside ``dbgenerated("...")``; empty when there is none."""
    value = default.value
    arguments = value.arguments.items if isinstance(value, Call) else ()
    first = arguments[0].value if arguments else None
    return first.value if isinstance(first, String) else ""


def quoted_json(text: str) -> str:
    """A Json default for SQLite: Prisma prints the bare JSON, which is no SQL."""
    sql = "'" + text.replace("'", "''") + "'"
    return f"dbgenerated({quoted(sql)})"


def _rewrite_json(field: ScalarField, default: Default, rewrite: Rewrite) -> None:
    value = default.value
    # A number is JSON and SQL alike.
    if isinstance(value, String) and not NUMBER.fullmatch(value.value):
        reason = (
            "Prisma prints a Json default for SQLite without quotes, and SQLite then refuses the "
            "table; this prints it with quotes."
        )
        why = Why(ChangeKind.DEFAULT, reason)
        rewrite.replace(field.model.file, value.start, value.end, quoted_json(value.value), why)


def _rewrite_expression(
    field: ScalarField,
    default: Default,
    target: str,
    title: str,
    rewrite: Rewrite,
    refusals: Diagnostics,
) -> None:
    text, value = expression_of(default), default.value
    if not text:
        return
    wanted = translated(text, field, target)
    if wanted is None:
        where = f"{field.model.name}.{field.name}"
        refusals.error(
            field.model.file,
            value.start,
            value.end,
            f"The default of `{where}` is SQL of another database: {text}",
            hint=(
                f"Write the same for {title} in dbgenerated(...), or take a function of Prisma's: "
                "now(), uuid(), cuid(), autoincrement()."
            ),
        )
        return
    why = Why(ChangeKind.DEFAULT, f"{title} does not know this SQL; Prisma's own words mean it.")
    rewrite.replace(field.model.file, value.start, value.end, wanted, why)


def translated(text: str, field: ScalarField, target: str) -> str | None:
    """The same default in words that the target knows; None when there are none.

    Args:
        text: The SQL of another database.
        field: The field whose default it is.
        target: The provider that it is wanted for.
    """
    bare = _LAST_CAST.sub("", _without_brackets(text))
    return (
        _function(_NAMESPACE.sub("", _CAST.sub("", bare.lower())), field)
        or _value(bare, field, target)
        or _portable(_without_brackets(text), target)
    )


def _function(plain: str, field: ScalarField) -> str | None:
    """A function of Prisma's that does what the SQL does."""
    if field.type is ScalarType.DATE_TIME and (plain in _NOWS or _PRECISION.match(plain)):
        return "now()"
    if field.type is ScalarType.STRING and plain in _UUIDS:
        return "uuid()"
    return None


def _value(bare: str, field: ScalarField, target: str) -> str | None:
    """The value that a literal of SQL stands for."""
    literal = _TEXT.fullmatch(bare)
    held = literal[1].replace("''", "'") if literal else bare
    if isinstance(field.type, Enum):
        return next((v.name for v in field.type.values if v.database_name == held), None)
    pattern = _LITERALS.get(field.type) if isinstance(field.type, ScalarType) else None
    if pattern is not None:
        return held.lower() if pattern.fullmatch(held.lower()) else None
    if literal is None:
        return None
    if field.type is ScalarType.JSON:
        return quoted_json(held) if target == "sqlite" else quoted(held)
    return quoted(held) if field.type is ScalarType.STRING else None


def _portable(bare: str, target: str) -> str | None:
    """An expression that every database reads alike, in the brackets that some of them want."""
    is_portable = _PORTABLE.fullmatch(bare) and (target != "mysql" or "|" not in bare)
    return f"dbgenerated({quoted(f'({bare})')})" if is_portable else None


def _without_brackets(text: str) -> str:
    """The expression without the brackets around all of it."""
    text = text.strip()
    while text.startswith("(") and text.endswith(")") and closes_at_end(text):
        text = text[1:-1].strip()
    return text


def closes_at_end(text: str) -> bool:
    """Whether the bracket that a text begins with is closed by its last character."""
    depth = 0
    for place, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth == 0:
            return place == len(text) - 1
    return False
