"""Native types, defaults and index options for random schemas, per provider."""

from __future__ import annotations

from random import Random

from tests.prisma.random_structure import quoted

SCALARS = ("Int", "BigInt", "Float", "Boolean", "String", "DateTime", "Json", "Bytes", "Decimal")

# Names whose meaning depends on an argument carry its range.
_POSTGRES: dict[str, list[str]] = {
    "String": [
        "Text",
        "Char",
        "Char(1-300)",
        "VarChar",
        "VarChar(1-300)",
        "Bit(1-64)",
        "VarBit",
        "VarBit(1-64)",
        "Uuid",
        "Inet",
        "Xml",
        "Citext",
        "Bit",
    ],
    "Boolean": ["Boolean"],
    "Int": ["Integer", "SmallInt", "Oid"],
    "BigInt": ["BigInt"],
    "Float": ["DoublePrecision", "Real"],
    "Decimal": ["Decimal", "Decimal(9-65,0-9)", "Money"],
    "DateTime": [
        "Timestamp",
        "Timestamp(0-6)",
        "Timestamptz",
        "Timestamptz(0-6)",
        "Date",
        "Time",
        "Time(0-6)",
        "Timetz",
        "Timetz(0-6)",
    ],
    "Json": ["Json", "JsonB"],
    "Bytes": ["ByteA"],
}
_MYSQL: dict[str, list[str]] = {
    "String": ["Char(1-255)", "VarChar(1-190)", "TinyText", "Text", "MediumText", "LongText"],
    "Boolean": ["Bit(1)", "TinyInt"],
    "Int": [
        "Int",
        "UnsignedInt",
        "SmallInt",
        "UnsignedSmallInt",
        "MediumInt",
        "UnsignedMediumInt",
        "TinyInt",
        "UnsignedTinyInt",
        "Year",
    ],
    "BigInt": ["BigInt", "UnsignedBigInt"],
    "Float": ["Float", "Double"],
    "Decimal": ["Decimal", "Decimal(9-65,0-9)"],
    "DateTime": [
        "DateTime",
        "DateTime(0-6)",
        "Date",
        "Time",
        "Time(0-6)",
        "Timestamp",
        "Timestamp(0-6)",
    ],
    "Json": ["Json"],
    "Bytes": [
        "Binary(1-255)",
        "VarBinary(1-300)",
        "TinyBlob",
        "Blob",
        "MediumBlob",
        "LongBlob",
        "Bit(1-64)",
    ],
}
_NATIVE = {"sqlite": {}, "postgresql": _POSTGRES, "mysql": _MYSQL}
# MySQL keys these only with a length, which has rules of its own.
_UNKEYED_MYSQL = ("Text", "Blob", "Json")
# Servers accept few texts as values of these.
_FUSSY = ("Bit", "VarBit", "Uuid", "Inet", "Xml", "Oid", "Money", "Year", "Time", "Timetz", "Char")

_TEXTS = (
    "",
    "draft",
    "it's",
    "''",
    'say "hi"',
    "back\\slash",
    "two\nlines",
    "tab\there",
    "ünïcödé",
    "日本語 🎉",
    "// no comment",
    "%s {0} $1 ?",
    "-- ; DROP",
    "\u0001",
)
_MOMENTS = (
    "2020-01-01T00:00:00Z",
    "1999-12-31T23:59:59.999Z",
    "2024-02-29T12:30:00.5+05:30",
    "2024-02-29T12:30:00.123456-11:00",
    "0001-01-01T00:00:00.000000001+00:00",
    "2038-01-19T03:14:08+00:00",
)
_DOCUMENTS = ("{}", "[]", "null", "1", '"x"', '{"a": [1, 2.50, null]}', '{"it\'s": "ü"}', " {} ")
_NUMBERS = ("0", "1", "-1", "007", "42", "1.5", "-0.25", "1.50", "-0.0", "000.10", "100", "12.3400")
_INTEGERS = ("0", "1", "-1", "007", "-0", "42", "2147483647", "-2147483648")
_LONG = ("9223372036854775807", "-9223372036854775808", *_INTEGERS)
_BYTES = ("", "aGVsbG8=", "AAEC/w==", "3q2+7w==")


class Values:
    """Draws what depends on a provider.

    With ``runnable`` it leaves out what Prisma prints and servers refuse: literals that do not fit
    a native type, JSON defaults on SQLite, unquoted quotes.
    """

    def __init__(self, random: Random, provider: str, *, prefix: str, runnable: bool) -> None:
        self.random = random
        self.provider = provider
        self.prefix = prefix
        self.runnable = runnable

    def native(self, scalar: str, *, keyed: bool = False) -> str:
        """``db.VarChar(20)``, with the datasource's name before the dot, or empty."""
        known = _NATIVE[self.provider].get(scalar, [])
        if self.provider == "mysql" and keyed:
            known = [each for each in known if not each.endswith(_UNKEYED_MYSQL)]
        if self.provider == "postgresql" and keyed:
            known = [each for each in known if each != "Xml"]
        if self.runnable:
            known = [each for each in known if each != "Citext"]
        if not known or self.random.random() < 0.6:
            return ""
        name, _, ranges = self.random.choice(known).rstrip(")").partition("(")
        if not ranges:
            return f"{self.prefix}.{name}"
        drawn = [self._in_range(each) for each in ranges.split(",")]
        return f"{self.prefix}.{name}({', '.join(drawn)})"

    def _in_range(self, text: str) -> str:
        low, _, high = text.partition("-")
        return str(
            self.random.choice([int(low), int(high or low), self._between(low, high or low)])
        )

    def _between(self, low: str, high: str) -> int:
        return self.random.randint(int(low), int(high))

    def default(self, scalar: str, arity: str, native: str) -> str:
        """What stands inside of ``@default( )``; empty when there is none that fits."""
        if arity == "[]":
            drawn = [self.literal(scalar, native) for _ in range(self.random.randint(0, 3))]
            return f"[{', '.join(drawn)}]" if all(drawn) else ""
        functions = {
            "String": [
                "cuid()",
                "cuid(2)",
                "cuid(1)",
                "uuid()",
                "uuid(4)",
                "uuid(7)",
                "ulid()",
                "nanoid()",
                "nanoid(10)",
            ],
            "DateTime": ["now()"],
        }.get(scalar, [])
        if self.runnable and "Date" not in native and "Timestamp" not in native and native:
            functions = []
        if not self.runnable:
            functions = [*functions, "dbgenerated()", 'dbgenerated("whatever")']
        if functions and self.random.random() < 0.4:
            return self.random.choice(functions)
        return self.literal(scalar, native)

    def literal(self, scalar: str, native: str) -> str:
        """A value of the type; empty when none is safe."""
        if self.runnable and not self._accepts_literals(scalar, native):
            return ""
        careful = self.runnable and native
        texts = [each for each in _TEXTS if not self.runnable or "\\" not in each]
        choices = {
            "Int": ("0", "1", "007", "42") if careful else _INTEGERS,
            "BigInt": ("0", "1", "42") if careful else _LONG,
            "Float": _NUMBERS,
            "Decimal": _NUMBERS,
            "Boolean": ("true", "false"),
            "DateTime": [quoted(each) for each in _MOMENTS],
            "Json": [quoted(each) for each in _DOCUMENTS],
            "Bytes": [quoted(each) for each in _BYTES],
            "String": [quoted(each) for each in texts],
        }
        return self.random.choice(choices[scalar])

    def _accepts_literals(self, scalar: str, native: str) -> bool:
        name = native.partition(".")[2].partition("(")[0]
        if name.startswith(_FUSSY):
            return False
        if scalar == "Json" and self.provider == "sqlite":
            return False
        if self.provider == "mysql" and scalar in {"DateTime", "Bytes"}:
            # MariaDB refuses the moments that Prisma writes.
            return False
        return not (scalar in {"String", "Decimal"} and native)

    def can_be_keyed(self, scalar: str, native: str, arity: str) -> bool:
        """Whether a key or index may hold a field of the type."""
        if arity == "[]" or scalar.startswith("Unsupported"):
            return False
        if self.provider == "mysql":
            blob = scalar in {"Json", "Bytes"}
            return not blob and not native.partition("(")[0].endswith(_UNKEYED_MYSQL)
        return not native.endswith("Xml") and not (
            self.provider == "postgresql" and scalar == "Json" and self.runnable
        )

    def index_options(self, scalar: str, arity: str, native: str) -> tuple[str, str]:
        """PostgreSQL's index type, and an operator class for its only field."""
        if native:
            return "", ""
        if arity == "[]":
            return self.random.choice([("Gin", ""), ("Gin", "ops: ArrayOps")])
        choices = {
            "Json": [("Gin", ""), ("Gin", "ops: JsonbPathOps"), ("Gin", "ops: JsonbOps")],
            "String": [
                ("Hash", ""),
                ("SpGist", "ops: TextOps"),
                ("BTree", ""),
                ("SpGist", ""),
                ("Brin", "ops: TextMinMaxOps"),
                ("BTree", 'ops: raw("text_pattern_ops")'),
            ],
            "Int": [
                ("Brin", ""),
                ("Hash", ""),
                ("Brin", "ops: Int4MinMaxOps"),
                ("Brin", "ops: Int4BloomOps"),
                ("BTree", ""),
            ],
            "BigInt": [("Brin", "ops: Int8MinMaxMultiOps"), ("Hash", "")],
            "DateTime": [("Brin", "ops: TimestampMinMaxMultiOps"), ("Brin", "")],
            "Float": [("Brin", "ops: Float8MinMaxOps")],
            "Bytes": [("Brin", "ops: ByteaMinMaxOps")],
        }
        return self.random.choice(choices.get(scalar, [("", "")]))
