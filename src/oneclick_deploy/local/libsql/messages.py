"""Client messages of Hrana over HTTP, read strictly: what sqld refuses with 400 is refused here."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final, NoReturn

from attrs import field, frozen

from oneclick_deploy.local.libsql.refusals import ProtocolError, unreadable
from oneclick_deploy.local.libsql.values import SqlValue, decode_text, decode_value

# Conditions nest; a client has no use for more, and the reader recurses.
_CONDITION_DEPTH: Final = 60
_SQL_ID_MIN: Final = -(2**31)
_SQL_ID_MAX: Final = 2**31 - 1


@frozen(kw_only=True)
class SqlText:
    """A text, or the id of a stored one."""

    sql: str | None
    sql_id: int | None


@frozen(kw_only=True)
class StatementMessage:
    """A statement with its arguments."""

    text: SqlText
    args: tuple[SqlValue, ...] = ()
    named_args: tuple[tuple[str, SqlValue], ...] = ()
    want_rows: bool = True


@frozen(kw_only=True)
class Condition:
    """When a step of a batch runs."""

    kind: str
    step: int = 0
    conditions: tuple[Condition, ...] = ()


@frozen(kw_only=True)
class Step:
    """One step of a batch."""

    statement: StatementMessage
    condition: Condition | None


@frozen(kw_only=True)
class Batch:
    """Steps that run in order."""

    steps: tuple[Step, ...]


@frozen(kw_only=True)
class Request:
    """One request of a pipeline; which fields are set depends on the type."""

    type: str
    statement: StatementMessage | None = None
    batch: Batch | None = None
    text: SqlText = field(default=SqlText(sql=None, sql_id=None))


@frozen(kw_only=True)
class PipelineMessage:
    """The body of ``POST /v2/pipeline`` and ``/v3/pipeline``."""

    baton: str | None
    requests: tuple[Request, ...]


@frozen(kw_only=True)
class CursorMessage:
    """The body of ``POST /v3/cursor``."""

    baton: str | None
    batch: Batch


def read_json(body: bytes) -> Any:
    """Read the JSON of a body; NaN and Infinity are not JSON."""

    def refuse(name: str) -> NoReturn:
        raise unreadable(f"{name} is not JSON")

    try:
        return json.loads(body, parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise unreadable(str(error)) from None


def read_pipeline(raw: Any, *, version: int) -> PipelineMessage:
    """Read a pipeline. ``version`` 2 knows neither get_autocommit nor is_autocommit."""
    body = _object(raw, "the body")
    requests = body.get("requests")
    if not isinstance(requests, list):
        raise unreadable("missing field `requests`")
    return PipelineMessage(
        baton=_baton(body),
        requests=tuple(_request(item, version) for item in requests),
    )


def read_cursor(raw: Any) -> CursorMessage:
    """Read the body of a cursor request."""
    body = _object(raw, "the body")
    return CursorMessage(baton=_baton(body), batch=_batch(body.get("batch"), 3))


def _object(raw: Any, what: str) -> Mapping[str, Any]:
    if not isinstance(raw, dict):
        raise unreadable(f"{what} is an object")
    return raw


def _baton(body: Mapping[str, Any]) -> str | None:
    baton = body.get("baton")
    if baton is not None and not isinstance(baton, str):
        raise unreadable("a baton is a string")
    return baton


def _request(raw: Any, version: int) -> Request:
    body = _object(raw, "a request")
    kind = body.get("type")
    reader = _READERS.get(kind) if isinstance(kind, str) else None
    if reader is None:
        raise unreadable(
            f"unknown variant `{str(kind)[:40]}`, expected one of "
            + ", ".join(f"`{name}`" for name in _READERS)
        )
    return reader(body, version)


def _read_plain(body: Mapping[str, Any], _version: int) -> Request:
    return Request(type=body["type"])


def _read_autocommit(body: Mapping[str, Any], version: int) -> Request:
    if version < 3:
        raise ProtocolError(
            "The `get_autocommit` request is only supported in protocol version hrana3 and higher"
        )
    return Request(type=body["type"])


def _read_execute(body: Mapping[str, Any], _version: int) -> Request:
    return Request(type="execute", statement=_statement(body.get("stmt")))


def _read_batch(body: Mapping[str, Any], version: int) -> Request:
    return Request(type="batch", batch=_batch(body.get("batch"), version))


def _read_text(body: Mapping[str, Any], _version: int) -> Request:
    return Request(type=body["type"], text=_sql_text(body))


def _read_store(body: Mapping[str, Any], _version: int) -> Request:
    text = SqlText(
        sql=decode_text(body.get("sql"), what="the field `sql`"), sql_id=_sql_id(body, needed=True)
    )
    return Request(type="store_sql", text=text)


def _read_close_sql(body: Mapping[str, Any], _version: int) -> Request:
    return Request(type="close_sql", text=SqlText(sql=None, sql_id=_sql_id(body, needed=True)))


_READERS: Final[Mapping[str, Callable[[Mapping[str, Any], int], Request]]] = {
    "close": _read_plain,
    "execute": _read_execute,
    "batch": _read_batch,
    "sequence": _read_text,
    "describe": _read_text,
    "store_sql": _read_store,
    "close_sql": _read_close_sql,
    "get_autocommit": _read_autocommit,
}


def _sql_text(body: Mapping[str, Any]) -> SqlText:
    raw = body.get("sql")
    sql = None if raw is None else decode_text(raw, what="the field `sql`")
    sql_id = _sql_id(body, needed=False)
    if sql is None and sql_id is None:
        raise ProtocolError("Either `sql` or `sql_id` are required")
    if sql is not None and sql_id is not None:
        raise ProtocolError("Either `sql` or `sql_id` are required, but not both")
    return SqlText(sql=sql, sql_id=sql_id)


def _sql_id(body: Mapping[str, Any], *, needed: bool) -> int | None:
    raw = body.get("sql_id")
    if raw is None and not needed:
        return None
    if isinstance(raw, bool) or not isinstance(raw, int) or not _SQL_ID_MIN <= raw <= _SQL_ID_MAX:
        raise unreadable("the field `sql_id` is a 32-bit integer")
    return raw


def _statement(raw: Any) -> StatementMessage:
    body = _object(raw, "the field `stmt`")
    want_rows = body.get("want_rows", True)
    if want_rows is not None and not isinstance(want_rows, bool):
        raise unreadable("the field `want_rows` is a boolean")
    return StatementMessage(
        text=_sql_text(body),
        args=tuple(decode_value(item) for item in _list(body, "args")),
        named_args=tuple(_named(item) for item in _list(body, "named_args")),
        want_rows=want_rows is not False,
    )


def _list(body: Mapping[str, Any], name: str) -> list[Any]:
    raw = body.get(name, [])
    if not isinstance(raw, list):
        raise unreadable(f"the field `{name}` is a sequence")
    return raw


def _named(raw: Any) -> tuple[str, SqlValue]:
    body = _object(raw, "a named argument")
    name = decode_text(body.get("name"), what="the name of an argument")
    return name, decode_value(body.get("value"))


def _batch(raw: Any, version: int) -> Batch:
    body = _object(raw, "the field `batch`")
    steps = body.get("steps")
    if not isinstance(steps, list):
        raise unreadable("missing field `steps`")
    return Batch(
        steps=tuple(_step(item, number, version) for number, item in enumerate(steps)),
    )


def _step(raw: Any, number: int, version: int) -> Step:
    body = _object(raw, "a step")
    condition = body.get("condition")
    return Step(
        statement=_statement(body.get("stmt")),
        condition=None if condition is None else _condition(condition, number, version, 0),
    )


def _condition(raw: Any, number: int, version: int, depth: int) -> Condition:
    body = _object(raw, "a condition")
    kind = body.get("type")
    if depth > _CONDITION_DEPTH:
        raise unreadable("recursion limit exceeded")
    if kind in {"ok", "error"}:
        step = body.get("step")
        if isinstance(step, bool) or not isinstance(step, int) or step < 0:
            raise unreadable("the field `step` is an unsigned integer")
        if step >= number:
            raise ProtocolError("Invalid reference to step in a batch condition")
        return Condition(kind=kind, step=step)
    if kind == "not":
        inner = _condition(body.get("cond"), number, version, depth + 1)
        return Condition(kind=kind, conditions=(inner,))
    if kind in {"and", "or"}:
        conditions = tuple(
            _condition(item, number, version, depth + 1) for item in _list(body, "conds")
        )
        return Condition(kind=kind, conditions=conditions)
    if kind == "is_autocommit":
        if version < 3:
            raise ProtocolError(
                "BatchCond of type `is_autocommit` is only supported in protocol version "
                "hrana3 and higher"
            )
        return Condition(kind=kind)
    raise unreadable(f"unknown variant `{str(kind)[:40]}`, expected a kind of condition")
