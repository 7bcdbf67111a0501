"""What the checks do with schemas of several files, of other databases, and without any."""

from __future__ import annotations

import pytest

from oneclick_deploy.prisma.parsing import parse

MONGODB = """\
datasource db {
  provider = "mongodb"
}

type Address {
  street String
  zip    Zip?
}

type Zip {
  code String @default("x") @db.String
}

model User {
  id       String   @id @default(auto()) @map("_id") @db.ObjectId
  email    String   @unique
  address  Address
  groupIds String[] @db.ObjectId
  groups   Group[]  @relation(fields: [groupIds], references: [id])
  data     Json[]

  @@index([address.street])
  @@fulltext([email(sort: Desc)])
}

model Group {
  id      String   @id @default(auto()) @map("_id") @db.ObjectId
  userIds String[] @db.ObjectId
  users   User[]   @relation(fields: [userIds], references: [id])
}
"""
SQLSERVER = """\
datasource db {
  provider = "sqlserver"
  schemas  = ["dbo"]
}

model Owner {
  id   Int    @id(map: "pk_owner", clustered: true) @default(autoincrement())
  name String @default("x", map: "df_name") @db.NVarChar(Max)
  pets Pet[]

  @@schema("dbo")
}

model Pet {
  a       Int
  b       Int
  ownerId Int
  owner   Owner @relation(fields: [ownerId], references: [id], onDelete: NoAction, map: "fk")

  @@id([a(sort: Desc), b], map: "pk_pet")
  @@schema("dbo")
}
"""
COCKROACHDB = """\
datasource db {
  provider = "cockroachdb"
}

model A {
  id   BigInt   @id @default(sequence(start: 1))
  tags String[] @db.String(10)
  role Role     @default(USER)
  bs   B[]

  @@index([tags], type: Gin)
}

model B {
  id Int @id(map: "b_key") @default(sequence())
  as A[]
}

enum Role {
  USER
}
"""


@pytest.mark.parametrize("schema", [MONGODB, SQLSERVER, COCKROACHDB])
def test_what_another_database_has_is_taken_as_right(schema: str) -> None:
    assert parse(schema).errors == ()


def test_what_is_wrong_everywhere_is_wrong_for_another_database() -> None:
    (error,) = parse('datasource db {\n  provider = "sqlserver"\n}\nmodel A {\n  x Int\n}\n').errors
    assert error.message.startswith('Error validating model "A": Each model must have at least one')


def test_a_finding_names_its_file() -> None:
    schema = parse(
        {
            "a.prisma": 'datasource db {\n  provider = "postgresql"\n}\n',
            "b.prisma": "model A {\n  id Int @id\n  bs B[]\n}\n",
            "c.prisma": "\nmodel B {\n  id Int @id\n  aId String\n"
            "  a A @relation(fields: [aId], references: [id])\n}\n",
        }
    )
    (error,) = schema.errors
    assert (error.path, error.line, error.column) == ("c.prisma", 5, 3)
    assert error.text == "a A @relation(fields: [aId], references: [id])\n"


def test_a_schema_without_a_datasource_can_be_checked_for_a_database() -> None:
    schema = parse("model A {\n  id Int @id\n  name String @db.Text\n}\n")
    messages = [
        [error.message for error in each.errors]
        for each in (schema, schema.with_provider("sqlite"), schema.with_provider("postgresql"))
    ]
    assert messages == [
        ["Native type Text is not supported for Default connector."],
        ["Native type Text is not supported for sqlite connector."],
        [],
    ]


def test_circles_of_types_beside_the_first_one_come_to_an_end() -> None:
    # Prisma's engine never answers here.
    schema = parse("type C {\n  a A\n}\ntype A {\n  b B\n}\ntype B {\n  a A\n}\n")
    messages = [each.message for each in schema.errors]
    assert any("`A` → `B` → `A`" in message for message in messages)


def test_many_paths_between_types_come_to_an_end() -> None:
    steps = "".join(f"type T{n} {{\n  a T{n + 1}\n  b T{n + 1}\n}}\n" for n in range(60))
    schema = parse(steps + "type T60 {\n  a Int\n}\n")
    assert len(schema.errors) == 61
