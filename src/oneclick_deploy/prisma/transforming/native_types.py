"""Native types: kept where the target knows them, replaced or removed where it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oneclick_deploy.prisma.semantics.views import ScalarType
from oneclick_deploy.prisma.transforming.result import ChangeKind
from oneclick_deploy.prisma.transforming.rewrite import Why, attribute_span

if TYPE_CHECKING:
    from oneclick_deploy.prisma.connectors.connector import Connector
    from oneclick_deploy.prisma.semantics.views import Model, NativeType, ScalarField
    from oneclick_deploy.prisma.transforming.rewrite import Rewrite

# What stands for the same values under another name. ``{}`` takes the arguments along; None is
# the type that the scalar has anyway, where keeping the name would change the values.
_REPLACED = {
    ("postgresql", "mysql"): {
        # MySQL's TIMESTAMP ends in 2038, its DATETIME does not.
        "Timestamp": "DateTime{}",
        "Timestamptz": "DateTime{}",
        "Timetz": "Time{}",
        "Uuid": "Char(36)",
        "Xml": "LongText",
        "Real": "Float",
        "Integer": None,
        "DoublePrecision": None,
        "JsonB": None,
        "ByteA": None,
    },
    ("mysql", "postgresql"): {
        "DateTime": "Timestamp{}",
        "TinyText": "Text",
        "MediumText": "Text",
        "LongText": "Text",
        # MySQL's JSON is PostgreSQL's JSONB, which is the default there.
        "Json": None,
        "Float": "Real",
        "Int": None,
        "TinyInt": "SmallInt",
        "UnsignedTinyInt": "SmallInt",
        "Year": "SmallInt",
    },
}
# MySQL indexes these only with a length, which belongs to the index and may not suit the app.
UNINDEXABLE = frozenset(
    {
        *("TinyText", "Text", "MediumText", "LongText"),
        *("TinyBlob", "Blob", "MediumBlob", "LongBlob", "Json"),
    }
)


def accepts(connector: Connector, native: NativeType, scalar: object) -> bool:
    """Whether a database knows a native type, with those arguments, for that scalar."""
    return connector.native_types is None or _fits(
        connector, native.name, len(native.arguments), scalar
    )


def rewrite_native_types(
    models: tuple[Model, ...], source: str, connector: Connector, title: str, rewrite: Rewrite
) -> None:
    """Rewrite the native types of every field for the target's connector."""
    if source == connector.provider:
        return
    for model in models:
        keyed = _keyed_without_length(model) if connector.has_index_lengths else frozenset()
        for field in model.scalar_fields:
            if field.native_type is not None:
                _rewrite_field(field, field.native_type, source, connector, title, rewrite, keyed)


def _rewrite_field(
    field: ScalarField,
    native: NativeType,
    source: str,
    connector: Connector,
    title: str,
    rewrite: Rewrite,
    keyed: frozenset[ScalarField],
) -> None:
    wanted = _wanted(native, field, source, connector)
    if wanted is not None and field in keyed and wanted.partition("(")[0] in UNINDEXABLE:
        reason = f"{title} indexes a {wanted} column by a part of it only; here it is a whole key."
        wanted = None
    else:
        reason = f"{title} has no @{native.scope}.{native.name} for {_scalar(field)}."
    file, attribute = field.model.file, native.attribute
    why = Why(ChangeKind.NATIVE_TYPE, reason)
    if wanted is None:
        rewrite.drop_attribute(file, attribute, why)
    elif wanted != _written(native):
        start, end = attribute_span(attribute)
        text = f"@{native.scope}.{wanted}"
        why = why._replace(reason=f"{title} holds the same values in this type.")
        rewrite.replace(file, start, end, text, why)


def _wanted(
    native: NativeType, field: ScalarField, source: str, connector: Connector
) -> str | None:
    """What the attribute should say, without its scope; None when it should go."""
    replaced = _REPLACED.get((source, connector.provider), {})
    if native.name in replaced:
        pattern = replaced[native.name]
        arguments = f"({', '.join(native.arguments)})" if native.arguments else ""
        wanted = pattern.format(arguments) if pattern is not None else None
        if wanted is None or _accepts_text(connector, wanted, field.type):
            return wanted
    elif accepts(connector, native, field.type) and _in_range(native, connector):
        return _written(native)
    return None


def _accepts_text(connector: Connector, wanted: str, scalar: object) -> bool:
    name, _, arguments = wanted.partition("(")
    return _fits(connector, name, arguments.count(",") + 1 if arguments else 0, scalar)


def _fits(connector: Connector, name: str, given: int, scalar: object) -> bool:
    rule = (connector.native_types or {}).get(name)
    if rule is None or scalar not in rule.scalars:
        return False
    return given in {rule.required, rule.required + rule.optional}


def _in_range(native: NativeType, connector: Connector) -> bool:
    """Whether the numbers fit; MySQL counts less far than PostgreSQL."""
    if connector.provider != "mysql" or not all(each.isdigit() for each in native.arguments):
        return True
    sizes = [int(each) for each in native.arguments]
    match native.name:
        case "Decimal" if sizes:
            # "Fixed-Point Types" in MySQL's manual: at most 65 digits, 30 behind the point.
            return sizes[0] <= 65 and sizes[1] <= 30
        case "Char" if sizes:
            return sizes[0] <= 255
        case "VarChar" if sizes:
            # 65,535 bytes in a row, four to a character.
            return sizes[0] <= 16_383
    return True


def _written(native: NativeType) -> str:
    arguments = f"({', '.join(native.arguments)})" if native.arguments else ""
    return native.name + arguments


def _scalar(field: ScalarField) -> str:
    return field.type.value if isinstance(field.type, ScalarType) else "it"


def _keyed_without_length(model: Model) -> frozenset[ScalarField]:
    parts = [part for index in model.indexes for part in index.fields]
    if model.primary_key is not None:
        parts += model.primary_key.fields
    return frozenset(part.field for part in parts if part.length is None)
