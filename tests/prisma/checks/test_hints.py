"""Where Prisma's sentence leaves the next step open, a hint of ours names it."""

from __future__ import annotations

import pytest

from oneclick_deploy.prisma.parsing import parse

SQLITE = 'datasource db {\n  provider = "sqlite"\n}\n'
POSTGRESQL = 'datasource db {\n  provider = "postgresql"\n}\n'
MYSQL = 'datasource db {\n  provider = "mysql"\n}\n'


def hints(schema: str) -> list[str]:
    parsed = parse(schema)
    return [each.hint for each in (*parsed.errors, *parsed.warnings)]


def model(*lines: str) -> str:
    body = "".join(f"  {line}\n" for line in lines)
    return f"model A {{\n  id Int @id\n{body}}}\n"


@pytest.mark.parametrize(
    ("schema", "hint"),
    [
        (
            SQLITE + model("tags String[]"),
            "Store the list as `Json`, or as rows of a model of its own.",
        ),
        (
            SQLITE + model("name String @db.Text"),
            "Remove the attribute: this database has no native types.",
        ),
        (POSTGRESQL + model("name String @db.Varchar(3)"), "Did you mean `@db.VarChar`?"),
        (POSTGRESQL + model("at DateTime @default(Now())"), "Did you mean `now()`?"),
        (
            POSTGRESQL + model('at DateTime @default("2026-01-31")'),
            'Write date, time and offset: "2026-01-31T12:00:00Z".',
        ),
        (
            MYSQL + model("n Int @default(autoincrement())"),
            "Add `@unique` to the field, or `@@index([n])` to the model.",
        ),
        (
            SQLITE + model("b Int", "id_b Int", "@@unique([id, b])"),
            "Rename the field `id_b`.",
        ),
        (
            POSTGRESQL.replace("}", '  schemas = ["app"]\n}') + model(),
            'Add `@@schema("app")`, or another schema of the datasource.',
        ),
        (
            POSTGRESQL + model("bs B[]") + "model B {\n  id Int @id\n}\n",
            (
                "Add `a A @relation(fields: [...], references: [...])`, "
                "or `as A[]` if there are many, to `B`."
            ),
        ),
        (
            POSTGRESQL
            + model("bId Int", 'b B @relation("own", fields: [bId], references: [id])')
            + "model B {\n  id Int @id\n}\n",
            'Add `as A[] @relation("own")`, or `a A? @relation("own")` if there is one, to `B`.',
        ),
        (
            POSTGRESQL.replace("}", '  relationMode = "prisma"\n}')
            + model("bs B[]")
            + "model B {\n  id Int @id\n  aId Int\n"
            "  a A @relation(fields: [aId], references: [id])\n}\n",
            "Add `@@index([aId])` to the model.",
        ),
        (
            POSTGRESQL.replace("}", '  relationMode = "prisma"\n}')
            + model(
                "upId Int @unique",
                'up A @relation("up", fields: [upId], references: [id])',
                'down A? @relation("up")',
            ),
            "Write `onDelete: Restrict, onUpdate: Restrict` in one relation of the circle.",
        ),
    ],
)
def test_a_hint_says_what_to_write(schema: str, hint: str) -> None:
    assert hints(schema) == [hint]


def test_nothing_is_proposed_for_a_type_like_no_other() -> None:
    assert hints(POSTGRESQL + model("x Int @db.Zzzzzzzz")) == [""]
