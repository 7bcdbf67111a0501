"""What PostgreSQL has only with an extension, and what it cannot index."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from oneclick_deploy.prisma.semantics.views import Unsupported
from oneclick_deploy.prisma.transforming.defaults import expression_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from oneclick_deploy.prisma.linting.finding import Finding
    from oneclick_deploy.prisma.linting.subject import Subject
    from oneclick_deploy.prisma.semantics.views import Index, Model, PrimaryKey, ScalarField

_BY_FUNCTION = {
    "uuid-ossp": re.compile(r"\buuid_generate_v\d"),
    "pgcrypto": re.compile(r"\b(?:crypt|gen_salt|digest|hmac|gen_random_bytes)\s*\("),
}
_BY_TYPE = {
    "vector": re.compile(r"^(?:vector|halfvec|sparsevec)\b"),
    "postgis": re.compile(r"^(?:geometry|geography)\b"),
    "ltree": re.compile(r"^(?:ltree|lquery)\b"),
    "hstore": re.compile(r"^hstore\b"),
    "cube": re.compile(r"^cube\b"),
    "citext": re.compile(r"^citext\b"),
}
_BY_OPERATORS = {"pg_trgm": re.compile(r"_trgm_ops$")}


def extension_rules(subject: Subject) -> Iterator[Finding]:
    """Types, functions and operators of extensions that the datasource does not list."""
    if subject.connector.provider != "postgresql":
        return
    listed = _listed(subject)
    for field in subject.fields():
        for name in _of_field(subject, field):
            if _plain(name) not in listed:
                yield subject.of_field("OD220", field, _message(name), _fix(name))
    for model in subject.models:
        for index in model.indexes:
            for name in _of_index(index):
                if _plain(name) not in listed:
                    at = index.attribute
                    yield subject.of_model("OD220", model, _message(name), _fix(name), at=at)


def order_rules(subject: Subject) -> Iterator[Finding]:
    """Keys and indexes on types that have no order."""
    if subject.connector.provider != "postgresql":
        return
    for model in subject.models:
        keys: list[Index | PrimaryKey] = [
            index for index in model.indexes if index.algorithm in {None, "BTree", "Hash"}
        ]
        if model.primary_key is not None:
            keys.append(model.primary_key)
        for key in keys:
            yield from _unordered(subject, model, key)


def _unordered(subject: Subject, model: Model, key: Index | PrimaryKey) -> Iterator[Finding]:
    for part in key.fields:
        column = subject.column_type(part.field)
        # Prisma itself refuses the other type without an order, xml.
        if column is not None and column.name == "Json" and part.operator_class is None:
            message = f"PostgreSQL has no order for json: {part.field.name}."
            yield subject.of_model("OD222", model, message, "Use @db.JsonB.", at=key.attribute)
            return


def _listed(subject: Subject) -> set[str]:
    datasource = subject.schema.datasource
    extensions = datasource.extensions if datasource is not None else ()
    return {_plain(each.mapped_name or each.name) for each in extensions}


def _of_field(subject: Subject, field: ScalarField) -> Iterator[str]:
    column = subject.column_type(field)
    if column is not None and column.name == "Citext":
        yield "citext"
    if isinstance(field.type, Unsupported):
        text = field.type.text.lower()
        yield from (name for name, words in _BY_TYPE.items() if words.search(text))
    if field.default is not None and field.default.function == "dbgenerated":
        text = expression_of(field.default).lower()
        yield from (name for name, words in _BY_FUNCTION.items() if words.search(text))


def _of_index(index: Index) -> set[str]:
    classes = [part.operator_class for part in index.fields if part.operator_class is not None]
    return {
        name
        for name, words in _BY_OPERATORS.items()
        if any(words.search(each.strip()) for each in classes)
    }


def _plain(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "")


def _message(name: str) -> str:
    return f"This is part of the extension {name}, which a new database has not got."


def _fix(name: str) -> str:
    written = 'uuidOssp(map: "uuid-ossp")' if name == "uuid-ossp" else name
    return (
        f"Add extensions = [{written}] to the datasource, with the preview feature "
        f'postgresqlExtensions, or CREATE EXTENSION "{name}" to a migration.'
    )
