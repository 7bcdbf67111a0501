"""Everything beside everything: each combination is judged as Prisma's engine judges it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product

import pytest
from tests.prisma.checks.rows import findings, one_line
from tests.prisma.engine import PrismaEngine
from tests.prisma.semantics.places import line

from oneclick_deploy.prisma.connectors import connector_for
from oneclick_deploy.prisma.connectors.operator_classes import CLASSES
from oneclick_deploy.prisma.semantics.views import ReferentialAction, ScalarType

PROVIDERS = ("sqlite", "postgresql", "mysql")
TYPES = (*ScalarType, "Role", 'Unsupported("q")')
ENUM = "enum Role {\n  USER\n}\n"
ATTRIBUTES = (
    "@id",
    "@id @unique",
    "@id @default(autoincrement())",
    '@id(map: "x")',
    "@id(sort: Desc)",
    "@id(length: 3)",
    "@unique",
    '@unique(map: "x")',
    "@unique(length: 3)",
    '@unique(where: raw("x"))',
    "@default(1)",
    "@default(1.5)",
    '@default("a")',
    '@default("{}")',
    "@default(true)",
    "@default(USER)",
    "@default([])",
    "@default([1])",
    "@default(now())",
    "@default(uuid(7))",
    "@default(autoincrement())",
    '@default(dbgenerated("x"))',
    "@default(auto())",
    "@default(unheard_of())",
    '@default(1, map: "df")',
    "@updatedAt",
    "@ignore",
    "@shardKey",
)
ARGUMENTS = ("", "()", "(0)", "(7)", "(300)", "(70000)", "(10, 2)", "(2, 10)", "(a)", "(-1)")
ACTIONS = ("", *ReferentialAction)


def head(provider: str, more: str = "") -> str:
    return f'datasource db {{\n  provider = "{provider}"\n{more}}}\n'


def native_types() -> list[str]:
    return sorted(
        {name for provider in PROVIDERS for name in connector_for(provider).native_types or ()}
    )


def fields_of_native_types() -> Iterator[str]:
    for provider, name in product(PROVIDERS, native_types()):
        rule = (connector_for(provider).native_types or {}).get(name)
        fitting = rule.scalars if rule else (ScalarType.STRING,)
        uses = [f"{scalar} @db.{name}" for scalar in ScalarType]
        uses += [f"{scalar} @db.{name}{each}" for scalar in fitting for each in ARGUMENTS]
        lines = [f"  f{number} {use}\n" for number, use in enumerate(uses)]
        yield f"{head(provider)}model A {{\n  id Int @id\n{''.join(lines)}}}\n"


def keys_of_native_types() -> Iterator[str]:
    for provider in ("postgresql", "mysql"):
        for name, rule in (connector_for(provider).native_types or {}).items():
            arguments = "(3)" if rule.required else ""
            type_ = f"{rule.scalars[0]} @db.{name}{arguments}"
            yield (
                f"{head(provider)}model A {{\n  id {type_} @id\n  a {type_} @unique\n"
                f"  b {type_} @unique(length: 3)\n  c {type_}\n  @@index([c])\n"
                '  @@index([c(length: 3)], map: "x")\n  @@fulltext([c], map: "y")\n}\n'
            )


def texts_of_unsupported_types() -> Iterator[str]:
    for provider in PROVIDERS:
        lines = [
            f'  f{number} Unsupported("{name}{arguments}")\n'
            for number, (name, arguments) in enumerate(product(native_types(), ARGUMENTS))
        ]
        yield f"{head(provider)}model A {{\n  id Int @id\n{''.join(lines)}}}\n"


def attributes_of_types() -> Iterator[str]:
    for provider, attribute, arity in product(PROVIDERS, ATTRIBUTES, ("", "?", "[]")):
        for type_ in TYPES:
            key = "" if attribute.startswith("@id") else "  id Int @id\n"
            yield f"{head(provider)}{ENUM}model A {{\n{key}  f {type_}{arity} {attribute}\n}}\n"


def classes_of_indexes() -> Iterator[str]:
    classes = sorted(
        {each for types in CLASSES.values() for found in types.values() for each in found}
    )
    natives = [
        f"{rule.scalars[0]} @db.{name}"
        for name, rule in (connector_for("postgresql").native_types or {}).items()
    ]
    for algorithm, type_ in product(("", "Hash", *CLASSES), (*TYPES, "Int[]", *natives)):
        kind = f", type: {algorithm}" if algorithm else ""
        uses = ["f", "f(sort: Desc)", *(f"f(ops: {each})" for each in (*classes, "ArrayOps"))]
        lines = [f'  @@index([{use}]{kind}, map: "i{number}")\n' for number, use in enumerate(uses)]
        yield (
            f"{head('postgresql')}{ENUM}model A {{\n  id Int @id\n  f {type_}\n{''.join(lines)}"
            f'  @@index([f, id]{kind}, map: "both")\n}}\n'
        )


def actions_of_relations() -> Iterator[str]:
    modes = ("", '  relationMode = "prisma"\n')
    for provider, mode, deleted, updated in product(
        PROVIDERS, modes, ACTIONS, ("", "SetNull", "SetDefault")
    ):
        actions = f", onDelete: {deleted}" if deleted else ""
        actions += f", onUpdate: {updated}" if updated else ""
        models = [
            f"model P{number} {{\n  id Int @id\n  cs C{number}{back}\n}}\n"
            f"model C{number} {{\n  id Int @id\n  pId Int{key}{unique}\n"
            f"  p P{number}{arity} @relation(fields: [pId], references: [id]{actions})\n}}\n"
            for number, (back, key, unique, arity) in enumerate(
                product(("[]", "?"), ("", "?"), ("", " @unique"), ("", "?"))
            )
        ]
        yield head(provider, mode) + "".join(models)


def self_relations() -> Iterator[str]:
    for mode, deleted, updated in product(("foreignKeys", "prisma"), ACTIONS, ACTIONS):
        actions = f", onDelete: {deleted}" if deleted else ""
        actions += f", onUpdate: {updated}" if updated else ""
        yield (
            head("postgresql", f'  relationMode = "{mode}"\n')
            + 'model A {\n  id Int @id\n  upId Int?\n  down A[] @relation("t")\n'
            f'  up A? @relation("t", fields: [upId], references: [id]{actions})\n'
            '  bId Int\n  b B @relation(fields: [bId], references: [id])\n  b2 B[] @relation("r")\n}\n'
            "model B {\n  id Int @id\n  as A[]\n  aId Int\n"
            f'  a A @relation("r", fields: [aId], references: [id]{actions})\n}}\n'
        )


PRODUCTS = (
    fields_of_native_types,
    keys_of_native_types,
    texts_of_unsupported_types,
    attributes_of_types,
    classes_of_indexes,
    actions_of_relations,
    self_relations,
)


@pytest.mark.parametrize("schemas", PRODUCTS, ids=lambda each: each.__name__)
def test_every_combination_is_judged_as_prisma_judges_it(
    schemas: Callable[[], Iterator[str]], prisma: PrismaEngine
) -> None:
    for schema in schemas():
        in_order = sorted(prisma.lint(schema), key=lambda each: each.is_warning)
        theirs = tuple(
            one_line(line(schema, each.start, each.end, each.message, is_warning=each.is_warning))
            for each in in_order
        )
        assert findings(schema) == theirs, schema
