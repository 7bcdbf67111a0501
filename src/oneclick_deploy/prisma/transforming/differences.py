"""What an app will see behave differently on its new database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oneclick_deploy.prisma.semantics.views import IndexKind, ScalarType
from oneclick_deploy.prisma.syntax.tree import String
from oneclick_deploy.prisma.transforming.result import Difference

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from oneclick_deploy.prisma.schema import Schema
    from oneclick_deploy.prisma.semantics.views import ScalarField
    from oneclick_deploy.prisma.targets import Release, Target


def differences_of(
    schema: Schema, source: str, target: Target, release: Release
) -> tuple[Difference, ...]:
    """The differences between a schema's own database and the target, as far as it has any.

    Args:
        schema: The schema as given.
        source: Its provider.
        target: The database it was rewritten for.
        release: The release of Prisma it was rewritten for.
    """
    fields = [field for model in schema.models for field in model.scalar_fields]
    found: list[Difference] = []
    if source != target.provider:
        found.append(_new_history(source, target))
        for provider, differences in _BY_PROVIDER.items():
            if provider == target.provider:
                found += differences(schema, fields, source)
    if target.is_sqlite and target.adapter:
        found += _adapter(fields, target, release)
    if target.name == "d1":
        found += _d1()
    if target.has_pooler:
        found.append(_POOLED)
    if not release.keeps_url_in_schema:
        found += _prisma_7(schema, target)
    return tuple(found)


_POOLED = Difference(
    "OD530",
    "The app talks to a pooler that gives each transaction another connection, and the database "
    "sleeps when nobody uses it.",
    (),
    "Give the app the pooled URL and migrations the direct one, and allow 15 seconds to connect.",
)


def _new_history(source: str, target: Target) -> Difference:
    return Difference(
        "OD519",
        f"The migrations in prisma/migrations are SQL for {source}: Prisma refuses to apply them to "
        f"{target.title} (P3019).",
        (),
        "Put them aside and begin anew, with one migration that makes the whole schema.",
    )


def _to_postgresql(schema: Schema, fields: list[ScalarField], source: str) -> Iterator[Difference]:
    yield from _if_any(
        "OD501",
        "contains, startsWith and endsWith tell capitals from small letters here; they did not "
        "before."
        if source == "sqlite"
        else "Equality and search tell capitals from small letters here; they did not before.",
        _of_type(fields, ScalarType.STRING),
        'Add mode: "insensitive" to the filters that must not.',
    )
    yield Difference(
        "OD502",
        "Texts sort by the rules of a language, and NULL sorts last, where it was first.",
        (),
        'Say what you need: orderBy: { name: { sort: "asc", nulls: "first" } }.',
    )
    yield from _numbers(fields, source)
    yield from _if_any(
        "OD504",
        "Dates are kept in UTC without their offset, to the millisecond.",
        _of_type(fields, ScalarType.DATE_TIME),
        "The importer converts every form in which SQLite may hold them; raw SQL must as well."
        if source == "sqlite"
        else "Convert dates with other offsets before they are imported.",
    )
    yield from _if_any(
        "OD505",
        "Enums are types of the database, which refuses any other value.",
        (enum.name for enum in schema.enums if enum.values and source == "sqlite"),
        "Look for values that are not in the enum before the import.",
    )
    yield from _if_any(
        "OD506",
        "JSON is stored as jsonb, which keeps neither the order of keys nor doubled ones, and no "
        "\\u0000.",
        _of_type(fields, ScalarType.JSON),
        "Do not compare JSON as text.",
    )
    yield from _if_any(
        "OD507",
        "Numbers come from a sequence, which an import does not move.",
        _names(field for field in fields if field.is_autoincrement),
        "After an import set each sequence behind the largest number; the importer does.",
    )


def _to_mysql(schema: Schema, fields: list[ScalarField], source: str) -> Iterator[Difference]:
    del schema
    plain = [
        field for field in fields if field.type is ScalarType.STRING and field.native_type is None
    ]
    yield from _if_any(
        "OD508",
        "A String holds 191 characters at most; longer ones are refused.",
        _names(plain),
        "Add @db.Text, or @db.VarChar(n) up to 16383, where texts are longer and no key needs them.",
    )
    yield from _if_any(
        "OD509",
        "Texts that differ in capitals or accents only are equal: unique fields refuse the second.",
        _of_type(fields, ScalarType.STRING),
        "Look for such pairs before the import; the filter mode is not available.",
    )
    yield from _if_any(
        "OD510",
        "The database has no default for Json and Bytes; the client gives it.",
        _names(
            field
            for field in fields
            if field.default is not None and field.type in {ScalarType.JSON, ScalarType.BYTES}
        ),
        "Give the value in raw SQL.",
    )
    yield from _if_any(
        "OD511",
        "MySQL reads a backslash in the default as an escape, and Prisma prints it single.",
        _names(field for field in fields if _has_backslash(field)),
        "Create rows through the client, which gives the right value, or change the default.",
    )
    yield from _numbers(fields, source)


def _to_sqlite(schema: Schema, fields: list[ScalarField], source: str) -> Iterator[Difference]:
    before = (
        "Equality and unique tell capitals from small letters here; they did not before. Search"
        if source == "mysql"
        else 'The filter mode: "insensitive" is not available. Search'
    )
    yield from _if_any(
        "OD512",
        f"{before} (contains, startsWith, endsWith) ignores the case of ASCII letters only.",
        _of_type(fields, ScalarType.STRING),
        "Store a lower-case copy of what must be found in any case.",
    )
    yield from _if_any(
        "OD513",
        "Decimal is stored as a binary fraction of 15 digits.",
        _of_type(fields, ScalarType.DECIMAL),
        "Keep money as whole cents in Int or BigInt.",
    )
    yield from _if_any(
        "OD514",
        "A BigInt key does not number itself on SQLite: creating a row without one fails.",
        _names(f for f in fields if f.is_autoincrement and f.type is ScalarType.BIG_INT),
        "Make it an Int, with everything that refers to it, or a String @default(cuid()).",
    )
    yield from _if_any(
        "OD515",
        "Enums are plain text: the client checks the values, the database does not.",
        (enum.name for enum in schema.enums),
        "Write enums through the client only.",
    )
    yield from _if_any(
        "OD516",
        "The lengths and ranges of native types are not checked.",
        _names(field for field in fields if field.native_type and field.native_type.arguments),
        "Check lengths in the app.",
    )
    yield from _if_any(
        "OD517",
        "JSON is stored as text, and a bare number in it as a number.",
        _of_type(fields, ScalarType.JSON),
        "Test the app's filters on Json fields: not all of them exist on SQLite.",
    )
    yield from _if_any(
        "OD518",
        "An index of the other database is gone.",
        (
            f"{model.name}({', '.join(part.field.name for part in index.fields)})"
            for model in schema.models
            for index in model.indexes
            if index.kind is IndexKind.FULLTEXT
            or index.algorithm not in {None, "BTree", "Hash", "Brin"}
        ),
        "Search these fields in another way.",
    )


def _numbers(fields: list[ScalarField], source: str) -> Iterable[Difference]:
    if source != "sqlite":
        return ()
    return _if_any(
        "OD503",
        "An Int holds 32 bits; SQLite kept 64.",
        _of_type(fields, ScalarType.INT),
        "Make a field BigInt when it holds more than 2147483647.",
    )


def _adapter(fields: list[ScalarField], target: Target, release: Release) -> Iterator[Difference]:
    dates = tuple(_of_type(fields, ScalarType.DATE_TIME))
    # turso.md, section 7: the option came with 6.16; D1's adapter always writes text.
    can_choose = target.name == "turso" and release >= (6, 16)
    yield from _if_any(
        "OD520",
        f"{target.adapter} writes dates as text; Prisma's own engine wrote milliseconds as numbers. "
        "SQLite sorts and compares the two wrongly.",
        dates,
        'Keep one form: import dates as text, or give the adapter { timestampFormat: "unixepoch-ms" }.'
        if can_choose
        else "Keep one form: import dates as text.",
    )
    yield from _if_any(
        "OD521",
        "A number beyond 2^53 cannot be read through the adapter as it is set by default.",
        _of_type(fields, ScalarType.BIG_INT) if target.name == "turso" else (),
        'Add intMode: "bigint" to what the adapter is made with, or keep such numbers as String.',
    )
    yield Difference(
        "OD522",
        f"Prisma's command line does not migrate {target.title}; its url is a local file.",
        (),
        "Apply migrations with this library; give the database's own URL to the adapter."
        if target.name == "turso"
        else "Apply migrations with this library, or with wrangler d1 migrations.",
    )


def _d1() -> Iterator[Difference]:
    yield Difference(
        "OD523",
        "There are no transactions: $transaction and nested writes run one statement at a time, and "
        "what was done stays when a later one fails.",
        (),
        "Order writes so that a half-done change does no harm.",
    )
    yield Difference(
        "OD524",
        "A query takes 100 values, a row or text 2 MB, a statement 100 KB.",
        (),
        "Split long lists in filters and createMany; store files elsewhere.",
    )


def _prisma_7(schema: Schema, target: Target) -> Iterator[Difference]:
    datasource = schema.datasource
    if datasource is not None and datasource.node.get("url") is not None:
        message = "Prisma 7 reads no .env by itself, and its client always wants an adapter."
        if target.is_sqlite:
            message += " Relative file: URLs count from prisma.config.ts, not from the schema."
        yield Difference(
            "OD525",
            message,
            (),
            "Pass an adapter to new PrismaClient, and the URL to prisma.config.ts.",
        )


def _has_backslash(field: ScalarField) -> bool:
    default = field.default
    return default is not None and isinstance(default.value, String) and "\\" in default.value.value


def _if_any(code: str, message: str, where: Iterable[str], advice: str) -> Iterator[Difference]:
    places = tuple(where)
    if places:
        yield Difference(code, message, places, advice)


def _of_type(fields: Iterable[ScalarField], scalar: ScalarType) -> Iterator[str]:
    return _names(field for field in fields if field.type is scalar)


def _names(fields: Iterable[ScalarField]) -> Iterator[str]:
    return (f"{field.model.name}.{field.name}" for field in fields)


_BY_PROVIDER: dict[str, Callable[[Schema, list[ScalarField], str], Iterator[Difference]]] = {
    "postgresql": _to_postgresql,
    "mysql": _to_mysql,
    "sqlite": _to_sqlite,
}
