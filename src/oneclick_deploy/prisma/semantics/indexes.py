"""``@unique``, ``@@unique``, ``@@index`` and ``@@fulltext``.

Rules: psl/parser-database/src/attributes.rs.
"""

from __future__ import annotations

from oneclick_deploy.prisma.semantics import wording
from oneclick_deploy.prisma.semantics.field_lists import FieldProblems, resolve_index_fields
from oneclick_deploy.prisma.semantics.views import (
    Index,
    IndexField,
    IndexKind,
    Model,
    RelationField,
    ScalarField,
    Sort,
)
from oneclick_deploy.prisma.semantics.where_clauses import read_where

TYPE_CHECKING = False
if TYPE_CHECKING:
    from oneclick_deploy.prisma.semantics.arguments import Arguments
    from oneclick_deploy.prisma.semantics.types import Declarations

ALGORITHMS = ("BTree", "Hash", "Gist", "Gin", "SpGist", "Brin")

_UINT32 = 2**32


def read_field_unique(
    field: ScalarField, arguments: Arguments, declarations: Declarations
) -> Index:
    """``@unique``."""
    mapped_name = arguments.string("map")
    key_field = read_key_field(field, arguments)
    return Index(
        model=field.model,
        kind=IndexKind.UNIQUE,
        fields=(key_field,),
        attribute=arguments.attribute,
        source_field=field,
        mapped_name=mapped_name,
        clustered=arguments.boolean("clustered"),
        where=read_where(field.model, arguments, declarations),
    )


def read_key_field(field: ScalarField, arguments: Arguments) -> IndexField:
    """The only field of ``@id`` and ``@unique``, with ``length`` and ``sort``."""
    if arguments.is_read:
        return IndexField(field)
    length = arguments.integer("length")
    sort = arguments.constant("sort")
    if sort is not None and sort not in {"Asc", "Desc"}:
        message = f"The `sort` argument can only be `Asc` or `Desc` you provided: {sort}."
        arguments.error(message)
        sort = None
    return IndexField(
        field,
        (),
        Sort(sort) if sort else None,
        length % _UINT32 if length is not None else None,
    )


def read_model_index(model: Model, arguments: Arguments, declarations: Declarations) -> Index:
    """``@@index``."""
    fields = _read_fields(model, IndexKind.NORMAL, arguments, declarations)
    name = arguments.string("name")
    mapped_name = arguments.string("map")
    if name is not None and mapped_name is not None:
        arguments.error(
            "The `@@index` attribute accepts the `name` argument as an alias for the `map` "
            "argument for legacy reasons. It does not accept both though. Please use the `map` "
            "argument to specify the database name of the index."
        )
        name = mapped_name = None
    algorithm = arguments.constant("type")
    if algorithm is not None and algorithm not in ALGORITHMS:
        near = arguments.findings.nearest(algorithm, ALGORITHMS)
        hint = near or f"Known are {', '.join(ALGORITHMS)}."
        arguments.error(f"Unknown index type: {algorithm}.", hint)
        algorithm = None
    return Index(
        model=model,
        kind=IndexKind.NORMAL,
        fields=fields,
        attribute=arguments.attribute,
        mapped_name=name if mapped_name is None else mapped_name,
        algorithm=algorithm,
        clustered=arguments.boolean("clustered"),
        where=read_where(model, arguments, declarations),
    )


def read_model_unique(model: Model, arguments: Arguments, declarations: Declarations) -> Index:
    """``@@unique``."""
    fields = _read_fields(model, IndexKind.UNIQUE, arguments, declarations)
    name = arguments.string("name")
    mapped_name = arguments.string("map")
    check_client_name(name, model, "@@unique", arguments)
    return Index(
        model=model,
        kind=IndexKind.UNIQUE,
        fields=fields,
        attribute=arguments.attribute,
        name=name,
        mapped_name=mapped_name,
        clustered=arguments.boolean("clustered"),
        where=read_where(model, arguments, declarations),
    )


def read_model_fulltext(model: Model, arguments: Arguments, declarations: Declarations) -> Index:
    """``@@fulltext``."""
    return Index(
        model=model,
        kind=IndexKind.FULLTEXT,
        fields=_read_fields(model, IndexKind.FULLTEXT, arguments, declarations),
        attribute=arguments.attribute,
        mapped_name=arguments.string("map"),
    )


def check_client_name(name: str | None, model: Model, attribute: str, arguments: Arguments) -> None:
    """Note a ``name:`` that cannot become a name in the client."""
    if name is None:
        return
    if not (name.isascii() and name.replace("_", "a").isalnum()):
        message = (
            f"The `name` property within the `{attribute}` attribute only allows for the "
            "following characters: `_a-zA-Z0-9`."
        )
        arguments.findings.error(
            arguments.attribute,
            wording.in_model(model.name, message),
            f'The name in the database is given with `map: "{name}"`.',
        )


def _read_fields(
    model: Model, kind: IndexKind, arguments: Arguments, declarations: Declarations
) -> tuple[IndexField, ...]:
    value = arguments.default("fields")
    if value is None:
        return ()
    fields = resolve_index_fields(value, model, arguments, declarations, follows_paths=True)
    if not isinstance(fields, FieldProblems):
        return fields or ()
    prefix = "unique " if kind is IndexKind.UNIQUE else ""
    findings = arguments.findings
    if fields.unknown:
        names = ", ".join(fields.unknown)
        message = f"The {prefix}index definition refers to the unknown fields: {names}."
        findings.error(arguments.attribute, wording.in_model(model.name, message), fields.hint)
    if fields.relations:
        names = ", ".join(fields.relations)
        message = (
            f"The {prefix}index definition refers to the relation fields {names}. Index "
            f"definitions must reference only scalar fields.{_suggestion(model, kind, fields)}"
        )
        findings.error(arguments.attribute, wording.in_model(model.name, message))
    return ()


def _suggestion(model: Model, kind: IndexKind, problems: FieldProblems) -> str:
    columns: list[str] = []
    for name in problems.relations:
        field = model.field(name)
        if isinstance(field, RelationField):
            columns += [each.name for each in field.fields or ()]
    if not columns:
        return ""
    attribute = "unique" if kind is IndexKind.UNIQUE else "index"
    return f" Did you mean `@@{attribute}([{', '.join(columns)}])`?"
