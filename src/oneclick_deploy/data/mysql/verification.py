"""Whether what MySQL holds is what was sent."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from attrs import evolve, frozen

from oneclick_deploy.data.canonical import (
    Answer,
    Difference,
    Digest,
    Question,
    drive,
    search,
    source_digest,
)
from oneclick_deploy.data.columns import Kind
from oneclick_deploy.data.conversion import ColumnPlan, TablePlan
from oneclick_deploy.data.mysql.digesting import read_digest, select_rows, table_digest
from oneclick_deploy.data.mysql.lines import as_values, ordered, read_blocks, select_lines
from oneclick_deploy.data.mysql.names import quoted
from oneclick_deploy.data.mysql.session import Session
from oneclick_deploy.errors import DataSourceError, OneClickError
from oneclick_deploy.providers.libsql.identifiers import quote_identifier
from oneclick_deploy.runtime.cancel import CancelToken

_KEYS: Final = 1 << 15


@frozen(kw_only=True)
class Comparison:
    """Compares the rows of one table.

    Args:
        session: Where the rows should be.
        connection: Where they came from.
        plan: How they went.
        cancel: Stops it.
    """

    session: Session
    connection: sqlite3.Connection
    plan: TablePlan
    cancel: CancelToken

    def whole(self) -> str:
        """Compare the whole tables; returns the checksum.

        Raises:
            DataSourceError: They differ.
        """
        with self._source_digest() as source:
            there = self._there()
            if there != source():
                # Of very long rows the server computes nothing.
                there = self._read()
            return self._equal(source(), there)

    def matching(self) -> str | None:
        """The checksum, when the table holds the source's rows and no others."""
        with self._source_digest() as source:
            there = self._there()
            if there != source():
                # Of very long rows the server computes nothing.
                there = self._read()
            return source().hex if there == source() else None

    def by_key(self) -> str:
        """Compare the rows of the table whose keys the source has; returns the checksum.

        Raises:
            DataSourceError: They differ.
        """
        there = Digest()
        source = source_digest(self.connection, self.plan, cancel=self.cancel)
        for where in self._key_conditions():
            self.cancel.check()
            there += table_digest(self.session, self.plan.target, self._columns, where=where)
        return self._equal(source, there)

    @property
    def _columns(self) -> list[Any]:
        return [column.target for column in self.plan.columns]

    def _there(self) -> Digest:
        return table_digest(self.session, self.plan.target, self._columns)

    def _read(self) -> Digest:
        return read_digest(self.session, self.plan.target, self._columns)

    @contextlib.contextmanager
    def _source_digest(self) -> Iterator[Callable[[], Digest]]:
        """Compute the source's digest beside what the server does."""
        with ThreadPoolExecutor(1) as pool:
            digest = pool.submit(source_digest, self.connection, self.plan, cancel=self.cancel)
            try:
                yield digest.result
            except BaseException:
                if not digest.done():
                    self.connection.interrupt()
                raise

    def _key_conditions(self) -> Iterator[str]:
        """Conditions that take the source's keys, some at a time."""
        names = self.plan.target.primary_key
        by_name = {column.target.name: column for column in self.plan.columns}
        keys = evolve(self.plan, columns=tuple(by_name[name] for name in names))
        listed = ", ".join(quoted(column.target.name) for column in ordered(keys))
        for block in read_blocks(
            self.connection, select_lines(keys), as_values, columns=len(names), size=_KEYS
        ):
            yield f"({listed}) IN ({block.data.decode()})"

    def _equal(self, source: Digest, there: Digest) -> str:
        if source == there:
            return source.hex
        found = None
        with contextlib.suppress(OneClickError):
            found = self._located()
        name = self.plan.source.name
        where = f": {found}" if found else ""
        raise DataSourceError(
            f"the table {name} differs after the copy: {source.rows} rows were sent, {there.rows} "
            f"are there{', and their values are not the same' * (source.rows == there.rows)}{where}",
            hint="Something else writes to this database, a trigger perhaps, or a type changes "
            "values. Nothing of the import was kept.",
        )

    def _located(self) -> Difference | None:
        """The first cell that differs, in a table whose key is one integer."""
        names = self.plan.target.primary_key
        key = next((c for c in self.plan.columns if (c.target.name,) == names), None)
        if key is None or key.target.kind is not Kind.INTEGER:
            return None
        ends = [
            self.connection.execute(
                f"SELECT min({key.sql}), max({key.sql}) FROM "  # noqa: S608 - quoted
                f"{quote_identifier(self.plan.source.name)}{self.plan.condition}"
            ).fetchone(),
            self.session.fetch(
                f"SELECT MIN({quoted(names[0])}), MAX({quoted(names[0])}) "  # noqa: S608 - quoted
                f"FROM {quoted(self.plan.target.name)}"
            )[0],
        ]
        numbers = [int(each) for pair in ends for each in pair if each is not None]
        steps = search(self.plan.target.name, self._columns, first=min(numbers), last=max(numbers))
        return drive(steps, lambda question: self._answer(question, key))

    def _answer(self, question: Question, key: ColumnPlan) -> Answer:
        here = f"({key.sql}) BETWEEN {question.first} AND {question.last}"
        there = f"{quoted(key.target.name)} BETWEEN {question.first} AND {question.last}"
        target, columns = self.plan.target, self._columns
        if not question.wants_rows:
            return Answer(
                source=source_digest(self.connection, self.plan, where=here, cancel=self.cancel),
                destination=table_digest(self.session, target, columns, where=there),
            )
        at = self.plan.columns.index(key)
        taken = evolve(
            self.plan, where=" AND ".join(f"({each})" for each in (self.plan.where, here) if each)
        )
        wanted = ", ".join(column.sql for column in self.plan.columns)
        rows = self.connection.execute(
            f"SELECT {wanted} FROM {quote_identifier(self.plan.source.name)}{taken.condition}"  # noqa: S608
        )
        found = self.session.stream(select_rows(target, columns, where=there))
        return Answer(
            source={int(row[at]): row for row in rows},
            destination={int(row[at]): row for row in found},
        )
