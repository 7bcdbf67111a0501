# Generated from src/oneclick_deploy/providers/libsql/bulk/_async.py by tools/unasync.py. Do not edit.
"""Writing many rows, and reading what is known already."""

from __future__ import annotations

from collections.abc import Sequence

from oneclick_deploy.http import CallKind, Http
from oneclick_deploy.providers.libsql import atomic, wire
from oneclick_deploy.providers.libsql.address import Target
from oneclick_deploy.providers.libsql.models import ResultSet, Statement
from oneclick_deploy.providers.libsql.values import Args


class BulkCalls:
    """The calls of a client that move whole tables."""

    _http: Http
    _target: Target

    def migrate_written(self, statements: Sequence[tuple[str, str]]) -> list[ResultSet]:
        """Run statements as `migrate` does, with arguments that are written already.

        For loaders: writing a million arguments one by one takes longer than the server's work.

        Args:
            statements: Pairs of text and arguments, which are JSON values of Hrana with commas
                between them.

        Raises:
            DatabaseError: One failed and all were undone; ``statement`` is its position.
        """
        unit = atomic.migration_unit([sql for sql, _ in statements])
        arguments = {
            unit.first + position: args for position, (_, args) in enumerate(statements) if args
        }
        request = wire.written_pipeline(self._target, unit.steps, arguments, kind=CallKind.CREATE)
        response = self._http.send(request)
        answer = wire.read_answer(self._target, response, count=2, in_stream=False)
        return atomic.settle(
            unit,
            answer.take(
                0, lambda found: wire.read_batch(found, count=len(unit.steps), target=self._target)
            ),
        )

    def read_unparsed(self, sql: str, args: Args = ()) -> bytes:
        """Run one statement that only reads, and give the answer as it came, errors included.

        For whoever knows what the answer must be: comparing takes a tenth of reading it.

        Raises:
            ApiError: The server refused the request.
            TransportError: No answer came.
        """
        requests = [wire.execute(Statement(sql, args)), wire.CLOSE]
        request = wire.pipeline(self._target, requests, kind=CallKind.READ)
        response = self._http.send(request)
        if not response.ok:
            wire.read_answer(self._target, response, count=2, in_stream=False)
        return response.content
