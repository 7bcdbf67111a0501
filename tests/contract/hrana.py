"""What a database host is sent and answers: SQL over Hrana, and a whole database file.

Facts: turso.md, sections 3 and 4. Statuses from 400 on mean that the stream is lost; their body may
be ``{"message", "code"}``, ``{"error"}`` or plain text, so only their shape as JSON is checked.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

from jsonschema_rs import Draft202012Validator

from .database_file import check_database_file
from .hrana_schemas import (
    REQUEST_TYPES,
    REQUEST_TYPES_OF_3,
    pipeline_request,
    pipeline_response,
)
from .messages import Headers, authorization_complaints, header, media_type, parse_json
from .schemas import Json, compiled, read_json

MOST_STORED_SQL = 50  # on one HTTP stream

_PIPELINE = re.compile(r"/v([23])/pipeline")
_TEXTS = ("/v2", "/v3", "/health", "/version", "/dump")
_FILE_UPLOAD = "/v1/upload"
_CHUNK = re.compile(r"/v2/upload/[^/]+/chunk/[0-9]+")
_FINALIZE = re.compile(r"/v2/upload/[^/]+/finalize")


def _exactly(**fields: Json) -> Draft202012Validator:
    return compiled(
        {
            "type": "object",
            "properties": fields,
            "required": list(fields),
            "additionalProperties": False,
        }
    )


_REFUSAL = compiled(
    {
        "anyOf": [
            {"type": "object", "required": ["message"]},
            {"type": "object", "required": ["error"]},
        ]
    }
)
_UPLOAD_START = _exactly(db_size_bytes={"type": "integer", "minimum": 1})
_UPLOAD_STARTED = _exactly(
    chunk_size={"type": "integer", "minimum": 1}, upload_id={"type": "string"}
)


class DatabaseHostContract:
    """Checks the traffic with the host of one database, as :class:`.openapi.Contract` does.

    Args:
        prefix: The path in front of the protocol's own paths.
    """

    provider = "hrana"

    def __init__(self, *, prefix: str = "") -> None:
        self.exercised: Counter[tuple[str, str]] = Counter()
        self._prefix = prefix.rstrip("/")

    @cached_property
    def _requests(self) -> dict[str, Draft202012Validator]:
        return {version: pipeline_request(int(version)) for version in "23"}

    @cached_property
    def _responses(self) -> dict[str, Draft202012Validator]:
        return {version: pipeline_response(int(version)) for version in "23"}

    def operations(self) -> list[tuple[str, str]]:
        """Every known operation; the kinds of requests in a pipeline count as operations."""
        return [
            *(("POST", f"/v2/pipeline {kind}") for kind in REQUEST_TYPES),
            *(("POST", f"/v3/pipeline {kind}") for kind in REQUEST_TYPES_OF_3),
            *(("GET", path) for path in _TEXTS),
            ("POST", _FILE_UPLOAD),
            ("PUT", "/v2/upload/start"),
            ("PUT", "/v2/upload/{upload_id}/chunk/{chunk}"),
            ("PUT", "/v2/upload/{upload_id}/finalize"),
        ]

    def operation(self, method: str, path: str) -> tuple[str, str] | None:
        """Name the operation that a request is; None when it is none."""
        path = path.removeprefix(self._prefix)
        if method == "POST" and (_PIPELINE.fullmatch(path) or path == _FILE_UPLOAD):
            return (method, path)
        if method == "GET" and path in _TEXTS:
            return (method, path)
        if method == "PUT" and path == "/v2/upload/start":
            return (method, path)
        if method == "PUT" and _CHUNK.fullmatch(path):
            return (method, "/v2/upload/{upload_id}/chunk/{chunk}")
        if method == "PUT" and _FINALIZE.fullmatch(path):
            return (method, "/v2/upload/{upload_id}/finalize")
        return None

    def check_request(
        self,
        method: str,
        path: str,
        query: Sequence[tuple[str, str]],
        headers: Headers,
        body: bytes,
    ) -> list[str]:
        """Report what a database host would not understand, and count the operation."""
        operation = self.operation(method, path)
        if operation is None:
            return ["a database host has no such operation"]
        found = [f"query key {name!r} is not documented" for name, _ in query]
        found += authorization_complaints(headers, required=False)
        pipeline = _PIPELINE.fullmatch(operation[1])
        if pipeline:
            return found + self._pipeline_complaints(operation, pipeline[1], headers, body)
        self.exercised[operation] += 1
        if operation[1] == _FILE_UPLOAD:
            return found + check_database_file(body, encrypted=_is_encrypted(headers))
        if operation[1] == "/v2/upload/start":
            return found + read_json(_UPLOAD_START, body)[0]
        if operation[1].endswith("/chunk/{chunk}"):
            return found if body else [*found, "the chunk is empty"]
        return [*found, "a body is sent, and none is documented"] if body else found

    def check_response(
        self,
        method: str,
        path: str,
        status: int,
        headers: Headers,
        body: bytes,
        *,
        asked: bytes = b"",
    ) -> list[str]:
        """Report what a database host would not answer.

        Args:
            asked: The request's body. The results of a pipeline are matched with it.
        """
        operation = self.operation(method, path)
        if status >= 400:
            is_json = media_type(headers) == "application/json"
            return read_json(_REFUSAL, body)[0] if is_json else []
        if operation is None:
            return [f"status {status} for an operation that does not exist"]
        if status != 200 and not (status == 201 and operation[1].endswith("/chunk/{chunk}")):
            return [f"status {status} is not documented (200 is)"]
        pipeline = _PIPELINE.fullmatch(operation[1])
        if pipeline:
            return self._answer_complaints(pipeline[1], headers, body, asked)
        if operation[1] == "/v2/upload/start":
            return read_json(_UPLOAD_STARTED, body)[0]
        must_be_empty = operation[1] in ("/health", _FILE_UPLOAD)
        return ["the answer has a body, and none is documented"] if must_be_empty and body else []

    def _pipeline_complaints(
        self, operation: tuple[str, str], version: str, headers: Headers, body: bytes
    ) -> list[str]:
        if media_type(headers) != "application/json":
            return [f"the content type is {header(headers, 'content-type') or 'absent'}"]
        found, pipeline = read_json(self._requests[version], body)
        if found:
            return found
        for request in pipeline["requests"]:
            self.exercised[(operation[0], f"{operation[1]} {request['type']}")] += 1
        return list(_sequence_complaints(pipeline))

    def _answer_complaints(
        self, version: str, headers: Headers, body: bytes, asked: bytes
    ) -> list[str]:
        if media_type(headers) != "application/json":
            return [f"the content type is {header(headers, 'content-type') or 'absent'}"]
        found, answer = read_json(self._responses[version], body)
        if found:
            return found
        try:
            requests = parse_json(asked)["requests"]
            return list(_match_complaints(requests, answer))
        except (ValueError, LookupError, TypeError):
            return ["a request that cannot be read is answered with 200"] if asked else []


def _is_encrypted(headers: Headers) -> bool:
    return bool(header(headers, "x-turso-encryption-key"))


def _sequence_complaints(pipeline: Json) -> Iterator[str]:
    """Check what one request of a pipeline needs from the ones before it."""
    requests = pipeline["requests"]
    stored: set[int] = set()
    resumed = pipeline.get("baton") is not None
    for position, request in enumerate(requests):
        place = f"body/requests/{position}"
        if request["type"] == "close" and position < len(requests) - 1:
            yield f"{place}: closes the stream before the last request"
        if request["type"] == "store_sql":
            stored.add(request["sql_id"])
        for sql_id in _used_sql(request):
            if sql_id not in stored and not resumed:
                yield f"{place}: uses sql_id {sql_id}, which this stream has not stored"
        if request["type"] == "close_sql":
            stored.discard(request["sql_id"])
        if request["type"] == "batch":
            for index, step in enumerate(request["batch"]["steps"]):
                if any(other >= index for other in _steps_named(step.get("condition"))):
                    yield f"{place}/batch/steps/{index}: depends on a step that comes later"
    if len(stored) > MOST_STORED_SQL:
        yield f"body: stores {len(stored)} statements, {MOST_STORED_SQL} are allowed"


def _used_sql(request: Json) -> Iterator[int]:
    statements = [request.get("stmt", {})] if "stmt" in request else []
    if request["type"] == "batch":
        statements = [step["stmt"] for step in request["batch"]["steps"]]
    if request["type"] in ("sequence", "describe"):
        statements = [request]
    for statement in statements:
        if "sql_id" in statement:
            yield statement["sql_id"]


def _steps_named(condition: Json | None) -> Iterator[int]:
    if condition is None:
        return
    if "step" in condition:
        yield condition["step"]
    for inner in (condition.get("cond"), *condition.get("conds", ())):
        yield from _steps_named(inner)


def _match_complaints(requests: Sequence[Any], answer: Json) -> Iterator[str]:
    """Check that an answer has one result for each request, of the same kind and shape."""
    results = answer["results"]
    if len(results) != len(requests):
        yield f"body/results: {len(results)} for {len(requests)} requests"
        return
    for position, (request, outcome) in enumerate(zip(requests, results, strict=True)):
        if outcome["type"] == "error":
            continue
        place, response = f"body/results/{position}", outcome["response"]
        if response["type"] != request["type"]:
            yield f"{place}: answers {response['type']} to {request['type']}"
        elif request["type"] == "execute":
            yield from _row_complaints(response["result"], place)
        elif request["type"] == "batch":
            yield from _batch_complaints(len(request["batch"]["steps"]), response["result"], place)
        elif request["type"] == "close" and answer["baton"] is not None:
            yield "body/baton: the stream was closed and has a baton"


def _batch_complaints(steps: int, result: Json, place: str) -> Iterator[str]:
    outcomes = list(zip(result["step_results"], result["step_errors"], strict=False))
    if not len(result["step_results"]) == len(result["step_errors"]) == steps:
        yield f"{place}: results and errors are not one for each of {steps} steps"
    for index, (done, error) in enumerate(outcomes):
        if done is not None and error is not None:
            yield f"{place}: step {index} has a result and an error"
        if done is not None:
            yield from _row_complaints(done, f"{place}/step_results/{index}")


def _row_complaints(result: Json, place: str) -> Iterator[str]:
    width = len(result["cols"])
    if any(len(row) != width for row in result["rows"]):
        yield f"{place}: a row has not as many values as there are columns"
