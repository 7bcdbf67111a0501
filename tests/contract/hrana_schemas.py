"""Hrana over HTTP (versions 2 and 3, JSON) as strict JSON Schemas.

The protocol has no machine-readable description. These follow docs/HRANA_2_SPEC.md and
docs/HRANA_3_SPEC.md of libsql as far as facts/turso.md, section 3, has seen a real server do it.
"""

from __future__ import annotations

from jsonschema_rs import Draft202012Validator

from .schemas import Json, compiled

REQUEST_TYPES = ("execute", "batch", "sequence", "describe", "store_sql", "close_sql", "close")
REQUEST_TYPES_OF_3 = (*REQUEST_TYPES, "get_autocommit")

_TEXT: Json = {"type": "string"}
_COUNT: Json = {"type": "integer", "minimum": 0}
_FLAG: Json = {"type": "boolean"}


def _exactly(required: dict[str, Json], optional: dict[str, Json] | None = None) -> Json:
    return {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": list(required),
        "additionalProperties": False,
    }


def _by_type(alternatives: dict[str, Json]) -> Json:
    """Choose by the field ``type``, so that a complaint names the field and not the choice."""
    return {
        "type": "object",
        "properties": {"type": {"enum": list(alternatives)}},
        "required": ["type"],
        "allOf": [
            {
                "if": {"properties": {"type": {"const": name}}, "required": ["type"]},
                "then": {**shape, "properties": {"type": {}, **shape["properties"]}},
            }
            for name, shape in alternatives.items()
        ],
    }


def _list_of(items: Json) -> Json:
    return {"type": "array", "items": items}


def _or_null(schema: Json) -> Json:
    return {"anyOf": [schema, {"type": "null"}]}


def _ref(name: str) -> Json:
    return {"$ref": f"#/$defs/{name}"}


def _up_to(bound: str) -> str:
    """Write the pattern of the decimal numbers from 0 to a bound, without leading zeros."""
    shorter = f"[1-9][0-9]{{0,{len(bound) - 2}}}"
    same_length = [
        f"{bound[:place]}[{1 if place == 0 else 0}-{int(digit) - 1}][0-9]{{{len(bound) - place - 1}}}"
        for place, digit in enumerate(bound)
        if int(digit) > (1 if place == 0 else 0)
    ]
    return "|".join(["0", shorter, *same_length, bound])


# A JSON number, or one out of the range of i64, is answered with 400 for the whole pipeline.
_INTEGER: Json = {
    "type": "string",
    "pattern": f"^(?:{_up_to(str(2**63 - 1))}|-(?:{_up_to(str(2**63))}))$",
}
_QUADS = "^(?:[A-Za-z0-9+/]{4})*"
_BASE64 = f"{_QUADS}(?:[A-Za-z0-9+/]{{2}}(?:==)?|[A-Za-z0-9+/]{{3}}=?)?$"
_UNPADDED_BASE64 = f"{_QUADS}(?:[A-Za-z0-9+/]{{2,3}})?$"


def _value(*, floats: Json, base64: str) -> Json:
    return _by_type(
        {
            "null": _exactly({}),
            "integer": _exactly({"value": _INTEGER}),
            "float": _exactly({"value": floats}),
            "text": _exactly({"value": _TEXT}),
            "blob": _exactly({"base64": {"type": "string", "pattern": base64}}),
        }
    )


_SQL: Json = {"oneOf": [{"required": ["sql"]}, {"required": ["sql_id"]}]}
_STATEMENT: Json = _SQL | _exactly(
    {},
    {
        "sql": _TEXT,
        "sql_id": {"type": "integer"},
        "args": _list_of(_ref("value")),
        "named_args": _list_of(_exactly({"name": _TEXT, "value": _ref("value")})),
        "want_rows": _FLAG,
    },
)
_SQL_ONLY: Json = _SQL | _exactly({}, {"sql": _TEXT, "sql_id": {"type": "integer"}})


def _condition(*, version: int) -> Json:
    several = _exactly({"conds": _list_of(_ref("condition"))})
    alternatives = {
        "ok": _exactly({"step": _COUNT}),
        "error": _exactly({"step": _COUNT}),
        "not": _exactly({"cond": _ref("condition")}),
        "and": several,
        "or": several,
    }
    if version >= 3:
        alternatives["is_autocommit"] = _exactly({})
    return _by_type(alternatives)


def pipeline_request(version: int) -> Draft202012Validator:
    """Compile the body of ``POST /v2/pipeline`` or ``/v3/pipeline``."""
    step = _exactly({"stmt": _ref("statement")}, {"condition": _or_null(_ref("condition"))})
    requests = {
        "execute": _exactly({"stmt": _ref("statement")}),
        "batch": _exactly({"batch": _exactly({"steps": _list_of(step)})}),
        "sequence": _SQL_ONLY,
        "describe": _SQL_ONLY,
        "store_sql": _exactly({"sql_id": {"type": "integer"}, "sql": _TEXT}),
        "close_sql": _exactly({"sql_id": {"type": "integer"}}),
        "close": _exactly({}),
    }
    if version >= 3:
        requests["get_autocommit"] = _exactly({})
    body = _exactly({"requests": _list_of(_by_type(requests))}, {"baton": _or_null(_TEXT)})
    definitions = {
        "value": _value(floats={"type": "number"}, base64=_BASE64),
        "statement": _STATEMENT,
        "condition": _condition(version=version),
    }
    return compiled({**body, "$defs": definitions})


def pipeline_response(version: int) -> Draft202012Validator:
    """Compile the answer to a pipeline."""
    column = _exactly({"name": _or_null(_TEXT)}, {"decltype": _or_null(_TEXT)})
    # sqld and the cloud count what a statement cost; the protocol's text does not have it.
    cost = {
        "replication_index": _or_null(_TEXT),
        "rows_read": _COUNT,
        "rows_written": _COUNT,
        "query_duration_ms": {"type": "number", "minimum": 0},
    }
    result = _exactly(
        {
            "cols": _list_of(column),
            "rows": _list_of(_list_of(_ref("value"))),
            "affected_row_count": _COUNT,
            "last_insert_rowid": _or_null(_INTEGER),
        },
        cost,
    )
    batch = _exactly(
        {
            "step_results": _list_of(_or_null(_ref("result"))),
            "step_errors": _list_of(_or_null(_ref("error"))),
        },
        {"replication_index": _or_null(_TEXT)},
    )
    description = _exactly(
        {
            "params": _list_of(_exactly({"name": _or_null(_TEXT)})),
            "cols": _list_of(column),
            "is_explain": _FLAG,
            "is_readonly": _FLAG,
        }
    )
    responses = {
        "execute": _exactly({"result": _ref("result")}),
        "batch": _exactly({"result": batch}),
        "describe": _exactly({"result": description}),
    } | {name: _exactly({}) for name in ("sequence", "store_sql", "close_sql", "close")}
    if version >= 3:
        responses["get_autocommit"] = _exactly({"is_autocommit": _FLAG})
    outcome = _by_type(
        {
            "ok": _exactly({"response": _by_type(responses)}),
            "error": _exactly({"error": _ref("error")}),
        }
    )
    body = _exactly(
        {"baton": _or_null(_TEXT), "base_url": _or_null(_TEXT), "results": _list_of(outcome)}
    )
    definitions = {
        # Infinity comes back as a float whose value is null.
        "value": _value(floats={"type": ["number", "null"]}, base64=_UNPADDED_BASE64),
        "result": result,
        "error": _exactly({"message": _TEXT}, {"code": _or_null(_TEXT)}),
    }
    return compiled({**body, "$defs": definitions})
