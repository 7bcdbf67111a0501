"""What no rewrite can carry over: it is refused, every place at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oneclick_deploy.prisma.semantics.views import IndexKind, ScalarType, Unsupported
from oneclick_deploy.prisma.syntax.tree import Call
from oneclick_deploy.prisma.transforming.generator import (
    FULLTEXT,
    MULTI_SCHEMA,
    is_client,
    needed_features,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from oneclick_deploy.prisma.diagnostics import Diagnostics
    from oneclick_deploy.prisma.schema import Schema
    from oneclick_deploy.prisma.semantics.views import ScalarField
    from oneclick_deploy.prisma.targets import Release, Target


def refuse_unsupported(schema: Schema, source: str, target: Target, refusals: Diagnostics) -> None:
    """``Unsupported("...")`` names a type of one database; another has not got it."""
    if source == target.provider:
        return
    for model in schema.models:
        for field in model.scalar_fields:
            if isinstance(field.type, Unsupported):
                start, end = field.node.type.start, field.node.type.end
                refusals.error(
                    model.file,
                    start,
                    end,
                    f"The type `{field.type.text}` of `{model.name}.{field.name}` is one of "
                    f"{source}; {target.title} has no such type.",
                    hint="Give the field a type of Prisma's, or remove it.",
                )


def refuse_by_release(
    schema: Schema, target: Target, release: Release, refusals: Diagnostics
) -> None:
    """Refuse what an older release does not know, in the words of Prisma 5.22 and 6.19."""
    if target.is_sqlite and not release.has_sqlite_enums_and_json:
        _refuse_enums_and_json(schema, release, refusals)
    if not release.has_new_ids:
        _refuse_new_ids(schema, release, refusals)
    if not release.has_partial_indexes:
        _refuse_partial_indexes(schema, release, refusals)
    if not any(is_client(generator.node) for generator in schema.generators):
        _refuse_missing_features(schema, target, release, refusals)


def _refuse_enums_and_json(schema: Schema, release: Release, refusals: Diagnostics) -> None:
    hint = f"Use Prisma 6.2 or later: {release} has none on SQLite."
    for enum in schema.enums:
        message = (
            f"Error validating: You defined the enum `{enum.name}`. But the current connector "
            "does not support enums."
        )
        refusals.error(enum.file, enum.node.start, enum.node.end, message, hint)
    for field in _fields(schema):
        if field.type is ScalarType.JSON:
            place = f"field `{field.name}` in model `{field.model.name}`"
            message = (
                f"Error validating {place}: F{place[1:]} can't be of type Json. The current "
                "connector does not support the Json type."
            )
            refusals.error(field.model.file, field.node.start, field.node.end, message, hint)


def _refuse_new_ids(schema: Schema, release: Release, refusals: Diagnostics) -> None:
    for field in _fields(schema):
        call = field.default.value if field.default is not None else None
        if not isinstance(call, Call):
            continue
        if call.name.name == "cuid" and call.arguments.items:
            message = (
                'Error parsing attribute "@default": The `cuid` function does not take any '
                "argument. Consider changing this default to `cuid()`."
            )
        elif call.name.name == "ulid":
            message = (
                "Unknown function in @default(): `ulid` is not known. You can read about the "
                "available functions here: https://pris.ly/d/attribute-functions"
            )
        else:
            continue
        hint = f"Prisma {release} has cuid() and uuid()."
        refusals.error(field.model.file, call.start, call.end, message, hint)


def _refuse_partial_indexes(schema: Schema, release: Release, refusals: Diagnostics) -> None:
    for model in schema.models:
        for index in model.indexes:
            for argument in index.attribute.arguments.items if index.where is not None else ():
                if argument.name is not None and argument.name.name == "where":
                    hint = f"Partial indexes came with Prisma 7.4; {release} has none."
                    message = "No such argument."
                    refusals.error(model.file, argument.start, argument.end, message, hint)


def _refuse_missing_features(
    schema: Schema, target: Target, release: Release, refusals: Diagnostics
) -> None:
    """Without a generator there is no place to name the preview features that a schema needs."""
    needed = needed_features(schema, target, release)
    hint = "Add the generator of Prisma's client; the preview feature is then turned on in it."
    written = schema.datasource.node.get("schemas") if schema.datasource is not None else None
    if MULTI_SCHEMA in needed and written is not None and schema.datasource is not None:
        message = "The `schemas` property is only availably with the `multiSchema` preview feature."
        file = schema.datasource.node.file
        refusals.error(file, written.start, written.end, message, hint)
    if FULLTEXT in needed:
        message = (
            'Error parsing attribute "@@fulltext": You must enable `fullTextIndex` preview feature '
            "to be able to define a @@fulltext index."
        )
        for model in schema.models:
            for index in model.indexes:
                if index.kind is IndexKind.FULLTEXT:
                    start, end = index.attribute.start, index.attribute.end
                    refusals.error(model.file, start, end, message, hint)


def _fields(schema: Schema) -> Iterator[ScalarField]:
    return (field for model in schema.analysis.models for field in model.scalar_fields)
