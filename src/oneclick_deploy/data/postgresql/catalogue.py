"""Reads the tables of a PostgreSQL schema out of its catalogue: the questions and their answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from attrs import frozen

from oneclick_deploy.data.columns import TargetKey, TargetTable
from oneclick_deploy.data.postgresql.types import column_of

# Ordinary and partitioned tables; what extensions own belongs to them. An array's and a domain's
# element tell the kind of value.
COLUMNS: Final = """
SELECT n.nspname::text, c.relname::text, pg_has_role(c.relowner, 'USAGE'), a.attname::text,
    format_type(a.atttypid, a.atttypmod), e.typname::text, e.typtype::text,
    CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END,
    t.typcategory = 'A' AND t.typtype <> 'd', NOT (a.attnotnull OR t.typnotnull),
    a.attgenerated <> '', a.attidentity <> '',
    ARRAY(SELECT enumlabel::text FROM pg_enum WHERE enumtypid = e.oid ORDER BY enumsortorder)
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type t ON t.oid = a.atttypid
JOIN pg_type e ON e.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype
    WHEN t.typcategory = 'A' AND t.typelem <> 0 THEN t.typelem ELSE t.oid END
WHERE n.nspname = ANY(%s) AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e'
        AND d.classid = 'pg_class'::regclass)
ORDER BY n.nspname, c.relname, a.attnum
"""

CONSTRAINTS: Final = """
SELECT n.nspname::text, c.relname::text, k.conname::text, k.contype::text,
    ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY AS u(number, place)
        JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.number ORDER BY u.place),
    fn.nspname::text, f.relname::text,
    ARRAY(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY AS u(number, place)
        JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.number ORDER BY u.place),
    pg_get_constraintdef(k.oid), k.convalidated, obj_description(k.oid, 'pg_constraint')
FROM pg_constraint k
JOIN pg_class c ON c.oid = k.conrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_class f ON f.oid = k.confrelid
LEFT JOIN pg_namespace fn ON fn.oid = f.relnamespace
WHERE n.nspname = ANY(%s) AND k.contype IN ('p', 'f') AND k.conparentid = 0
ORDER BY n.nspname, c.relname, k.conname
"""

# Sequences that a column's default reads, whether the column owns them (serial, identity) or not.
SEQUENCES: Final = """
SELECT DISTINCT n.nspname::text, c.relname::text, a.attname::text, sn.nspname::text,
    s.relname::text, pg_has_role(s.relowner, 'USAGE'), q.increment_by, q.start_value, q.last_value,
    q.max_value
FROM pg_class s
JOIN pg_namespace sn ON sn.oid = s.relnamespace
JOIN pg_sequences q ON q.schemaname = sn.nspname AND q.sequencename = s.relname
JOIN (
    SELECT objid AS sequence, refobjid AS relation, refobjsubid AS number FROM pg_depend
    WHERE classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass
        AND deptype IN ('a', 'i') AND refobjsubid > 0
    UNION ALL
    SELECT d.refobjid, f.adrelid, f.adnum FROM pg_attrdef f
    JOIN pg_depend d ON d.classid = 'pg_attrdef'::regclass AND d.objid = f.oid
        AND d.refclassid = 'pg_class'::regclass
) AS u ON u.sequence = s.oid
JOIN pg_class c ON c.oid = u.relation
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = u.number
WHERE s.relkind = 'S' AND n.nspname = ANY(%s)
"""

Place = tuple[str, str]
"""A schema and the name of something in it."""


@frozen(kw_only=True)
class Reference:
    """A foreign key with what it takes to drop it and make it again.

    Args:
        place: The table that holds it.
        to: The table that it refers to.
        definition: SQL, as the server prints it.
        is_valid: Whether it holds for the rows that were there when it was made.
    """

    place: Place
    name: str
    to: Place
    definition: str
    is_valid: bool
    comment: str | None


@frozen(kw_only=True)
class Counter:
    """A sequence that numbers a column."""

    table: Place
    column: str
    place: Place
    is_owned: bool
    increment: int
    start: int
    last: int | None
    greatest: int


@frozen(kw_only=True)
class Catalogue:
    """What a database has.

    Args:
        tables: By schema and name.
        owned: Those that the user may alter.
    """

    tables: dict[Place, TargetTable]
    owned: frozenset[Place] = frozenset()
    references: tuple[Reference, ...] = ()
    counters: tuple[Counter, ...] = ()

    @classmethod
    def of(
        cls,
        columns: Iterable[Sequence[Any]],
        constraints: Iterable[Sequence[Any]],
        sequences: Iterable[Sequence[Any]],
    ) -> Catalogue:
        """Read the answers to `COLUMNS`, `CONSTRAINTS` and `SEQUENCES`."""
        found: dict[Place, list[Any]] = {}
        owned: set[Place] = set()
        for namespace, table, is_owned, *described in columns:
            found.setdefault((namespace, table), []).append(column_of(*described))
            if is_owned:
                owned.add((namespace, table))
        primary: dict[Place, tuple[str, ...]] = {}
        keys: dict[Place, list[TargetKey]] = {}
        references = []
        for row in constraints:
            place, name, names = (row[0], row[1]), row[2], tuple(row[4])
            if row[3] == "p":
                primary[place] = names
                continue
            key = TargetKey(
                name=name, columns=names, references=row[6], referenced_columns=tuple(row[7])
            )
            keys.setdefault(place, []).append(key)
            references.append(
                Reference(
                    place=place,
                    name=name,
                    to=(row[5], row[6]),
                    definition=row[8],
                    is_valid=row[9],
                    comment=row[10],
                )
            )
        return cls(
            tables={
                place: TargetTable(
                    name=place[1],
                    namespace=place[0],
                    columns=tuple(each),
                    primary_key=primary.get(place, ()),
                    foreign_keys=tuple(keys.get(place, ())),
                )
                for place, each in found.items()
            },
            owned=frozenset(owned),
            references=tuple(references),
            counters=tuple(_counter(row) for row in sequences),
        )

    def table(self, name: str, namespaces: Sequence[str]) -> TargetTable | None:
        """The table of that name in the first of the schemas that has one."""
        found = (self.tables.get((namespace, name)) for namespace in namespaces)
        return next((table for table in found if table is not None), None)


def place_of(table: TargetTable) -> Place:
    """Where a table is."""
    return table.namespace, table.name


def _counter(row: Sequence[Any]) -> Counter:
    return Counter(
        table=(row[0], row[1]),
        column=row[2],
        place=(row[3], row[4]),
        is_owned=row[5],
        increment=row[6],
        start=row[7],
        last=row[8],
        greatest=row[9],
    )
