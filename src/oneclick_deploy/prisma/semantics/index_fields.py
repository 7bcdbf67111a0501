"""What an index says about each of its fields: ``title(sort: Desc, length: 10, ops: JsonbOps)``.

Rules: psl/parser-database/src/types/index_fields.rs.
"""

from __future__ import annotations

from oneclick_deploy.prisma.semantics import coercion, wording
from oneclick_deploy.prisma.semantics.views import Sort
from oneclick_deploy.prisma.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from oneclick_deploy.prisma.semantics.findings import Findings

# The order of psl/parser-database/src/types.rs, OperatorClass.
_OPERATOR_CLASS_NAMES = """
    InetOps JsonbOps JsonbPathOps ArrayOps TextOps BitMinMaxOps VarBitMinMaxOps BpcharBloomOps
    BpcharMinMaxOps ByteaBloomOps ByteaMinMaxOps DateBloomOps DateMinMaxOps DateMinMaxMultiOps
    Float4BloomOps Float4MinMaxOps Float4MinMaxMultiOps Float8BloomOps Float8MinMaxOps
    Float8MinMaxMultiOps InetInclusionOps InetBloomOps InetMinMaxOps InetMinMaxMultiOps
    Int2BloomOps Int2MinMaxOps Int2MinMaxMultiOps Int4BloomOps Int4MinMaxOps Int4MinMaxMultiOps
    Int8BloomOps Int8MinMaxOps Int8MinMaxMultiOps NumericBloomOps NumericMinMaxOps
    NumericMinMaxMultiOps OidBloomOps OidMinMaxOps OidMinMaxMultiOps TextBloomOps TextMinMaxOps
    TimestampBloomOps TimestampMinMaxOps TimestampMinMaxMultiOps TimestampTzBloomOps
    TimestampTzMinMaxOps TimestampTzMinMaxMultiOps TimeBloomOps TimeMinMaxOps TimeMinMaxMultiOps
    TimeTzBloomOps TimeTzMinMaxOps TimeTzMinMaxMultiOps UuidBloomOps UuidMinMaxOps
    UuidMinMaxMultiOps
"""
OPERATOR_CLASSES = frozenset(_OPERATOR_CLASS_NAMES.split())

_UINT32 = 2**32


# What is said about a field: its order, its length, its operator class, whether that is raw.
Facts = tuple[Sort | None, int | None, str | None, bool]

_NO_FACTS: Facts = (None, None, None, False)


def read_index_fields(value: tree.Expression, findings: Findings) -> list[tuple[str, Facts]] | None:
    """The listed names, with what is said about each; None when something else is among them."""
    return coercion.each_of(value, findings, _read_field)


def _read_field(value: tree.Expression, findings: Findings) -> tuple[str, Facts] | None:
    if isinstance(value, tree.Constant):
        return value.name, _NO_FACTS
    if not isinstance(value, tree.Call):
        coercion.mismatch("constant literal", value, findings)
        return None
    # Prisma takes the first argument of each name, and passes over those it does not know.
    given: dict[str, tree.Argument] = {}
    for each in value.arguments.items:
        if each.name:
            given.setdefault(each.name.name, each)
    sort = _read_sort(given.get("sort"), findings)
    length = _read_length(given.get("length"), findings)
    operator_class, is_raw = _read_operator_class(given.get("ops"), findings)
    return value.name.name, (sort, length, operator_class, is_raw)


def _read_sort(argument: tree.Argument | None, findings: Findings) -> Sort | None:
    word = coercion.constant(argument.value, findings) if argument else None
    if argument is None or word is None:
        return None
    if word in {"Asc", "Desc"}:
        return Sort(word)
    findings.error(argument, wording.unexpected("Asc, Desc"))
    return None


def _read_length(argument: tree.Argument | None, findings: Findings) -> int | None:
    length = coercion.integer(argument.value, findings) if argument else None
    return length % _UINT32 if length is not None and length >= 0 else None


def _read_operator_class(
    argument: tree.Argument | None, findings: Findings
) -> tuple[str | None, bool]:
    if argument is None:
        return None, False
    value = argument.value
    if isinstance(value, tree.Constant):
        if value.name in OPERATOR_CLASSES:
            return value.name, False
        message = wording.unexpected(f"Invalid operator class: {value.name}")
        findings.error(value, message, _operator_class_hint(value.name, findings))
        return None, False
    if isinstance(value, tree.Call):
        return _read_raw_operator_class(value, findings), True
    findings.error(argument, wording.unexpected("operator class"))
    return None, False


def _read_raw_operator_class(value: tree.Call, findings: Findings) -> str | None:
    if value.name.name != "raw":
        # Prisma's engine crashes here, so there is no sentence of its own to repeat.
        message = wording.unexpected(f"Invalid operator class: {coercion.shown(value)}")
        findings.error(value, message, 'Write an operator class, or its SQL as `raw("...")`.')
        return None
    given = value.arguments.items
    if len(given) != 1:
        message = f"Wrong number of arguments. Expected: 1, got: {len(given)}"
        findings.error(value, wording.unexpected(message))
        return None
    text = given[0].value
    if not isinstance(text, tree.String):
        findings.error(value, wording.unexpected("Invalid parameter type: expected string"))
        return None
    return text.value


def _operator_class_hint(name: str, findings: Findings) -> str:
    return findings.nearest(name, OPERATOR_CLASSES) or f'Write its SQL: `raw("{name}")`.'
