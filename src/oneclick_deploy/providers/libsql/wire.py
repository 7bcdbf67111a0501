"""Hrana over HTTP, version 2, without I/O: pipelines of requests, and their answers.

``POST /v2/pipeline`` is what the official client uses and what Turso Cloud documents (facts).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeVar

from attrs import field, frozen

from oneclick_deploy.errors import ConfigurationError, DatabaseError, UnexpectedAnswerError
from oneclick_deploy.http import CallKind, Request, Response
from oneclick_deploy.http.statuses import unexpected
from oneclick_deploy.http.values import bearer, json_request
from oneclick_deploy.providers.libsql.address import Target
from oneclick_deploy.providers.libsql.errors import (
    PROVIDER,
    infinity_error,
    refusal,
    statement_error,
)
from oneclick_deploy.providers.libsql.models import (
    Column,
    Description,
    Json,
    ResultSet,
    Statement,
    Step,
    StepOutcome,
    as_statement,
)
from oneclick_deploy.providers.libsql.statements import first_keyword, split_script
from oneclick_deploy.providers.libsql.values import checked_text, decode, encode_args
from oneclick_deploy.secrets import Secret

T = TypeVar("T")
CLOSE: Final[Json] = {"type": "close"}
_STEP: Final = '{"stmt":{'
_READING = frozenset({"SELECT", "VALUES", "EXPLAIN"})


@frozen(kw_only=True)
class Answer:
    """The answer to a pipeline: one result for each request, and how the stream goes on.

    Args:
        results: The responses, with an error in the place of a failed one.
        baton: What the next request on this stream must show; ``None`` when it is closed.
        base_url: Where the next request must go; ``None`` for the same place.
        size: Bytes of the whole answer.
    """

    results: tuple[Json | DatabaseError, ...] = field(repr=False)
    baton: str | None = field(default=None, repr=False)
    base_url: str | None = None
    size: int = 0
    response: Response = field(repr=False)

    def take(self, position: int, read: Callable[[Json], T]) -> T:
        """Read one result.

        Raises:
            DatabaseError: The database refused that request.
            UnexpectedAnswerError: The result is not what Hrana documents.
        """
        result = self.results[position]
        if isinstance(result, DatabaseError):
            raise result
        try:
            return read(result)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            missing = str(error) if isinstance(error, ValueError) else "readable result"
            raise self.unexpected(missing) from None

    def unexpected(self, missing: str) -> UnexpectedAnswerError:
        """Make the error for an answer outside the protocol."""
        return unexpected(self.response, provider=PROVIDER, missing=missing)


def pipeline(
    target: Target, requests: Sequence[Json], *, baton: str | None = None, kind: CallKind
) -> Request:
    """Make the request that sends a pipeline."""
    return json_request(
        "POST",
        f"{target.base_url}/v2/pipeline",
        {"baton": baton, "requests": list(requests)},
        headers=_headers(target),
        kind=kind,
    )


def written_pipeline(
    target: Target, steps: Sequence[Step], arguments: Mapping[int, str], *, kind: CallKind
) -> Request:
    """Make the request of one batch and a close, some of whose arguments are written already.

    Args:
        target: Where it goes.
        steps: The batch.
        arguments: By the position of the step: JSON values with commas between them.
        kind: What the call does when it is sent twice.
    """
    texts = [json.dumps(_step(step), separators=(",", ":"), ensure_ascii=False) for step in steps]
    for position, values in arguments.items():
        texts[position] = f'{_STEP}"args":[{values}],{texts[position][len(_STEP) :]}'
    batch = f'{{"type":"batch","batch":{{"steps":[{",".join(texts)}]}}}}'
    return Request(
        method="POST",
        url=f"{target.base_url}/v2/pipeline",
        headers={**_headers(target), "Content-Type": "application/json"},
        content=f'{{"baton":null,"requests":[{batch},{{"type":"close"}}]}}'.encode(),
        kind=kind,
    )


def version(target: Target) -> Request:
    """Make the request that asks for the server's name and version."""
    return Request(method="GET", url=f"{target.base_url}/version", headers=_headers(target))


def read_version(target: Target, response: Response) -> str:
    """Read the server's name and version.

    Raises:
        ApiError: The server refused.
    """
    if not response.ok:
        raise refusal(response, token=target.token, in_stream=False)
    return response.text.strip()


def read_answer(target: Target, response: Response, *, count: int, in_stream: bool) -> Answer:
    """Read the answer to a pipeline of ``count`` requests.

    Raises:
        ApiError: The server refused the whole request, or its answer is not Hrana.
        DatabaseError: The stream is over, or the database is blocked.
    """
    if not response.ok:
        raise refusal(response, token=target.token, in_stream=in_stream)
    body = response.json()
    results = body.get("results") if isinstance(body, dict) else None
    if not isinstance(results, list):
        raise unexpected(response, provider=PROVIDER, missing="list `results`")
    if len(results) != count:
        raise unexpected(response, provider=PROVIDER, missing=f"{count} results")
    return Answer(
        results=tuple(_result(each, target, response) for each in results),
        baton=_text_or_none(body.get("baton")),
        base_url=_text_or_none(body.get("base_url")),
        size=len(response.content),
        response=response,
    )


def kind_of(statements: Sequence[Statement], *, repeatable: bool) -> CallKind:
    """Whether statements may be sent again when the answer was lost."""
    if all(first_keyword(each.sql) in _READING for each in statements):
        return CallKind.READ
    return CallKind.REPLACE if repeatable else CallKind.CREATE


def execute(statement: Statement) -> Json:
    """Make the request that runs one statement."""
    return {"type": "execute", "stmt": _statement(statement)}


def batch(steps: Sequence[Step]) -> Json:
    """Make the request that runs steps on conditions."""
    return {"type": "batch", "batch": {"steps": [_step(step) for step in steps]}}


def describe(sql: str) -> Json:
    """Make the request that describes a statement."""
    return {"type": "describe", "sql": checked_sql(sql)}


def checked_sql(sql: str) -> str:
    """Return the text of a statement when the server would read all of it.

    Several statements in one text are refused here: sqld drops what it cannot parse after the
    first one without a word (run: ``CREATE TABLE t(a); nonsense`` succeeds).

    Raises:
        ConfigurationError: It holds NUL or several statements, or is not valid Unicode.
    """
    if "\x00" in sql:
        raise ConfigurationError(
            "the statement holds a NUL character, where SQLite would stop reading",
            hint="Pass the text as an argument; arguments may hold NUL.",
        )
    if ";" in sql and len(split_script(sql)) > 1:
        raise ConfigurationError(
            "the text holds more than one statement",
            hint="Send them with batch() or migrate(); split_script() splits a script.",
        )
    return checked_text(sql)


def read_execute(result: Json, *, exact: bool = True) -> ResultSet:
    """Read the result of one statement.

    Args:
        result: The response inside the answer.
        exact: Whether to refuse an infinity without a sign instead of giving `LOST_INFINITY`.
    """
    return read_rows(result["result"], exact=exact)


def read_rows(result: Json, *, exact: bool = True) -> ResultSet:
    """Read a statement result."""
    columns = tuple(str(each.get("name") or "") for each in result["cols"])
    rows = tuple(tuple(map(decode, row)) for row in result["rows"])
    for row in rows:
        if len(row) != len(columns):
            raise ValueError("value for each column")
        if exact:
            for position, cell in enumerate(row):
                if cell != cell:  # noqa: PLR0124 - only nan differs from itself
                    raise infinity_error(columns[position])
    rowid = result.get("last_insert_rowid")
    return ResultSet(
        columns=columns,
        decltypes=tuple(each.get("decltype") for each in result["cols"]),
        rows=rows,
        affected_row_count=int(result.get("affected_row_count") or 0),
        last_insert_rowid=None if rowid is None else int(rowid),
        rows_read=int(result.get("rows_read") or 0),
        rows_written=int(result.get("rows_written") or 0),
    )


def read_batch(result: Json, *, count: int, target: Target) -> list[StepOutcome]:
    """Read the outcomes of a batch of ``count`` steps."""
    results, errors = result["result"]["step_results"], result["result"]["step_errors"]
    if len(results) != count or len(errors) != count:
        raise ValueError(f"{count} step results")
    return [
        StepOutcome(
            result=None if each is None else read_rows(each),
            error=None
            if error is None
            else statement_error(error, token=target.token, statement=position),
        )
        for position, (each, error) in enumerate(zip(results, errors, strict=True))
    ]


def read_description(result: Json) -> Description:
    """Read the description of a statement."""
    found = result["result"]
    return Description(
        parameters=tuple(each.get("name") for each in found["params"]),
        columns=tuple(
            Column(name=each["name"], decltype=each.get("decltype")) for each in found["cols"]
        ),
        is_explain=bool(found["is_explain"]),
        is_readonly=bool(found["is_readonly"]),
    )


def _headers(target: Target) -> dict[str, str | Secret]:
    headers: dict[str, str | Secret] = {}
    if target.token is not None:
        headers["Authorization"] = bearer(target.token)
    if target.base_url.startswith("http:"):
        # Packed answers come in chunks of some 64 bytes (run with sqld), which takes longer to read
        # than the bytes that they save on the way from this machine.
        headers["Accept-Encoding"] = "identity"
    return headers


def _statement(statement: Statement) -> Json:
    return {"sql": checked_sql(statement.sql), **encode_args(statement.args), "want_rows": True}


def _step(step: Step) -> Json:
    made: Json = {"stmt": _statement(as_statement(step.statement))}
    if step.condition is not None:
        made["condition"] = step.condition.wire
    return made


def _result(result: Any, target: Target, response: Response) -> Json | DatabaseError:
    kind = result.get("type") if isinstance(result, dict) else None
    if kind == "error":
        return statement_error(result.get("error"), token=target.token)
    if kind == "ok" and isinstance(result.get("response"), dict):
        found: Json = result["response"]
        return found
    raise unexpected(response, provider=PROVIDER, missing="readable result")


def _text_or_none(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
