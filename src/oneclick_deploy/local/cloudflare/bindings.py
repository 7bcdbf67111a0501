"""The server behind the bindings of the running workers: ASSETS, D1 and KV.

Every request carries a capability that ``workerd`` adds, so that neither the worker's own code nor
any other program on this machine can reach a binding it was not given.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Callable
from enum import StrEnum
from typing import Any
from urllib.parse import unquote

from attrs import frozen
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from oneclick_deploy.local.cloudflare.d1_database import (
    D1File,
    Statement,
    StatementError,
    split_statements,
)
from oneclick_deploy.local.cloudflare.envelope import read_body
from oneclick_deploy.local.cloudflare.errors import Refusal
from oneclick_deploy.local.cloudflare.kv_entries import (
    MAX_LIST,
    KvError,
    KvFile,
    check_key,
    make_entry,
)
from oneclick_deploy.local.cloudflare.models import KvEntry
from oneclick_deploy.local.cloudflare.storage import Storage
from oneclick_deploy.local.server import AsgiApp, Receive, Scope, Send
from oneclick_deploy.local.workerd.config import CAPABILITY_HEADER

MAX_BULK_KEYS = 100


class BindingKind(StrEnum):
    """What a capability gives access to."""

    ASSETS = "assets"
    D1 = "d1"
    KV = "kv"


@frozen(kw_only=True)
class Grant:
    """A capability's meaning: the kind, and the id of the resource."""

    kind: BindingKind
    target: str


class Bindings:
    """An ASGI app that answers what workers ask their bindings.

    Args:
        storage: D1 and KV.
        static_app: Gives the app that serves a deployment's files.
    """

    def __init__(self, *, storage: Storage, static_app: Callable[[str], AsgiApp | None]) -> None:
        self._storage = storage
        self._static_app = static_app
        self._grants: dict[str, Grant] = {}
        self._tokens: dict[Grant, str] = {}

    def grant(self, kind: BindingKind, target: str) -> str:
        """Return the capability for a resource; the same one each time."""
        grant = Grant(kind=kind, target=target)
        if grant not in self._tokens:
            token = secrets.token_urlsafe(24)
            self._tokens[grant] = token
            self._grants[token] = grant
        return self._tokens[grant]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request of a worker."""
        request = Request(scope, receive)
        grant = self._grants.get(request.headers.get(CAPABILITY_HEADER, ""))
        app = self._app_for(grant, request) if grant is not None else None
        if app is None:
            app = PlainTextResponse("no such binding", status_code=403)
        await app(scope, receive, send)

    def _app_for(self, grant: Grant, request: Request) -> AsgiApp | None:
        if grant.kind is BindingKind.ASSETS:
            return self._static_app(grant.target)

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            response = await self._answer(grant, request)
            await response(scope, receive, send)

        return answer

    async def _answer(self, grant: Grant, request: Request) -> Response:
        try:
            if grant.kind is BindingKind.D1:
                return await answer_d1(self._storage.d1(grant.target), request)
            return await answer_kv(self._storage.kv(grant.target), request)
        except KvError as error:
            return PlainTextResponse(str(error), status_code=error.status)
        except Refusal as refusal:
            if grant.kind is BindingKind.D1:
                return JSONResponse({"success": False, "error": refusal.message}, 500)
            return PlainTextResponse(refusal.message, status_code=refusal.status)


async def answer_d1(file: D1File, request: Request) -> Response:
    """Answer the D1 binding: ``/query`` and ``/execute`` with one statement or a list."""
    try:
        document = json.loads(await read_body(request))
        queries = document if isinstance(document, list) else [document]
        statements = [
            Statement(sql=sql, params=query.get("params") or [])
            for query in queries
            for sql in _single(query["sql"])
        ]
    except StatementError as error:
        return JSONResponse({"success": False, "error": str(error)}, 500)
    except (ValueError, TypeError, KeyError, AttributeError):
        return JSONResponse({"success": False, "error": "The query is malformed."}, 400)
    if not statements:
        return JSONResponse({"success": False, "error": "No SQL statements detected."}, 500)
    try:
        results = await asyncio.to_thread(file.run, statements)
    except StatementError as error:
        # The binding reads the error from the document, whatever the status.
        return JSONResponse({"success": False, "error": str(error)}, 500)
    rows_wanted = request.query_params.get("resultsFormat") != "NONE"
    answers: list[dict[str, Any]] = []
    for result in results:
        answer: dict[str, Any] = {"success": True, "meta": result.meta}
        if rows_wanted:
            answer["results"] = {"columns": result.columns, "rows": result.rows}
        answers.append(answer)
    return JSONResponse(answers if isinstance(document, list) else answers[-1])


async def answer_kv(file: KvFile, request: Request) -> Response:
    """Answer the KV binding: a value by its key, the list, and many values at once."""
    raw_path = request.scope["raw_path"].decode("latin-1").partition("?")[0].lstrip("/")
    if request.method == "POST" and raw_path == "bulk/get":
        return _many(file, json.loads(await read_body(request)))
    if not raw_path:
        return _listed(file, request)
    key = unquote(raw_path)
    check_key(key)
    if request.method == "GET":
        return _one(file.get(key))
    if request.method == "PUT":
        metadata = request.headers.get("cf-kv-metadata")
        entry = make_entry(
            key=key,
            value=await read_body(request),
            expiration=request.query_params.get("expiration"),
            expiration_ttl=request.query_params.get("expiration_ttl"),
            metadata=json.loads(metadata) if metadata else None,
        )
        file.put(entry)
        return Response()
    if request.method == "DELETE":
        file.delete(key)
        return Response()
    return Response(status_code=405)


def _single(sql: str) -> list[str]:
    """A statement as it is; a text of several statements as its parts."""
    parts = split_statements(sql)
    return parts if len(parts) != 1 else [sql]


def _one(entry: KvEntry | None) -> Response:
    if entry is None:
        return PlainTextResponse("Not Found", status_code=404)
    headers = {}
    if entry.expiration is not None:
        headers["cf-expiration"] = str(entry.expiration)
    if entry.metadata is not None:
        headers["cf-kv-metadata"] = json.dumps(entry.metadata)
    return Response(entry.value, headers=headers)


def _listed(file: KvFile, request: Request) -> Response:
    limit = request.query_params.get("key_count_limit", str(MAX_LIST))
    if not limit.isdigit() or not 1 <= int(limit) <= MAX_LIST:
        raise KvError(400, f"Invalid key_count_limit of {limit}.")
    entries, cursor = file.list(
        prefix=request.query_params.get("prefix", ""),
        limit=int(limit),
        cursor=request.query_params.get("cursor", ""),
    )
    keys = [
        {
            "name": entry.key,
            **({"expiration": entry.expiration} if entry.expiration is not None else {}),
            # The runtime wants the metadata as text.
            **({"metadata": json.dumps(entry.metadata)} if entry.metadata is not None else {}),
        }
        for entry in entries
    ]
    document: dict[str, Any] = {"keys": keys, "list_complete": not cursor, "cacheStatus": None}
    if cursor:
        document["cursor"] = cursor
    return JSONResponse(document)


def _many(file: KvFile, wanted: dict[str, Any]) -> Response:
    keys = wanted.get("keys") or []
    if not 1 <= len(keys) <= MAX_BULK_KEYS:
        raise KvError(400, f"You can request 1 to {MAX_BULK_KEYS} keys.")
    values: dict[str, Any] = {}
    for key in keys:
        check_key(key)
        entry = file.get(key)
        value: Any = None if entry is None else entry.value.decode("utf-8", errors="replace")
        if value is not None and wanted.get("type") == "json":
            value = json.loads(value)
        if entry is not None and wanted.get("withMetadata"):
            value = {"value": value, "metadata": entry.metadata}
        values[key] = value
    return JSONResponse(values)
