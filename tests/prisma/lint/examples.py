"""Schemas that a server refuses, or does not do what the app expects, and the same ones mended."""

from __future__ import annotations

from typing import NamedTuple

URL = '  url = env("DATABASE_URL")\n'


class Example(NamedTuple):
    """One thing that goes wrong.

    Args:
        code: What the linter calls it.
        provider: Whose SQL is run.
        bad: The models as they should not be.
        good: The same as the fix says.
        then: A statement that fails on the first and works on the second; empty when the script
            of the first itself is refused.
    """

    code: str
    provider: str
    bad: str
    good: str
    then: str = ""


def schema(provider: str, models: str, *, datasource: str = "", generator: str = "") -> str:
    """A whole schema for Prisma 6, whose generator and datasource nothing is said about."""
    return (
        f'generator client {{\n  provider = "prisma-client-js"\n{generator}}}\n\n'
        f'datasource db {{\n  provider = "{provider}"\n{URL}{datasource}}}\n\n{models}'
    )


def model(fields: str, *attributes: str, name: str = "User") -> str:
    """A model with an id and some more lines."""
    lines = "".join(f"  {line}\n" for line in (*fields.split("; "), *attributes) if line)
    return f"model {name} {{\n  id Int @id\n{lines}}}\n\n"


def default(written: str, kind: str = "String") -> str:
    return model(f"x {kind} @default({written})")


def wide(native: str, count: int, *attributes: str) -> str:
    return model("; ".join(f"c{number} String{native}" for number in range(count)), *attributes)


def referring(here: str, there: str) -> str:
    """A model that refers to another by columns of these types."""
    return (
        f"model Post {{\n  id Int @id\n  userKey {here}\n"
        "  user User @relation(fields: [userKey], references: [key])\n  @@index([userKey])\n}\n\n"
        f"model User {{\n  id Int @id\n  key {there} @unique\n  posts Post[]\n}}\n"
    )


ENUM = "\nenum Role {{\n  USER @map({})\n}}\n"
LONG = "n" * 64
INSERT = 'INSERT INTO "User" ("id") VALUES (1)'
INSERT_MYSQL = "INSERT INTO `User` (`id`) VALUES (1)"
SQLITE, POSTGRESQL, MYSQL = "sqlite", "postgresql", "mysql"

REFUSED = [
    Example("OD201", SQLITE, default('"{}"', "Json"), default("dbgenerated(\"'{}'\")", "Json")),
    Example(
        "OD203",
        SQLITE,
        default("dbgenerated(\"lower('A')\")"),
        default("dbgenerated(\"(lower('A'))\")"),
    ),
    Example(
        "OD203",
        SQLITE,
        default("dbgenerated(\"('a') || ('b')\")"),
        default("dbgenerated(\"(('a') || ('b'))\")"),
    ),
    Example(
        "OD204",
        SQLITE,
        default('dbgenerated("(gen_random_uuid())")'),
        default('dbgenerated("(hex(randomblob(16)))")'),
        INSERT,
    ),
    Example("OD204", SQLITE, default("dbgenerated(\"('a'::text)\")"), default('"a"')),
    Example(
        "OD204",
        POSTGRESQL,
        default("dbgenerated(\"datetime('now')\")", "DateTime"),
        default("now()", "DateTime"),
    ),
    Example("OD204", MYSQL, default("dbgenerated(\"('a'::text)\")"), default('"a"')),
    Example(
        "OD204",
        MYSQL,
        default('dbgenerated("(gen_random_uuid())")'),
        default('dbgenerated("(uuid())")'),
    ),
    Example(
        "OD202",
        POSTGRESQL,
        model("role Role") + ENUM.format('"it\'s"'),
        model("role Role") + ENUM.format('"its"'),
    ),
    Example(
        "OD202",
        MYSQL,
        model("role Role") + ENUM.format('"it\'s"'),
        model("role Role") + ENUM.format('"its"'),
    ),
    Example(
        "OD205",
        MYSQL,
        "model User {\n  key Bytes @id\n}\n",
        "model User {\n  key Bytes @id @db.VarBinary(16)\n}\n",
    ),
    Example(
        "OD206",
        MYSQL,
        wide("", 5, "@@index([c0, c1, c2, c3, c4])"),
        wide(" @db.VarChar(150)", 5, "@@index([c0, c1, c2, c3, c4])"),
    ),
    Example("OD207", MYSQL, wide("", 90), wide(" @db.Text", 90)),
    Example(
        "OD208",
        MYSQL,
        default('"2020-01-01T00:00:00Z"', "DateTime"),
        model("x DateTime"),
    ),
    Example("OD209", MYSQL, default('"C:\\\\"'), default('"C:/"')),
    Example(
        "OD211",
        POSTGRESQL,
        model("role Role") + ENUM.format(f'"{LONG}"'),
        model("role Role") + ENUM.format(f'"{LONG[:63]}"'),
    ),
    Example("OD211", MYSQL, model("", f'@@map("{LONG}n")'), model("", f'@@map("{LONG}")')),
    Example("OD211", MYSQL, model(f'a Int @map("{LONG}n")'), model(f'a Int @map("{"é" * 64}")')),
    Example(
        "OD212",
        SQLITE,
        model("") + model("", '@@map("user")', name="Other"),
        model("") + model("", '@@map("other")', name="Other"),
    ),
    Example("OD212", SQLITE, model("a Int; A Int"), model("a Int; B Int")),
    Example(
        "OD212",
        SQLITE,
        model("a Int", '@@index([a], map: "post")') + model("", name="Post"),
        model("a Int", '@@index([a], map: "posts")') + model("", name="Post"),
    ),
    Example(
        "OD212",
        SQLITE,
        model("tags Tag[]")
        + model("users User[]", name="Tag")
        + model("", '@@map("_TagToUser")', name="Other"),
        model("tags Tag[]") + model("users User[]", name="Tag") + model("", name="Other"),
    ),
    Example(
        "OD212",
        POSTGRESQL,
        model(f'a Int @map("{LONG}1"); b Int @map("{LONG}2")'),
        model(f'a Int @map("{LONG}1"); b Int @map("1{LONG}")'),
    ),
    Example(
        "OD212",
        POSTGRESQL,
        model("a Int", '@@index([a], map: "Post")') + model("", name="Post"),
        model("a Int", '@@index([a], map: "post")') + model("", name="Post"),
    ),
    Example(
        "OD212",
        POSTGRESQL,
        model("role Role", '@@map("Role")') + "\nenum Role {\n  A\n}\n",
        model("role Role", '@@map("role")') + "\nenum Role {\n  A\n}\n",
    ),
    Example("OD212", MYSQL, model("a Int; A Int"), model("a Int; B Int")),
    Example("OD213", MYSQL, model("", '@@map("user😀")'), model("", '@@map("user☺")')),
    Example("OD213", MYSQL, model('a Int @map("a ")'), model('a Int @map("a b")')),
    Example("OD214", SQLITE, model("", '@@map("sqlite_user")'), model("", '@@map("sqliteuser")')),
    Example(
        "OD214",
        SQLITE,
        model("a Int", '@@index([a], map: "SQLite_a")'),
        model("a Int", '@@index([a], map: "a")'),
    ),
    Example("OD214", POSTGRESQL, model("xmin Int"), model("xmax_ Int")),
    Example(
        "OD216",
        SQLITE,
        "model User {\n  id BigInt @id @default(autoincrement())\n  a Int?\n}\n",
        "model User {\n  id Int @id @default(autoincrement())\n  a Int?\n}\n",
        'INSERT INTO "User" ("a") VALUES (1)',
    ),
    Example(
        "OD218", POSTGRESQL, referring("String", "String @db.Uuid"), referring("String", "String")
    ),
    Example("OD218", POSTGRESQL, referring("String @db.Inet", "String"), referring("Int", "Int")),
    Example("OD218", MYSQL, referring("Int", "Int @db.UnsignedInt"), referring("Int", "Int")),
    Example(
        "OD218",
        MYSQL,
        referring("Int @db.SmallInt", "Int"),
        referring("String @db.Char(30)", "String"),
    ),
    Example("OD220", POSTGRESQL, model("a String @db.Citext"), model("a String")),
    Example(
        "OD220",
        POSTGRESQL,
        model("a String", '@@index([a(ops: raw("gin_trgm_ops"))], type: Gin)'),
        model("a String", "@@index([a])"),
    ),
    Example(
        "OD220",
        POSTGRESQL,
        default('dbgenerated("uuid_generate_v4()")'),
        default('dbgenerated("gen_random_uuid()")'),
    ),
    Example("OD222", POSTGRESQL, model("a Json @unique @db.Json"), model("a Json @unique")),
    Example(
        "OD309",
        POSTGRESQL,
        referring("Int", "Int").replace("[key])", "[key], onDelete: SetNull)"),
        referring("Int", "Int").replace("[key])", "[key], onDelete: Cascade)"),
        'INSERT INTO "User" ("id", "key") VALUES (1, 1);'
        'INSERT INTO "Post" ("id", "userKey") VALUES (1, 1); DELETE FROM "User"',
    ),
    Example(
        "OD311",
        POSTGRESQL,
        "model User {\n  id Int @unique\n}\n",
        "model User {\n  id Int @id\n}\n",
        f'CREATE PUBLICATION p FOR TABLE "User"; {INSERT}; DELETE FROM "User"',
    ),
    Example(
        "OD223",
        SQLITE,
        default('dbgenerated("(\\"a\\")")'),
        default("dbgenerated(\"('a')\")"),
    ),
    Example("OD313", SQLITE, default("dbgenerated()", "Int"), default("1", "Int"), INSERT),
    Example("OD313", POSTGRESQL, default("dbgenerated()", "Int"), default("1", "Int"), INSERT),
    Example("OD313", MYSQL, default("dbgenerated()", "Int"), default("1", "Int"), INSERT_MYSQL),
    Example(
        "OD308",
        MYSQL,
        model("a String @unique"),
        model("a String"),
        "INSERT INTO `User` VALUES (1, 'Ann'), (2, 'ann')",
    ),
    Example(
        "OD310",
        MYSQL,
        model("a String"),
        model("a String @db.Text"),
        f"INSERT INTO `User` VALUES (1, '{'x' * 192}')",
    ),
    Example(
        "OD316",
        MYSQL,
        model("a DateTime @db.Timestamp(3)"),
        model("a DateTime @db.DateTime(3)"),
        "INSERT INTO `User` VALUES (1, '2039-01-01')",
    ),
    Example(
        "OD307",
        SQLITE,
        model("at DateTime @updatedAt"),
        model("at DateTime @default(now()) @updatedAt"),
        INSERT,
    ),
]
