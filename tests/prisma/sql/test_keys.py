"""Keys and indexes: where they stand, in which order, and what they say."""

from __future__ import annotations

import pytest
from tests.prisma.sql.scripts import PROVIDERS, sql, statements

PARTIAL = 'previewFeatures = ["partialIndexes"]'


def indexes(body: str, provider: str, *, generator: str = "") -> list[str]:
    script = sql(f"model T {{\n{body}\n}}", provider, generator=generator)
    return statements(script, "CreateIndex")


def test_indexes_of_fields_come_first_then_plain_ones_then_unique_ones() -> None:
    body = """
  id Int @id
  a  Int
  b  Int @unique
  c  Int @unique

  @@unique([a, b])
  @@index([a])
  @@unique([b, a])
  @@index([c, a])
"""
    assert indexes(body, "sqlite") == [
        'CREATE UNIQUE INDEX "T_b_key" ON "T"("b")',
        'CREATE UNIQUE INDEX "T_c_key" ON "T"("c")',
        'CREATE INDEX "T_a_idx" ON "T"("a")',
        'CREATE INDEX "T_c_a_idx" ON "T"("c", "a")',
        'CREATE UNIQUE INDEX "T_a_b_key" ON "T"("a", "b")',
        'CREATE UNIQUE INDEX "T_b_a_key" ON "T"("b", "a")',
    ]
    assert indexes(body, "postgresql") == indexes(body, "sqlite")
    assert indexes(body, "mysql") == []


def test_mysql_has_its_indexes_inside_the_table() -> None:
    body = """model T {
  id Int    @id
  a  String @unique(length: 9, sort: Desc)
  b  String @db.Text

  @@index([b(length: 20), a(sort: Asc)])
  @@unique([a, id], map: "both")
  @@fulltext([b])
}"""
    assert (
        sql(body, "mysql")
        == """\
-- CreateTable
CREATE TABLE `T` (
    `id` INTEGER NOT NULL,
    `a` VARCHAR(191) NOT NULL,
    `b` TEXT NOT NULL,

    UNIQUE INDEX `T_a_key`(`a`(9) DESC),
    INDEX `T_b_a_idx`(`b`(20), `a` ASC),
    UNIQUE INDEX `both`(`a`, `id`),
    FULLTEXT INDEX `T_b_idx`(`b`),
    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
"""
    )


def test_a_model_without_id_has_no_primary_key() -> None:
    body = "model T {\n  a Int @unique\n}"
    assert sql(body, "sqlite").startswith(
        '-- CreateTable\nCREATE TABLE "T" (\n    "a" INTEGER NOT NULL\n);\n'
    )
    assert 'CREATE TABLE "T" (\n    "a" INTEGER NOT NULL\n);\n' in sql(body, "postgresql")
    assert (
        sql(body, "mysql")
        == """\
-- CreateTable
CREATE TABLE `T` (
    `a` INTEGER NOT NULL,

    UNIQUE INDEX `T_a_key`(`a`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
"""
    )


def test_a_key_of_several_columns_keeps_their_order() -> None:
    body = 'model T {\n  a Int\n  b Int @map("B")\n\n  @@id([b, a], name: "client")\n}'
    assert '\n\n    PRIMARY KEY ("B", "a")\n);' in sql(body, "sqlite")
    assert '\n\n    CONSTRAINT "T_pkey" PRIMARY KEY ("B","a")\n);' in sql(body, "postgresql")
    assert "\n\n    PRIMARY KEY (`B`, `a`)\n)" in sql(body, "mysql")


def test_a_key_on_mysql_has_lengths() -> None:
    body = "model T {\n  a String @db.Text\n  b Int\n\n  @@id([a(length: 50), b])\n}"
    assert "    PRIMARY KEY (`a`(50), `b`)\n" in sql(body, "mysql")


def test_names_are_made_of_database_names_unless_they_are_given() -> None:
    body = """model T {
  id Int @id(map: "the_key")
  a  Int @unique @map("the a")
  b  Int @unique(map: "b_once")

  @@unique([a, b], name: "client", map: "both")
  @@unique([b, a], name: "client2")
  @@index([b], name: "old_style")
  @@index([a])
  @@map("the table")
}"""
    script = sql(body, "postgresql")
    assert 'CONSTRAINT "the_key" PRIMARY KEY ("id")' in script
    assert [line.split('"')[1] for line in statements(script, "CreateIndex")] == [
        "the table_the a_key",
        "b_once",
        "old_style",
        "the table_the a_idx",
        "both",
        "the table_b_the a_key",
    ]


def test_directions_are_written_where_they_are_given() -> None:
    body = "  id Int @id\n  a Int @unique(sort: Desc)\n  b Int\n\n  @@index([a(sort: Asc), b])"
    for provider in ("sqlite", "postgresql"):
        assert indexes(body, provider) == [
            'CREATE UNIQUE INDEX "T_a_key" ON "T"("a" DESC)',
            'CREATE INDEX "T_a_b_idx" ON "T"("a" ASC, "b")',
        ]


@pytest.mark.parametrize(
    ("index", "expected"),
    [
        ("@@index([i], type: BTree)", '("i")'),
        ("@@index([i], type: Hash)", ' USING HASH ("i")'),
        ("@@index([j], type: Gin)", ' USING GIN ("j")'),
        ("@@index([j(ops: JsonbPathOps)], type: Gin)", ' USING GIN ("j" jsonb_path_ops)'),
        ("@@index([j(ops: JsonbOps)], type: Gin)", ' USING GIN ("j" jsonb_ops)'),
        ("@@index([l(ops: ArrayOps)], type: Gin)", ' USING GIN ("l" array_ops)'),
        ("@@index([n(ops: InetOps)], type: Gist)", ' USING GIST ("n" inet_ops)'),
        ("@@index([n(ops: InetOps)], type: SpGist)", ' USING SPGIST ("n" inet_ops)'),
        (
            "@@index([i(ops: Int4MinMaxMultiOps)], type: Brin)",
            ' USING BRIN ("i" int4_minmax_multi_ops)',
        ),
        (
            "@@index([d(ops: TimestampMinMaxOps)], type: Brin)",
            ' USING BRIN ("d" timestamp_minmax_ops)',
        ),
        (
            "@@index([z(ops: TimestampTzBloomOps)], type: Brin)",
            ' USING BRIN ("z" timestamptz_bloom_ops)',
        ),
        ("@@index([t(ops: TimeTzMinMaxOps)], type: Brin)", ' USING BRIN ("t" timetz_minmax_ops)'),
        ("@@index([v(ops: VarBitMinMaxOps)], type: Brin)", ' USING BRIN ("v" varbit_minmax_ops)'),
        ("@@index([s(ops: BpcharMinMaxOps)], type: Brin)", ' USING BRIN ("s" bpchar_minmax_ops)'),
        ('@@index([s(ops: raw("gin_trgm_ops"))], type: Gin)', ' USING GIN ("s" gin_trgm_ops)'),
        ('@@index([s(ops: raw("text_pattern_ops"), sort: Desc)])', '("s" text_pattern_ops DESC)'),
    ],
)
def test_methods_and_operator_classes_of_postgresql(index: str, expected: str) -> None:
    body = f"""
  id Int @id
  i  Int
  j  Json
  l  Int[]
  s  String @db.Char(3)
  n  String @db.Inet
  v  String @db.VarBit
  d  DateTime
  t  DateTime @db.Timetz
  z  DateTime @db.Timestamptz
  {index}
"""
    (statement,) = indexes(body, "postgresql")
    assert statement.partition(' ON "T"')[2] == expected


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ('{ s: "it\'s" }', "\"S\" = 'it''s'"),
        ("{ s: null }", '"S" IS NULL'),
        ("{ s: { not: null } }", '"S" IS NOT NULL'),
        ("{ i: 007 }", '"i" = 007'),
        ("{ f: { not: -1.50 } }", '"f" != -1.50'),
        ("{ t: false, i: { not: 3 } }", '"t" = false AND "i" != 3'),
        ('{ d: "2020-01-01T00:00:00Z" }', "\"d\" = '2020-01-01T00:00:00Z'"),
        ('{ e: "A" }', "\"e\" = 'A'"),
        (r'raw("a > \"b\"")', 'a > "b"'),
    ],
)
def test_conditions_of_partial_indexes(where: str, expected: str) -> None:
    body = f"""model T {{
  id Int @id
  s  String? @map("S")
  i  Int
  f  Float
  t  Boolean
  d  DateTime
  e  E
  @@index([id], where: {where})
}}
enum E {{
  A @map("a")
}}"""
    sqlite = statements(sql(body, "sqlite", generator=PARTIAL), "CreateIndex")
    assert sqlite == [f'CREATE INDEX "T_id_idx" ON "T"("id") WHERE {expected}']
    postgresql = statements(sql(body, "postgresql", generator=PARTIAL), "CreateIndex")
    assert postgresql == [f'CREATE INDEX "T_id_idx" ON "T"("id") WHERE ({expected})']


def test_unique_may_be_partial_too() -> None:
    body = "  id Int @id\n  a Int\n  b Int @unique\n\n  @@unique([a], where: { b: 1 })"
    assert indexes(body, "sqlite", generator=PARTIAL)[-1] == (
        'CREATE UNIQUE INDEX "T_a_key" ON "T"("a") WHERE "b" = 1'
    )


def test_a_name_that_sqlite_keeps_for_itself_is_forced() -> None:
    body = '  id Int @id\n  @@index([id], map: "sqlite_mine")'
    script = sql(f"model T {{\n{body}\n}}", "sqlite")
    assert script.endswith("""
-- CreateIndex
Pragma writable_schema=1;
CREATE INDEX "sqlite_mine" ON "T"("id");
Pragma writable_schema=0;
""")


def test_ignored_models_and_fields_are_in_the_database() -> None:
    body = "model T {\n  id Int @id\n  a Int @ignore\n}\nmodel U {\n  b Int\n\n  @@ignore\n}"
    for provider in PROVIDERS:
        script = sql(body, provider)
        assert len(statements(script, "CreateTable")) == 2
        assert script.count("INTEGER NOT NULL") == 3


def test_views_leave_nothing_behind() -> None:
    body = "view V {\n  id Int @unique\n  t T @relation(fields: [id], references: [id])\n}\nmodel T {\n  id Int @id\n  v V?\n}"
    for provider in PROVIDERS:
        script = sql(body, provider, generator='previewFeatures = ["views"]')
        assert len(statements(script, "CreateTable")) == 1
        assert "FOREIGN KEY" not in script
        assert '"V"' not in script
