# Generated from src/oneclick_deploy/data/postgresql/_async/moving.py by tools/unasync.py. Do not edit.
"""Moves a preview's rows into PostgreSQL: all of them or none, in one transaction."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import evolve

from oneclick_deploy.data.postgresql._sync.loading import Loaded, TableLoader
from oneclick_deploy.data.postgresql._sync.session import Session
from oneclick_deploy.data.postgresql.catalogue import (
    COLUMNS,
    CONSTRAINTS,
    SEQUENCES,
    Catalogue,
    Counter,
    Place,
)
from oneclick_deploy.data.postgresql.creation import creation_of
from oneclick_deploy.data.postgresql.jobs import (
    Job,
    Names,
    OnConflict,
    Request,
    incomplete,
    jobs_of,
    no_key,
    not_empty,
)
from oneclick_deploy.data.postgresql.order import droppable, load_order
from oneclick_deploy.data.postgresql.statements import (
    add_reference,
    advance,
    drop_reference,
    greatest,
    lock,
    quoted,
    which_hold_rows,
)
from oneclick_deploy.data.postgresql.tally import Tally
from oneclick_deploy.data.problems import Policies
from oneclick_deploy.data.report import ImportReport, ProgressHandler, TableReport
from oneclick_deploy.data.source import SqliteSource
from oneclick_deploy.errors import DatabaseError, DataSourceError, TransportError
from oneclick_deploy.runtime.cancel import CancelToken
from oneclick_deploy.secrets import Secret

if TYPE_CHECKING:
    import psycopg

    from oneclick_deploy.prisma.schema import Schema


class PostgresImport:
    """One import of a preview database into PostgreSQL.

    Everything happens in one transaction: an import that fails, is cancelled or dies leaves the
    database as it was, and one whose last answer was lost finds out whether it was kept. What went
    over is compared with the preview before it is kept.

    With a schema whose tables do not exist yet they are made first, and their keys and indexes
    after their rows. Tables that exist must be empty, unless ``on_conflict`` says what to do; their
    foreign keys may go round in circles, which takes the rights of the tables' owner.

    Args:
        source: The open preview database.
        to: The database's URL, direct or of a pooler, as Prisma or libpq write it; or an open
            connection that commits every statement.
        schema: The Prisma schema (text, ``{path: text}``, path or parsed) to make the tables from.
        tables: Tables of the preview to move; all of them by default.
        where: SQL conditions, in SQLite's words, by table: which rows go over.
        rename: Names in the destination by a table's name, or by ``(table, column)``.
        policies: What to do with values that PostgreSQL refuses; by default, an error names them.
        on_conflict: ``error``, ``skip`` or ``update``: what to do with tables that hold rows.
        on_progress: Called with an `ImportProgress`, ten times a second at most.
        cancel: Stops the import; nothing of it is kept then.
    """

    def __init__(
        self,
        source: SqliteSource,
        to: Secret | str | psycopg.Connection[Any],
        *,
        schema: str | Mapping[str, str] | Path | Schema | None = None,
        tables: Collection[str] | None = None,
        where: Mapping[str, str] | None = None,
        rename: Names | None = None,
        policies: Policies | None = None,
        on_conflict: str = "error",
        on_progress: ProgressHandler | None = None,
        cancel: CancelToken | None = None,
    ) -> None:
        self._source = source
        self._to = to
        self._creation = None if schema is None else creation_of(schema)
        self._request = Request.of(
            tables=tables, where=where, rename=rename, on_conflict=on_conflict
        )
        self._policies = policies or Policies()
        self._cancel = cancel or CancelToken()
        self._tally = Tally(on_progress)

    def run(self) -> ImportReport:
        """Move the rows, and compare both sides.

        Raises:
            DataSourceError: The preview does not fit the destination, or differs from it after
                the copy.
            InvalidSchemaError: Prisma would refuse the schema.
            DatabaseError: PostgreSQL refused a statement.
            TransportError: It could not be reached.
            DeployCancelledError: The token was cancelled.
        """
        self._cancel.check()
        with Session.open(self._to) as session:
            stops = [session.interrupt, self._source.connection.interrupt]
            forgets = [self._cancel.on_cancel(stop) for stop in stops]
            try:
                return self._run(session)
            except (DatabaseError, DataSourceError, TransportError):
                self._cancel.check()
                raise
            except sqlite3.Error as error:
                self._cancel.check()
                raise DataSourceError(f"the preview cannot be read: {error}") from None
            finally:
                for forget in forgets:
                    forget()

    def _run(self, session: Session) -> ImportReport:
        started = time.perf_counter()
        session.begin()
        try:
            is_new = self._create(session)
            catalogue = self._catalogue(session)
            jobs, skipped = jobs_of(
                self._source.report,
                catalogue,
                self._request,
                namespaces=self._namespaces(session),
                are_new=is_new,
            )
            if not is_new:
                jobs = self._check_rows(session, jobs)
            loaded = self._load(session, catalogue, jobs)
            if is_new and self._creation is not None:
                self._each(session, self._creation.after)
            self._advance(session, catalogue, jobs)
            self._cancel.check()
            session.commit()
        except BaseException:
            session.rollback()
            raise
        return report_of(loaded, skipped, seconds=time.perf_counter() - started)

    def _namespaces(self, session: Session) -> list[str]:
        made = self._creation.namespaces if self._creation else ()
        return [session.namespace, *made]

    def _create(self, session: Session) -> bool:
        """Make the schema's tables when there are none of them."""
        creation = self._creation
        if creation is None:
            return False
        wanted = {(namespace or session.namespace, name) for namespace, name in creation.tables}
        present = wanted & (self._catalogue(session)).tables.keys()
        if present:
            if present != wanted:
                raise incomplete(sorted(name for _, name in wanted - present))
            return False
        found = session.fetch("SELECT nspname::text FROM pg_namespace")
        missing = [name for name in self._namespaces(session) if (name,) not in found]
        self._each(session, [f"CREATE SCHEMA {quoted(name)}" for name in missing])
        self._each(session, creation.before)
        return True

    def _catalogue(self, session: Session) -> Catalogue:
        namespaces = (self._namespaces(session),)
        return Catalogue.of(
            session.fetch(COLUMNS, namespaces),
            session.fetch(CONSTRAINTS, namespaces),
            session.fetch(SEQUENCES, namespaces),
        )

    def _check_rows(self, session: Session, jobs: list[Job]) -> list[Job]:
        """Keep others from writing, and find the tables that hold rows."""
        if not jobs:
            return jobs
        places = [job.place for job in jobs]
        session.run(lock(places))
        numbers = {row[0] for row in session.fetch(which_hold_rows(places))}
        held = [job for number, job in enumerate(jobs) if number in numbers]
        if held and self._request.on_conflict is OnConflict.ERROR:
            raise not_empty(held)
        if self._request.on_conflict is OnConflict.UPDATE:
            for job in held:
                written = {job.rename.get(name, name) for name in job.source.columns}
                if not job.target.primary_key or not written.issuperset(job.target.primary_key):
                    raise no_key(job)
        return [evolve(job, merges=number in numbers) for number, job in enumerate(jobs)]

    def _load(self, session: Session, catalogue: Catalogue, jobs: Sequence[Job]) -> list[Loaded]:
        """Load all tables; foreign keys that stand in the way are dropped and made again."""
        by_place = {job.place: job for job in jobs}
        order = load_order(list(by_place), catalogue.references)
        dropped = droppable(
            [key for key in catalogue.references if key.place in by_place],
            owned=catalogue.owned,
            empty={job.place for job in jobs if not job.merges},
            circular=order.circular,
        )
        self._each(session, [drop_reference(key) for key in dropped])
        self._tally.begin(sum(job.source.rows for job in jobs))
        loader = TableLoader(
            session,
            self._source.connection,
            policies=self._policies,
            update=self._request.on_conflict is OnConflict.UPDATE,
            tally=self._tally,
            cancel=self._cancel,
        )
        loaded = [loader.load(by_place[place]) for place in order.tables]
        for key in dropped:
            self._each(session, add_reference(key))
        return loaded

    def _advance(self, session: Session, catalogue: Catalogue, jobs: Sequence[Job]) -> None:
        """Let the sequences go on after the rows, and after ids that SQLite gave out before."""
        by_place = {job.place: job for job in jobs}
        given = dict(self._source.report.sequences)
        most: dict[Place, tuple[Counter, int]] = {}
        for counter in catalogue.counters:
            job = by_place.get(counter.table)
            if job is None:
                continue
            found = (session.fetch(greatest(counter)))[0][0]
            used = max(int(found or 0), given.get(job.source.name, 0))
            before = most.get(counter.place)
            if used and (before is None or before[1] < used):
                most[counter.place] = (counter, used)
        statements = [advance(counter, used) for counter, used in most.values()]
        self._each(session, [each for each in statements if each is not None])

    def _each(self, session: Session, statements: Sequence[str]) -> None:
        for statement in statements:
            self._cancel.check()
            session.run(statement)


def report_of(
    loaded: Sequence[Loaded], skipped: tuple[tuple[str, str], ...], *, seconds: float
) -> ImportReport:
    """What an import did, in the order of the tables' names."""
    verify_seconds = sum(each.verify_seconds for each in loaded)
    return ImportReport(
        tables=tuple(
            TableReport(
                name=each.job.source.name,
                rows=each.plan.rows if each.merged is None else each.merged,
                checksum=each.digest.hex,
                bytes=each.bytes,
                seconds=each.seconds,
                skipped_rows=0 if each.merged is None else each.plan.rows - each.merged,
            )
            for each in sorted(loaded, key=lambda each: each.job.source.name)
        ),
        skipped=skipped,
        problems=tuple(problem for each in loaded for problem in each.plan.problems),
        seconds=seconds,
        load_seconds=seconds - verify_seconds,
        verify_seconds=verify_seconds,
    )
