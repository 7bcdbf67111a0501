"""Looks at preview data as a whole: what it holds, and what will not go over."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from attrs import fields

from oneclick_deploy.data.inspection.census import take_census
from oneclick_deploy.data.inspection.findings import (
    Inspection,
    InspectionProgress,
    KeyViolations,
    Step,
    TableInspection,
)
from oneclick_deploy.data.inspection.fit import Target, check_fit, read_target
from oneclick_deploy.data.inspection.keys import check_keys
from oneclick_deploy.data.inspection.sizes import measure
from oneclick_deploy.data.source import Given, SourceTable, SqliteSource
from oneclick_deploy.data.sources.reading import stoppable
from oneclick_deploy.runtime.cancel import CancelToken

if TYPE_CHECKING:
    from oneclick_deploy.data.inspection.fit import SchemaGiven, TargetGiven

InspectionHandler = Callable[[InspectionProgress], object]


def inspect(
    source: Given | SqliteSource,
    *,
    target: TargetGiven | None = None,
    schema: SchemaGiven | None = None,
    cancel: CancelToken | None = None,
    on_progress: InspectionHandler | None = None,
) -> Inspection:
    """Look at a preview database without moving anything.

    Args:
        source: What `SqliteSource` takes, or an open one.
        target: Where the rows would go: ``postgresql``, ``mysql`` or ``libsql``, or a `Target`
            with the tables of a database. With it the report has ``problems``: the values that
            this target refuses.
        schema: The Prisma schema that makes the target's tables; without one they are made of the
            types that the source declares.
        cancel: Stops the inspection.
        on_progress: Called now and then.

    Raises:
        DataSourceError: It cannot be read; the subclass says why.
        ConfigurationError: The source or the target is nothing that could be one.
        InvalidSchemaError: Prisma would refuse the schema for that target.
        DeployCancelledError: ``cancel`` was cancelled.
    """
    wanted = read_target(target, schema)
    run = _Run(wanted, cancel, on_progress)
    if isinstance(source, SqliteSource):
        return run.over(source)
    with SqliteSource(source, cancel=cancel, on_copy=run.copied) as opened:
        return run.over(opened)


class _Run:
    """One inspection under way."""

    def __init__(
        self,
        target: Target | None,
        cancel: CancelToken | None,
        on_progress: InspectionHandler | None,
    ) -> None:
        self._target = target
        self._cancel = cancel
        self._on_progress = on_progress
        self._start = time.monotonic()
        self._rows = 0

    def copied(self, done: int, total: int) -> None:
        self._tell(Step.COPY, "", done, total)

    def over(self, source: SqliteSource) -> Inspection:
        """Inspect an open source."""
        report = source.report
        with self._reading(source):
            sizes = measure(source.connection, report.tables)
        tables = []
        total = report.rows
        for table in report.tables:
            with self._reading(source, table):
                census = take_census(source.connection, table, self._counter(table, total))
            tables.append(
                TableInspection(
                    **_fields_of(table),
                    bytes=sizes.tables.get(table.name, 0),
                    index_bytes=sizes.indexes.get(table.name, 0),
                    census=census,
                )
            )
        violations = list(self._violations(source))
        problems, unplaced = self._fit(source)
        return Inspection(
            tables=tuple(tables),
            size=report.size,
            sequences=report.sequences,
            skipped=report.skipped,
            sizes_are_estimated=sizes.are_estimated,
            violations=tuple(violations),
            problems=problems,
            unplaced=unplaced,
            seconds=time.monotonic() - self._start,
        )

    def _counter(self, table: SourceTable, total: int) -> Callable[[int], None]:
        def tell(rows: int) -> None:
            if self._cancel is not None:
                self._cancel.check()
            self._rows += rows
            self._tell(Step.CENSUS, table.name, self._rows, total)

        return tell

    def _violations(self, source: SqliteSource) -> Iterator[KeyViolations]:
        with_keys = [table for table in source.report.tables if table.foreign_keys]
        for number, table in enumerate(with_keys, 1):
            with self._reading(source, table):
                yield from check_keys(source.connection, table)
            self._tell(Step.KEYS, table.name, number, len(with_keys))

    def _fit(self, source: SqliteSource) -> Any:
        if self._target is None:
            return (), ()
        done = 0
        total = sum(1 for table in source.report.tables if table.rows)

        def tell(table: SourceTable) -> None:
            nonlocal done
            done += 1
            self._tell(Step.FIT, table.name, done, total)

        with self._reading(source):
            return check_fit(source, self._target, tell)

    @contextlib.contextmanager
    def _reading(self, source: SqliteSource, table: SourceTable | None = None) -> Iterator[None]:
        name = table.name if table is not None else ""
        with source.reading(name), stoppable(source.connection, self._cancel):
            yield

    def _tell(self, step: Step, table: str, done: int, total: int) -> None:
        if self._on_progress is not None:
            self._on_progress(InspectionProgress(step=step, table=table, done=done, total=total))


def _fields_of(table: SourceTable) -> dict[str, Any]:
    return {each.name: getattr(table, each.name) for each in fields(SourceTable)}
