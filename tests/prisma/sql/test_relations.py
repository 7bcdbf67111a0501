"""Foreign keys and join tables."""

from __future__ import annotations

import pytest
from tests.prisma.sql.scripts import PROVIDERS, sql, statements

ONE_TO_MANY = """
model User {{
  id    Int    @id
  posts Post[]
}}
model Post {{
  id     Int   @id
  userId Int{optional}
  user   User{optional} @relation(fields: [userId], references: [id]{actions})
}}
"""
MANY_TO_MANY = """
model Post {
  id   String @id @db.Uuid
  tags Tag[]
  @@map("posts")
}
model Tag {
  id    Int    @id @default(autoincrement()) @db.SmallInt @map("tag_id")
  posts Post[]
}
"""


def foreign_keys(body: str, provider: str, **options: str) -> list[str]:
    script = sql(body, provider, **options)
    if provider != "sqlite":
        return statements(script, "AddForeignKey")
    return [line.strip().rstrip(",") for line in script.splitlines() if "FOREIGN KEY" in line]


@pytest.mark.parametrize(
    ("optional", "actions", "expected"),
    [
        ("", "", "ON DELETE RESTRICT ON UPDATE CASCADE"),
        ("?", "", "ON DELETE SET NULL ON UPDATE CASCADE"),
        ("", ", onDelete: Cascade", "ON DELETE CASCADE ON UPDATE CASCADE"),
        ("", ", onUpdate: NoAction", "ON DELETE RESTRICT ON UPDATE NO ACTION"),
        (
            "?",
            ", onDelete: NoAction, onUpdate: Restrict",
            "ON DELETE NO ACTION ON UPDATE RESTRICT",
        ),
        ("?", ", onDelete: SetDefault", "ON DELETE SET DEFAULT ON UPDATE CASCADE"),
    ],
)
def test_actions_follow_from_what_the_column_allows(
    optional: str, actions: str, expected: str
) -> None:
    body = ONE_TO_MANY.format(optional=optional, actions=actions)
    assert foreign_keys(body, "sqlite") == [
        f'CONSTRAINT "Post_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User" ("id") {expected}'
    ]
    assert foreign_keys(body, "postgresql") == [
        (
            'ALTER TABLE "Post" ADD CONSTRAINT "Post_userId_fkey" FOREIGN KEY ("userId")'
            f' REFERENCES "User"("id") {expected}'
        )
    ]
    if "SetDefault" not in actions:
        assert foreign_keys(body, "mysql") == [
            (
                "ALTER TABLE `Post` ADD CONSTRAINT `Post_userId_fkey` FOREIGN KEY (`userId`)"
                f" REFERENCES `User`(`id`) {expected}"
            )
        ]


def test_one_required_column_of_several_restricts() -> None:
    body = """
model A {
  x Int
  y Int
  b B[]
  @@id([x, y])
}
model B {
  id Int  @id
  ax Int?
  ay Int
  a  A?   @relation(fields: [ay, ax], references: [y, x])
}
"""
    for provider in PROVIDERS:
        (key,) = foreign_keys(body, provider)
        assert key.endswith("ON DELETE RESTRICT ON UPDATE CASCADE")
        assert key.replace("`", '"').count('("ay", "ax")') == 1


@pytest.mark.parametrize(("optional", "expected"), [("", "RESTRICT"), ("?", "SET NULL")])
def test_a_column_with_a_list_allows_what_the_relation_field_does(
    optional: str, expected: str
) -> None:
    body = ONE_TO_MANY.format(optional=optional, actions="")
    (key,) = foreign_keys(body.replace(f"userId Int{optional}", "userId Int[]"), "postgresql")
    assert key.endswith(f"ON DELETE {expected} ON UPDATE CASCADE")


def test_a_given_name_is_the_constraints_name() -> None:
    body = ONE_TO_MANY.format(optional="", actions=', map: "to_user"')
    for provider in ("postgresql", "mysql"):
        assert "to_user" in foreign_keys(body, provider)[0]


def test_database_names_are_used_on_both_sides() -> None:
    body = """
model A {
  id Int @id @map("a_id")
  b  B[]
  @@map("the_a")
}
model B {
  id Int @id
  x  Int @map("x_id")
  a  A   @relation(fields: [x], references: [id])
  @@map("the_b")
}
"""
    assert foreign_keys(body, "postgresql") == [
        (
            'ALTER TABLE "the_b" ADD CONSTRAINT "the_b_x_id_fkey" FOREIGN KEY ("x_id")'
            ' REFERENCES "the_a"("a_id") ON DELETE RESTRICT ON UPDATE CASCADE'
        )
    ]


def test_a_relation_counts_where_its_foreign_key_is_written() -> None:
    body = """
model A {
  id Int @id
  bs B[] @relation("later")
  c  Int
  d  C   @relation(fields: [c], references: [id])
}
model B {
  id Int @id
  a  Int
  r  A   @relation("later", fields: [a], references: [id])
}
model C {
  id Int @id
  as A[]
}
"""
    names = [key.split('"')[3] for key in foreign_keys(body, "postgresql")]
    assert names == ["A_c_fkey", "B_a_fkey"]


def test_relation_mode_prisma_leaves_foreign_keys_out() -> None:
    body = ONE_TO_MANY.format(optional="", actions="") + MANY_TO_MANY.replace("Post", "Note")
    body = body.replace(" @db.Uuid", "").replace(" @db.SmallInt", "")
    for provider in PROVIDERS:
        script = sql(body, provider, datasource='relationMode = "prisma"')
        assert "FOREIGN KEY" not in script
        assert "_NoteToTag" in script


def test_a_join_table_on_postgresql() -> None:
    script = sql(MANY_TO_MANY, "postgresql")
    assert (
        statements(script, "CreateTable")[-1]
        == """\
CREATE TABLE "_PostToTag" (
    "A" UUID NOT NULL,
    "B" SMALLINT NOT NULL,

    CONSTRAINT "_PostToTag_AB_pkey" PRIMARY KEY ("A","B")
)"""
    )
    assert statements(script, "CreateIndex") == [
        'CREATE INDEX "_PostToTag_B_index" ON "_PostToTag"("B")'
    ]
    assert statements(script, "AddForeignKey") == [
        (
            'ALTER TABLE "_PostToTag" ADD CONSTRAINT "_PostToTag_A_fkey" FOREIGN KEY ("A")'
            ' REFERENCES "posts"("id") ON DELETE CASCADE ON UPDATE CASCADE'
        ),
        (
            'ALTER TABLE "_PostToTag" ADD CONSTRAINT "_PostToTag_B_fkey" FOREIGN KEY ("B")'
            ' REFERENCES "Tag"("tag_id") ON DELETE CASCADE ON UPDATE CASCADE'
        ),
    ]


def test_a_join_table_on_sqlite() -> None:
    script = sql(MANY_TO_MANY.replace(" @db.Uuid", "").replace(" @db.SmallInt", ""), "sqlite")
    assert (
        statements(script, "CreateTable")[-1]
        == """\
CREATE TABLE "_PostToTag" (
    "A" TEXT NOT NULL,
    "B" INTEGER NOT NULL,
    CONSTRAINT "_PostToTag_A_fkey" FOREIGN KEY ("A") REFERENCES "posts" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "_PostToTag_B_fkey" FOREIGN KEY ("B") REFERENCES "Tag" ("tag_id") ON DELETE CASCADE ON UPDATE CASCADE
)"""
    )
    assert statements(script, "CreateIndex") == [
        'CREATE UNIQUE INDEX "_PostToTag_AB_unique" ON "_PostToTag"("A", "B")',
        'CREATE INDEX "_PostToTag_B_index" ON "_PostToTag"("B")',
    ]


def test_a_join_table_on_mysql() -> None:
    body = MANY_TO_MANY.replace("@db.Uuid", "@db.Char(36)").replace("SmallInt", "UnsignedInt")
    script = sql(body, "mysql")
    assert (
        statements(script, "CreateTable")[-1]
        == """\
CREATE TABLE `_PostToTag` (
    `A` CHAR(36) NOT NULL,
    `B` INTEGER UNSIGNED NOT NULL,

    UNIQUE INDEX `_PostToTag_AB_unique`(`A`, `B`),
    INDEX `_PostToTag_B_index`(`B`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci"""
    )


def test_a_join_table_of_one_model_refers_to_it_twice() -> None:
    body = 'model U {\n  id Int @id\n  a U[] @relation("Follows")\n  b U[] @relation("Follows")\n}'
    keys = foreign_keys(body, "postgresql")
    assert [key.split('"')[3] for key in keys] == ["_Follows_A_fkey", "_Follows_B_fkey"]
    assert all('REFERENCES "U"("id")' in key for key in keys)


@pytest.mark.parametrize("kind", ["one-to-one", "many-to-many"])
def test_relations_of_a_model_with_itself(kind: str) -> None:
    body = {
        "one-to-one": 'model U {\n  id Int @id\n  n Int? @unique\n  a U? @relation("N", fields: [n], references: [id])\n  b U? @relation("N")\n}',
        "many-to-many": 'model U {\n  id Int @id\n  a U[] @relation("N")\n  b U[] @relation("N")\n}',
    }[kind]
    for provider in PROVIDERS:
        assert len(foreign_keys(body, provider)) == (1 if kind == "one-to-one" else 2)
