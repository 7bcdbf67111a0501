"""``@id``, ``@@id``, ``@shardKey`` and ``@@shardKey``.

Rules: psl/parser-database/src/attributes/id.rs and shard_key.rs.
"""

from __future__ import annotations

from oneclick_deploy.prisma.frozen import fill
from oneclick_deploy.prisma.semantics import wording
from oneclick_deploy.prisma.semantics.field_lists import (
    FieldProblems,
    resolve_fields,
    resolve_index_fields,
)
from oneclick_deploy.prisma.semantics.indexes import check_client_name, read_key_field
from oneclick_deploy.prisma.semantics.views import Model, PrimaryKey, ScalarField, ShardKey
from oneclick_deploy.prisma.syntax.tree import Arity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from oneclick_deploy.prisma.semantics.arguments import Arguments
    from oneclick_deploy.prisma.semantics.findings import Findings
    from oneclick_deploy.prisma.semantics.types import Declarations


def read_field_id(field: ScalarField, arguments: Arguments) -> None:
    """``@id``."""
    model = field.model
    if model.primary_key is not None:
        message = "At most one field must be marked as the id field with the `@id` attribute."
        hint = f"For a key of several fields write `@@id([{_with_first_key(model, field)}])`."
        arguments.findings.error(model.node, wording.in_model(model.name, message), hint)
        return
    mapped_name = arguments.string("map")
    key_field = read_key_field(field, arguments)
    key = PrimaryKey(
        model=model,
        fields=(key_field,),
        attribute=arguments.attribute,
        source_field=field,
        mapped_name=mapped_name,
        clustered=arguments.boolean("clustered"),
    )
    fill(model, primary_key=key)


def _with_first_key(model: Model, field: ScalarField) -> str:
    first = model.primary_key.fields if model.primary_key else ()
    return ", ".join([*(each.field.name for each in first), field.name])


def read_model_id(model: Model, arguments: Arguments, declarations: Declarations) -> None:
    """``@@id``."""
    findings = arguments.findings
    value = arguments.default("fields")
    if value is None:
        return
    fields = resolve_index_fields(value, model, arguments, declarations, follows_paths=False)
    if fields is None:
        return
    if isinstance(fields, FieldProblems):
        if fields.unknown:
            names = wording.fields(fields.unknown)
            message = f"The multi field id declaration refers to the unknown {names}."
            findings.error(value, wording.in_model(model.name, message), fields.hint)
        if fields.relations:
            names = wording.fields(fields.relations)
            _note(
                model,
                arguments,
                f"The id definition refers to the relation {names}. ID definitions must reference "
                "only scalar fields.",
            )
        return
    optional = _not_required([each.field for each in fields])
    if optional and not model.is_ignored:
        _note(
            model,
            arguments,
            f"The id definition refers to the optional {wording.fields(optional)}. ID definitions "
            "must reference only required fields.",
        )
    if model.primary_key is not None:
        message = (
            "Each model must have at most one id criteria. "
            "You can't have `@id` and `@@id` at the same time."
        )
        findings.error(model.node, wording.in_model(model.name, message))
    mapped_name = arguments.string("map")
    name = arguments.string("name")
    check_client_name(name, model, "@@id", arguments)
    key = PrimaryKey(
        model=model,
        fields=fields,
        attribute=arguments.attribute,
        name=name,
        mapped_name=mapped_name,
        clustered=arguments.boolean("clustered"),
    )
    fill(model, primary_key=key)


def read_field_shard_key(field: ScalarField, arguments: Arguments) -> None:
    """``@shardKey``."""
    model = field.model
    if model.shard_key is not None:
        message = (
            "At most one field must be marked as the shard key with the `@shardKey` attribute."
        )
        arguments.findings.error(model.node, wording.in_model(model.name, message))
        return
    key = ShardKey(model=model, fields=(field,), attribute=arguments.attribute, source_field=field)
    fill(model, shard_key=key)


def read_model_shard_key(model: Model, arguments: Arguments, declarations: Declarations) -> None:
    """``@@shardKey``."""
    findings = arguments.findings
    value = arguments.default("fields")
    if value is None:
        return
    fields = resolve_fields(value, model, arguments, declarations)
    if fields is None:
        return
    if isinstance(fields, FieldProblems):
        if fields.unknown:
            names = wording.fields(fields.unknown)
            message = f"The multi field shard key declaration refers to the unknown {names}."
            findings.error(value, wording.in_model(model.name, message), fields.hint)
        if fields.relations:
            names = wording.fields(fields.relations)
            _note(
                model,
                arguments,
                f"The shard key definition refers to the relation {names}. Shard key definitions "
                "must reference only scalar fields.",
            )
        return
    optional = _not_required(fields)
    if optional and not model.is_ignored:
        _note(
            model,
            arguments,
            f"The shard key definition refers to the optional {wording.fields(optional)}. Shard "
            "key definitions must reference only required fields.",
        )
    if model.shard_key is not None:
        message = (
            "Each model must have at most one shard key. "
            "You can't have `@shardKey` and `@@shardKey` at the same time."
        )
        findings.error(model.node, wording.in_model(model.name, message))
    key = ShardKey(model=model, fields=fields, attribute=arguments.attribute)
    fill(model, shard_key=key)


def check_arities(model: Model, findings: Findings) -> None:
    """Note keys on fields that may be empty, once it is known whether the model is ignored."""
    if model.is_ignored:
        return
    for key, name, what in (
        (model.primary_key, "@id", "id"),
        (model.shard_key, "@shardKey", "shard keys"),
    ):
        if key and key.source_field and key.source_field.arity is not Arity.REQUIRED:
            message = f"Fields that are marked as {what} must be required."
            findings.error(key.attribute, wording.in_attribute(name, message))


def _not_required(fields: Iterable[ScalarField]) -> list[str]:
    return [each.name for each in fields if each.arity is not Arity.REQUIRED]


def _note(model: Model, arguments: Arguments, message: str) -> None:
    arguments.findings.error(arguments.attribute, wording.in_model(model.name, message))
