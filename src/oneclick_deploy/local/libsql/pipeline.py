"""Run the requests of a pipeline on a stream."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeVar

from attrs import frozen

from oneclick_deploy.local.libsql.arguments import NO_ARGUMENTS, Arguments
from oneclick_deploy.local.libsql.messages import (
    Batch,
    Condition,
    Request,
    SqlText,
    StatementMessage,
)
from oneclick_deploy.local.libsql.refusals import (
    ProtocolError,
    RequestRefusedError,
    StatementRefusedError,
)
from oneclick_deploy.local.libsql.session import MAX_CURSOR_BYTES, MAX_RESULT_BYTES, Result
from oneclick_deploy.local.libsql.statements import Statement, single, split
from oneclick_deploy.local.libsql.streams import Stream
from oneclick_deploy.local.libsql.syntax import check_syntax

T = TypeVar("T")

# A stream over HTTP stores this many SQL texts (facts/turso.md, section 3).
MAX_STORED_TEXTS: Final = 50


@frozen(kw_only=True)
class Permissions:
    """What the token and the database's configuration allow.

    Args:
        database: The name to put into refusals.
        can_write: Whether the token may write.
        block_reads: Whether the database is closed for everything.
        block_writes: Whether the database is closed for writes.
    """

    database: str
    can_write: bool = True
    block_reads: bool = False
    block_writes: bool = False

    def check(self, statement: Statement) -> None:
        """Raise when a statement may not run.

        Raises:
            RequestRefusedError: The token only reads; the whole HTTP request fails with 403.
            StatementRefusedError: The database is blocked.
        """
        if statement.writes and not self.can_write:
            raise RequestRefusedError(
                403,
                {
                    "error": "Authorization forbidden: Current session doesn't not have Write "
                    f"permission to namespace {self.database}"
                },
            )
        if self.block_reads or (self.block_writes and statement.writes):
            raise StatementRefusedError("Operation was blocked", "BLOCKED")


class PipelineRunner:
    """Runs requests one after the other. A failed statement does not stop the later requests."""

    def __init__(self, stream: Stream, permissions: Permissions) -> None:
        self._stream = stream
        self._permissions = permissions
        self._answers: Mapping[str, Callable[[Request], dict[str, Any]]] = {
            "close": self._close,
            "execute": self._answer_execute,
            "batch": self._answer_batch,
            "sequence": self._answer_sequence,
            "describe": self._answer_describe,
            "store_sql": self._store_sql,
            "close_sql": self._close_sql,
            "get_autocommit": self._get_autocommit,
        }

    def run(self, requests: tuple[Request, ...]) -> list[dict[str, Any]]:
        """Return the results of all requests.

        Raises:
            RequestRefusedError: The pipeline fails as a whole.
        """
        return [self._answer(request) for request in requests]

    def cursor(self, batch: Batch) -> Iterator[dict[str, Any]]:
        """Return the entries of a cursor over a batch, as they come up."""
        try:
            statements = self._parse_batch(batch)
        except StatementRefusedError as refused:
            yield {"type": "error", "error": refused.as_json()}
            return
        outcomes: list[bool | None] = []
        for number, step in enumerate(batch.steps):
            if not self._holds(step.condition, outcomes):
                outcomes.append(None)
                continue
            try:
                result = self._execute(
                    statements[number], step.statement, max_bytes=MAX_CURSOR_BYTES
                )
            except StatementRefusedError as refused:
                outcomes.append(False)
                yield {"type": "step_error", "step": number, "error": refused.as_json()}
                continue
            outcomes.append(True)
            yield {"type": "step_begin", "step": number, "cols": result.columns}
            for row in result.rows:
                yield {"type": "row", "row": row}
            yield {
                "type": "step_end",
                "affected_row_count": result.affected_row_count,
                "last_insert_rowid": result.last_insert_rowid,
            }

    def _answer(self, request: Request) -> dict[str, Any]:
        if self._stream.closed and request.type != "close":
            raise ProtocolError("Stream for this baton was closed")
        try:
            extra = self._answers[request.type](request)
        except StatementRefusedError as refused:
            return {"type": "error", "error": refused.as_json()}
        return {"type": "ok", "response": {"type": request.type, **extra}}

    def _close(self, _request: Request) -> dict[str, Any]:
        if not self._stream.closed:
            self._stream.close()
        return {}

    def _answer_execute(self, request: Request) -> dict[str, Any]:
        message = _given(request.statement)
        statement = single(self._text(message.text))
        check_syntax(statement)
        return {"result": self._execute(statement, message).as_json()}

    def _answer_batch(self, request: Request) -> dict[str, Any]:
        batch = _given(request.batch)
        statements = self._parse_batch(batch)
        results: list[dict[str, Any] | None] = []
        errors: list[dict[str, str] | None] = []
        outcomes: list[bool | None] = []
        for statement, step in zip(statements, batch.steps, strict=True):
            result: dict[str, Any] | None = None
            error: dict[str, str] | None = None
            outcome: bool | None = None
            if self._holds(step.condition, outcomes):
                try:
                    result = self._execute(statement, step.statement).as_json()
                except StatementRefusedError as refused:
                    if refused.code == "RESPONSE_TOO_LARGE":
                        raise
                    error = refused.as_json()
                outcome = error is None
            results.append(result)
            errors.append(error)
            outcomes.append(outcome)
        return {
            "result": {"step_results": results, "step_errors": errors, "replication_index": None}
        }

    def _answer_sequence(self, request: Request) -> dict[str, Any]:
        statements = split(self._text(request.text))
        for statement in statements:
            check_syntax(statement)
        for statement in statements:
            self._permissions.check(statement)
            self._stream.session.execute(statement, NO_ARGUMENTS, want_rows=False)
        return {}

    def _answer_describe(self, request: Request) -> dict[str, Any]:
        statements = split(self._text(request.text))
        if not statements:
            nothing = {"params": [], "cols": [], "is_explain": False, "is_readonly": True}
            return {"result": nothing}
        return {"result": self._stream.session.describe(statements[0])}

    def _store_sql(self, request: Request) -> dict[str, Any]:
        sql_id = _given(request.text.sql_id)
        if sql_id in self._stream.texts:
            raise ProtocolError(f"SQL text {sql_id} already exists")
        if len(self._stream.texts) >= MAX_STORED_TEXTS:
            raise StatementRefusedError(
                f"The server already stores {MAX_STORED_TEXTS} SQL texts, it cannot store more",
                "SQL_STORE_TOO_MANY",
            )
        self._stream.texts[sql_id] = _given(request.text.sql)
        return {}

    def _close_sql(self, request: Request) -> dict[str, Any]:
        self._stream.texts.pop(_given(request.text.sql_id), None)
        return {}

    def _get_autocommit(self, _request: Request) -> dict[str, Any]:
        return {"is_autocommit": self._stream.session.is_autocommit}

    def _text(self, text: SqlText) -> str:
        if text.sql is not None:
            return text.sql
        stored = self._stream.texts.get(_given(text.sql_id))
        if stored is None:
            raise ProtocolError(f"SQL text {text.sql_id} not found")
        return stored

    def _parse_batch(self, batch: Batch) -> list[Statement]:
        """Take all texts apart first: one that cannot be parsed fails the batch, not a step."""
        statements = [single(self._text(step.statement.text)) for step in batch.steps]
        for statement in statements:
            check_syntax(statement)
        return statements

    def _execute(
        self,
        statement: Statement,
        message: StatementMessage,
        *,
        max_bytes: float = MAX_RESULT_BYTES,
    ) -> Result:
        self._permissions.check(statement)
        return self._stream.session.execute(
            statement,
            Arguments(positional=message.args, named=message.named_args),
            want_rows=message.want_rows,
            max_bytes=max_bytes,
        )

    def _holds(self, condition: Condition | None, outcomes: list[bool | None]) -> bool:
        """Whether a step runs. A skipped step is neither ok nor an error."""
        if condition is None:
            return True
        inner = (self._holds(item, outcomes) for item in condition.conditions)
        if condition.kind == "and":
            return all(inner)
        if condition.kind == "or":
            return any(inner)
        if condition.kind == "not":
            return not next(inner)
        if condition.kind == "is_autocommit":
            return self._stream.session.is_autocommit
        return outcomes[condition.step] is (condition.kind == "ok")


def _given(value: T | None) -> T:
    """A field that the reader of messages has filled for this type of request."""
    if value is None:
        raise ProtocolError("A field of the request is missing")
    return value
