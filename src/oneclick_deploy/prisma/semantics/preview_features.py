"""The preview features that Prisma 7.10 knows (psl/psl-core/src/common/preview_features.rs)."""

from __future__ import annotations

from collections.abc import Iterable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from oneclick_deploy.prisma.semantics.findings import Findings
    from oneclick_deploy.prisma.syntax import tree

# In the order in which messages list them.
_ACTIVE = (
    "nativeDistinct",
    "partialIndexes",
    "postgresqlExtensions",
    "relationJoins",
    "schemaEngineDriverAdapters",
    "shardKeys",
    "strictUndefinedChecks",
    "typedSql",
    "views",
)
_FULLTEXT_ON_POSTGRESQL = "fullTextSearchPostgres"
_HIDDEN = "reactNative"

# What they switched on is always on now.
_DEPRECATED_NAMES = """
    aggregateApi atomicNumberOperations clientExtensions cockroachdb connectOrCreate createMany
    dataProxy deno distinct driverAdapters extendedIndexes extendedWhereUnique fieldReference
    filterJson filteredRelationCount fullTextIndex fullTextSearch groupBy improvedQueryRaw
    interactiveTransactions jsonProtocol microsoftSqlServer middlewares mongoDb multiSchema nApi
    namedConstraints nativeTypes omitApi orderByAggregateGroup orderByNulls orderByRelation
    prismaSchemaFolder queryCompiler referentialActions referentialIntegrity selectRelationCount
    tracing transactionApi uncheckedScalarInputs
"""

_BY_LOWER_CASE = {
    name.lower(): name
    for name in (*_ACTIVE, _FULLTEXT_ON_POSTGRESQL, _HIDDEN, *_DEPRECATED_NAMES.split())
}
_DEPRECATED = frozenset(_DEPRECATED_NAMES.split())


def read_preview_features(
    names: Iterable[str], at: tree.Expression, provider: str | None, findings: Findings
) -> tuple[str, ...]:
    """The features that are in force, as Prisma spells them.

    Args:
        names: As they were written; their case does not matter.
        at: The list.
        provider: That of the datasource in the same file, where there is one.
        findings: Where to note those that are unknown or no longer needed.
    """
    known: tuple[str, ...] = _ACTIVE
    if provider == "postgresql":
        known = (_FULLTEXT_ON_POSTGRESQL, *_ACTIVE)
    features: dict[str, None] = {}
    for written in names:
        name = _BY_LOWER_CASE.get(written.lower(), "") if written.isascii() else ""
        if name == "fullTextSearch" and provider == "postgresql":
            features[_FULLTEXT_ON_POSTGRESQL] = None
            findings.warning(
                at,
                f'On `provider = "postgresql"`, preview feature "{written}" has been renamed to '
                f'"{_FULLTEXT_ON_POSTGRESQL}". Learn more at https://pris.ly/d/fts-postgres.',
            )
        elif name in _DEPRECATED:
            features[name] = None
            findings.warning(
                at,
                f'Preview feature "{written}" is deprecated. The functionality can be used '
                "without specifying it as a preview feature.",
            )
        elif name in known or name == _HIDDEN:
            features[name] = None
        else:
            findings.error(
                at,
                f'The preview feature "{written}" is not known. Expected one of: '
                f"{', '.join(known)}",
                findings.nearest(written, known) or f'Remove "{written}".',
            )
    return tuple(features)
