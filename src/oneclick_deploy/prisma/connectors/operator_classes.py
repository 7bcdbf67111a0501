"""PostgreSQL's operator classes: which index types take them, and for which native types.

The names are Prisma's; see "Operator Classes and Operator Families" in PostgreSQL's manual.
"""

from __future__ import annotations

from types import MappingProxyType

from oneclick_deploy.prisma.semantics.views import ScalarType


def _family(stem: str, *endings: str) -> frozenset[str]:
    return frozenset(f"{stem}{ending}Ops" for ending in endings)


def _with_ranges(stem: str) -> frozenset[str]:
    return _family(stem, "Bloom", "MinMax", "MinMaxMulti")


_TEXT = _family("Text", "Bloom", "MinMax")

# For each index type, the classes that each native type may name there.
CLASSES = MappingProxyType(
    {
        "Gist": {"Inet": frozenset({"InetOps"})},
        "Gin": {"JsonB": frozenset({"JsonbOps", "JsonbPathOps"})},
        "SpGist": {
            "Inet": frozenset({"InetOps"}),
            "Text": frozenset({"TextOps"}),
            "VarChar": frozenset({"TextOps"}),
            "Char": frozenset({"TextOps"}),
        },
        "Brin": {
            "Bit": _family("Bit", "MinMax"),
            "VarBit": _family("VarBit", "MinMax"),
            "Char": _family("Bpchar", "Bloom", "MinMax"),
            "Date": _with_ranges("Date"),
            "Real": _with_ranges("Float4"),
            "DoublePrecision": _with_ranges("Float8"),
            "Inet": _with_ranges("Inet") | {"InetInclusionOps"},
            "SmallInt": _with_ranges("Int2"),
            "Integer": _with_ranges("Int4"),
            "BigInt": _with_ranges("Int8"),
            "Decimal": _with_ranges("Numeric"),
            "Oid": _with_ranges("Oid"),
            "ByteA": _family("Bytea", "Bloom", "MinMax"),
            "Text": _TEXT,
            "VarChar": _TEXT,
            "Timestamp": _with_ranges("Timestamp"),
            "Timestamptz": _with_ranges("TimestampTz"),
            "Time": _with_ranges("Time"),
            "Timetz": _with_ranges("TimeTz"),
            "Uuid": _with_ranges("Uuid"),
        },
    }
)

# The scalars whose default native type has a class of its own in some index type.
SCALARS = MappingProxyType(
    {
        "Gist": frozenset({ScalarType.STRING}),
        "Gin": frozenset({ScalarType.JSON}),
        "SpGist": frozenset({ScalarType.STRING}),
        "Brin": frozenset(
            {
                ScalarType.STRING,
                ScalarType.BYTES,
                ScalarType.DATE_TIME,
                ScalarType.FLOAT,
                ScalarType.INT,
                ScalarType.BIG_INT,
                ScalarType.DECIMAL,
            }
        ),
    }
)


def takes(algorithm: str, operator_class: str) -> bool:
    """Whether an index type has that class at all."""
    if operator_class == "ArrayOps":
        return algorithm == "Gin"
    return any(operator_class in classes for classes in CLASSES.get(algorithm, {}).values())
