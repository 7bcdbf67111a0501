"""Moves a preview's rows into MySQL: all of them or none, in one transaction."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterator, Sequence
from typing import Final

from attrs import evolve, frozen

from oneclick_deploy.data.conversion import TablePlan, refuse
from oneclick_deploy.data.mysql.catalogue import Catalogue
from oneclick_deploy.data.mysql.lines import UncleanTextError
from oneclick_deploy.data.mysql.loading import Loaded, TableLoader
from oneclick_deploy.data.mysql.planning import Way, checked_way, likely_way
from oneclick_deploy.data.mysql.request import (
    Job,
    OnConflict,
    Request,
    check_key,
    jobs_of,
    not_empty,
)
from oneclick_deploy.data.mysql.session import Session, unknown_outcome
from oneclick_deploy.data.mysql.statements import advance, greatest, orphans, which_hold_rows
from oneclick_deploy.data.mysql.tally import Tally
from oneclick_deploy.data.mysql.verification import Comparison
from oneclick_deploy.data.problems import Policies
from oneclick_deploy.data.report import ImportReport, TableReport
from oneclick_deploy.data.source import SqliteSource
from oneclick_deploy.errors import (
    ConnectionFailedError,
    ConnectionLostError,
    ConstraintError,
    DatabaseError,
    DataSourceError,
    OneClickError,
)
from oneclick_deploy.runtime.cancel import CancelToken
from oneclick_deploy.secrets import Secret

_SETTLE_TRIES: Final = 20
_SETTLE_PAUSE: Final = 0.5


class _SurpriseError(Exception):
    """A plan that nobody had checked met values with problems."""


@frozen(kw_only=True)
class Moved:
    """A table that is there, and equal.

    Args:
        way: How it went.
        report: What is told of it.
        verify_seconds: How long the comparison took.
    """

    way: Way
    report: TableReport
    verify_seconds: float


class Moving:
    """The work of one import, which blocks; see `AsyncMysqlImport` for what it does.

    Args:
        source: The open preview database.
        to: The database's URL.
        request: Which rows go where.
        policies: What to do with values that MySQL refuses.
        local_infile: Whether LOAD DATA LOCAL may be used.
        tally: Counts what goes over.
        cancel: Stops it.
    """

    def __init__(
        self,
        source: SqliteSource,
        to: Secret | str,
        *,
        request: Request,
        policies: Policies,
        local_infile: bool,
        tally: Tally,
        cancel: CancelToken,
    ) -> None:
        self._source = source
        self._to = to
        self._request = request
        self._policies = policies
        self._local_infile = local_infile
        self._tally = tally
        self._cancel = cancel

    def run(self) -> ImportReport:
        """Move the rows, and compare both sides."""
        self._cancel.check()
        with Session.open(self._to) as session, self._stoppable(session):
            try:
                return self._run(session)
            except (OneClickError, sqlite3.Error) as error:
                self._cancel.check()
                if isinstance(error, OneClickError):
                    raise
                raise DataSourceError(
                    f"the preview data cannot be read: {error}",
                    hint="Open the file with another SQLite program to see what is wrong with it.",
                ) from None

    @contextlib.contextmanager
    def _stoppable(self, session: Session) -> Iterator[None]:
        connection = self._source.connection

        def stop_reading() -> None:
            # The caller may have closed it, for the other end stopped already.
            with contextlib.suppress(sqlite3.ProgrammingError):
                connection.interrupt()

        forgets = [self._cancel.on_cancel(stop) for stop in (session.interrupt, stop_reading)]
        try:
            yield
        finally:
            for forget in forgets:
                forget()

    def _run(self, session: Session) -> ImportReport:
        started = time.perf_counter()
        catalogue = session.catalogue()
        jobs, skipped = jobs_of(self._source.report, catalogue, self._request)
        session.lock()
        session.begin()
        jobs, present = self._check_rows(session, jobs)
        moved = self._move(session, catalogue, jobs)
        self._cancel.check()
        self._commit(session, moved)
        reports = present | {each.report.name: each.report for each in moved}
        names = [table.name for table in self._source.report.tables if table.name in reports]
        self._finish(session, catalogue, names)
        seconds = time.perf_counter() - started
        verify_seconds = sum(each.verify_seconds for each in moved)
        return ImportReport(
            tables=tuple(reports[name] for name in names),
            skipped=skipped,
            problems=tuple(problem for each in moved for problem in each.way.plan.problems),
            seconds=seconds,
            load_seconds=seconds - verify_seconds,
            verify_seconds=verify_seconds,
        )

    def _check_rows(
        self, session: Session, jobs: list[Job]
    ) -> tuple[list[Job], dict[str, TableReport]]:
        """Find the tables that hold rows, and of these the ones that hold the preview's."""
        if not jobs:
            return jobs, {}
        found = session.fetch(which_hold_rows([job.target.name for job in jobs]))
        held = [jobs[number] for (number,) in found]
        if self._request.on_conflict is not OnConflict.ERROR:
            if self._request.on_conflict is OnConflict.UPDATE:
                for job in held:
                    check_key(job)
            return [evolve(job, merges=job in held) for job in jobs], {}
        reports = {job.source.name: self._present(session, job) for job in held}
        others = [job for job in held if reports[job.source.name] is None]
        if others:
            raise not_empty(others)
        kept = {name: report for name, report in reports.items() if report is not None}
        return [job for job in jobs if job not in held], kept

    def _present(self, session: Session, job: Job) -> TableReport | None:
        """The report of a table that an import filled before, whose end nobody heard of."""
        plan = checked_way(self._source.connection, job, self._policies).proof
        checksum = self._comparison(session, plan).matching()
        if checksum is None:
            return None
        return TableReport(
            name=job.source.name, rows=plan.rows, checksum=checksum, skipped_rows=plan.rows
        )

    def _move(self, session: Session, catalogue: Catalogue, jobs: Sequence[Job]) -> list[Moved]:
        """Load by what the first rows look like; when that was wrong, by what all of them do."""
        connection, policies = self._source.connection, self._policies
        ways = [likely_way(connection, job, policies) for job in jobs]
        if not any(way.is_guess for way in ways):
            refuse(problem for way in ways for problem in way.plan.problems)
            return self._move_by(session, catalogue, ways)
        if not any(way.plan.problems for way in ways):
            with contextlib.suppress(_SurpriseError, UncleanTextError, DatabaseError):
                return self._move_by(session, catalogue, ways)
            self._cancel.check()
            session.rollback()
            session.begin()
        ways = [checked_way(connection, job, policies) for job in jobs]
        refuse(problem for way in ways for problem in way.plan.problems)
        return self._move_by(session, catalogue, ways)

    def _move_by(self, session: Session, catalogue: Catalogue, ways: Sequence[Way]) -> list[Moved]:
        loader = TableLoader(
            session,
            self._source.connection,
            tally=self._tally,
            cancel=self._cancel,
            local_infile=self._local_infile,
        )
        self._tally.begin(sum(way.plan.rows for way in ways))
        update = self._request.on_conflict is OnConflict.UPDATE
        loaded = []
        for way in ways:
            loaded.append(loader.load(way.job, way.plan, update=update))
            if way.plan.surprises:
                raise _SurpriseError
        self._check_keys(session, catalogue, loaded)
        return [self._verified(session, *pair) for pair in zip(ways, loaded, strict=True)]

    def _check_keys(self, session: Session, catalogue: Catalogue, loaded: Sequence[Loaded]) -> None:
        """Look for rows that refer to nothing: the server never looks at rows that are there."""
        filled = {each.job.target.name for each in loaded}
        changed = {each.job.target.name for each in loaded if each.job.merges}
        for reference in catalogue.references:
            if reference.table not in filled and reference.key.references not in changed:
                continue
            self._cancel.check()
            rows, example = session.fetch(orphans(reference))[0]
            if rows:
                columns = ", ".join(reference.key.columns)
                raise ConstraintError(
                    f"{rows} rows of {reference.table} refer by {columns} to rows that "
                    f"{reference.key.references} does not have, for example to {example}",
                    hint="`PRAGMA foreign_key_check` lists them in the preview. A subset needs the "
                    "tables that it refers to.",
                )

    def _verified(self, session: Session, way: Way, loaded: Loaded) -> Moved:
        started = time.perf_counter()
        self._cancel.check()
        checksum = self._checksum(session, way)
        if checksum is None or way.proof.surprises:
            raise _SurpriseError
        report = TableReport(
            name=way.job.source.name,
            rows=loaded.rows,
            checksum=checksum,
            bytes=loaded.bytes,
            seconds=loaded.seconds,
            skipped_rows=loaded.present,
        )
        return Moved(way=way, report=report, verify_seconds=time.perf_counter() - started)

    def _checksum(self, session: Session, way: Way) -> str | None:
        """The checksum of both sides; None when a guess was wrong."""
        comparison = self._comparison(session, way.proof)
        if not way.job.merges:
            return comparison.matching() if way.is_guess else comparison.whole()
        if self._request.on_conflict is OnConflict.UPDATE:
            return comparison.by_key()
        return ""

    def _comparison(self, session: Session, plan: TablePlan) -> Comparison:
        return Comparison(
            session=session, connection=self._source.connection, plan=plan, cancel=self._cancel
        )

    def _commit(self, session: Session, moved: Sequence[Moved]) -> None:
        """Keep everything. When the answer is lost, look whether the rows are there."""
        try:
            session.commit()
        except ConnectionLostError:
            if any(each.way.job.merges for each in moved):
                raise unknown_outcome() from None
            with self._opened_again() as again:
                again.end_of(session)
                kept = [self._comparison(again, each.way.proof).matching() for each in moved]
            if not all(kept):
                raise ConnectionLostError(
                    "the connection to MySQL broke during COMMIT, and no row was kept",
                    hint="Run the import again.",
                ) from None

    def _finish(self, session: Session, catalogue: Catalogue, names: Sequence[str]) -> None:
        """What no transaction takes back, after the rows are kept."""
        try:
            self._advance(session, catalogue, names)
        except ConnectionLostError:
            with self._opened_again() as again:
                self._advance(again, catalogue, names)

    def _opened_again(self) -> Session:
        for _ in range(_SETTLE_TRIES):
            with contextlib.suppress(ConnectionFailedError):
                return Session.open(self._to)
            self._cancel.wait(_SETTLE_PAUSE)
        raise unknown_outcome()

    def _advance(self, session: Session, catalogue: Catalogue, names: Sequence[str]) -> None:
        """Let the tables count on after ids that SQLite gave out before; rows count by themselves."""
        given = dict(self._source.report.sequences)
        for name in names:
            target = catalogue.table(self._request.rename.get(name, name))
            number = given.get(name, 0)
            counted = next((c for c in target.columns if c.is_identity), None) if target else None
            if target is None or counted is None:
                continue
            (most,) = session.fetch(greatest(target.name, counted.name))[0]
            if number > max(int(most or 0), catalogue.counters.get(target.name, 1) - 1):
                session.fetch(advance(target.name, number + 1))
