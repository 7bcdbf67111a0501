"""KV namespaces over REST; the running workers use the same files."""

from __future__ import annotations

import base64
import binascii
import json
import sqlite3
import uuid
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from oneclick_deploy.local.cloudflare.account import Account
from oneclick_deploy.local.cloudflare.envelope import (
    page_of,
    read_body,
    read_json,
    read_object,
    success,
    text_field,
)
from oneclick_deploy.local.cloudflare.errors import (
    key_not_found,
    kv_refused,
    malformed,
    namespace_exists,
    namespace_not_found,
)
from oneclick_deploy.local.cloudflare.kv_entries import KvError, KvFile, check_key, make_entry
from oneclick_deploy.local.cloudflare.models import Json, KvEntry, KvNamespace
from oneclick_deploy.local.cloudflare.multipart import parse_form

MAX_BULK = 10_000
_ALL = "/accounts/{account}/storage/kv/namespaces"


class KvRoutes:
    """The operations.

    Args:
        account: The emulated account.
    """

    def __init__(self, account: Account) -> None:
        self._account = account
        self._state = account.state

    def routes(self) -> list[Route]:
        """Paths and methods."""
        one = f"{_ALL}/{{namespace}}"
        # Keys may hold slashes; the path parameter takes the rest of the path.
        value = f"{one}/values/{{key:path}}"
        return [
            Route(_ALL, self.list_all, methods=["GET"]),
            Route(_ALL, self.create, methods=["POST"]),
            Route(one, self.get, methods=["GET"]),
            Route(one, self.rename, methods=["PUT"]),
            Route(one, self.delete, methods=["DELETE"]),
            Route(f"{one}/keys", self.keys, methods=["GET"]),
            Route(f"{one}/bulk", self.write_many, methods=["PUT"]),
            Route(f"{one}/bulk/delete", self.delete_many, methods=["POST"]),
            Route(f"{one}/bulk/get", self.read_many, methods=["POST"]),
            Route(f"{one}/metadata/{{key:path}}", self.metadata, methods=["GET"]),
            Route(value, self.read, methods=["GET"]),
            Route(value, self.write, methods=["PUT"]),
            Route(value, self.remove, methods=["DELETE"]),
        ]

    async def list_all(self, request: Request) -> Response:
        """A page of the namespaces."""
        self._account.admit(request)
        return page_of(request, [_shape(n) for n in self._state.namespaces()], per_page=20)

    async def create(self, request: Request) -> Response:
        """Create a namespace."""
        self._account.admit(request)
        title = text_field(await read_object(request), "title")
        return self._saved(KvNamespace(id=uuid.uuid4().hex, title=title))

    async def get(self, request: Request) -> Response:
        """Read a namespace."""
        self._account.admit(request)
        return success(_shape(self._namespace(request)))

    async def rename(self, request: Request) -> Response:
        """Change the title of a namespace."""
        self._account.admit(request)
        namespace = self._namespace(request)
        title = text_field(await read_object(request), "title")
        return self._saved(KvNamespace(id=namespace.id, title=title))

    async def delete(self, request: Request) -> Response:
        """Delete a namespace and its values."""
        self._account.admit(request)
        self._account.storage.drop_kv(self._namespace(request).id)
        return success({})

    async def keys(self, request: Request) -> Response:
        """List keys in order."""
        file = self._file(request)
        limit = request.query_params.get("limit", "1000")
        if not (limit.isdigit() and 10 <= int(limit) <= 1000):
            raise kv_refused("limit must be between 10 and 1000")
        try:
            entries, cursor = file.list(
                prefix=request.query_params.get("prefix", ""),
                limit=int(limit),
                cursor=request.query_params.get("cursor", ""),
            )
        except KvError as error:
            raise kv_refused(str(error)) from error
        info = {"count": len(entries), "cursor": cursor}
        return success([_key_shape(entry) for entry in entries], info=info)

    async def read(self, request: Request) -> Response:
        """Read a value, as its bytes."""
        entry = self._entry(request)
        headers = {"expiration": str(entry.expiration)} if entry.expiration is not None else {}
        return Response(entry.value, media_type="application/octet-stream", headers=headers)

    async def metadata(self, request: Request) -> Response:
        """Read the metadata of a value."""
        return success(self._entry(request).metadata)

    async def write(self, request: Request) -> Response:
        """Write a value: the body, or a form with the value and its metadata."""
        file = self._file(request)
        body = await read_body(request)
        metadata: Any = None
        content_type = request.headers.get("content-type", "")
        if content_type.startswith("multipart/form-data"):
            parts = parse_form(body, content_type=content_type)
            if "value" not in parts:
                raise malformed('The form needs the field "value".')
            body = parts["value"].content
            metadata = _read_metadata(parts["metadata"].content) if "metadata" in parts else None
        file.put(
            _entry(
                key=request.path_params["key"],
                value=body,
                expiration=request.query_params.get("expiration"),
                expiration_ttl=request.query_params.get("expiration_ttl"),
                metadata=metadata,
            )
        )
        return success({})

    async def remove(self, request: Request) -> Response:
        """Remove a value. A missing one is fine."""
        self._file(request).delete(request.path_params["key"])
        return success({})

    async def write_many(self, request: Request) -> Response:
        """Write many values."""
        file = self._file(request)
        document = await read_json(request)
        entries = [_bulk_entry(item) for item in _limited_list(document)]
        for entry in entries:
            file.put(entry)
        return success({"successful_key_count": len(entries), "unsuccessful_keys": []})

    async def delete_many(self, request: Request) -> Response:
        """Remove many values."""
        file = self._file(request)
        keys = _limited_list(await read_json(request))
        if not all(isinstance(key, str) for key in keys):
            raise malformed("The request body must be a list of texts.")
        for key in keys:
            file.delete(key)
        return success({"successful_key_count": len(keys), "unsuccessful_keys": []})

    async def read_many(self, request: Request) -> Response:
        """Read many values."""
        file = self._file(request)
        document = await read_object(request)
        keys = document.get("keys")
        if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
            raise malformed('The field "keys" must be a list of texts.')
        if not 1 <= len(keys) <= 100:
            raise kv_refused("1 to 100 keys can be read at once")
        found = {key: file.get(key) for key in keys}
        # The document has no null in this place: a missing key is left out.
        values = {
            key: _bulk_value(entry, document) for key, entry in found.items() if entry is not None
        }
        return success({"values": values})

    def _saved(self, namespace: KvNamespace) -> Response:
        try:
            self._state.save_namespace(namespace)
        except sqlite3.IntegrityError as error:
            raise namespace_exists() from error
        return success(_shape(namespace))

    def _namespace(self, request: Request) -> KvNamespace:
        for namespace in self._state.namespaces():
            if namespace.id == request.path_params["namespace"]:
                return namespace
        raise namespace_not_found()

    def _file(self, request: Request) -> KvFile:
        self._account.admit(request)
        return self._account.storage.kv(self._namespace(request).id)

    def _entry(self, request: Request) -> KvEntry:
        key = request.path_params["key"]
        file = self._file(request)
        try:
            check_key(key)
        except KvError as error:
            raise kv_refused(str(error)) from error
        entry = file.get(key)
        if entry is None:
            raise key_not_found()
        return entry


def _shape(namespace: KvNamespace) -> Json:
    return {"id": namespace.id, "title": namespace.title, "supports_url_encoding": True}


def _key_shape(entry: KvEntry) -> Json:
    shape: Json = {"name": entry.key}
    if entry.expiration is not None:
        shape["expiration"] = entry.expiration
    if entry.metadata is not None:
        shape["metadata"] = entry.metadata
    return shape


def _limited_list(document: Any) -> list[Any]:
    if not isinstance(document, list):
        raise malformed("The request body must be a list.")
    if len(document) > MAX_BULK:
        raise kv_refused(f"more than {MAX_BULK} keys")
    return document


def _bulk_entry(item: Any) -> KvEntry:
    if not isinstance(item, dict):
        raise malformed("Every entry must be an object.")
    key, value = item.get("key"), item.get("value")
    if not isinstance(key, str) or not isinstance(value, str):
        raise malformed("Every entry needs the texts key and value.")
    content = value.encode("utf-8", errors="replace")
    if item.get("base64"):
        try:
            content = base64.b64decode(value, validate=True)
        except (ValueError, binascii.Error) as error:
            raise malformed(f"The value of {key!r} is not base64.") from error
    return _entry(
        key=key,
        value=content,
        expiration=item.get("expiration"),
        expiration_ttl=item.get("expiration_ttl"),
        metadata=item.get("metadata"),
    )


def _entry(
    *, key: str, value: bytes, expiration: object, expiration_ttl: object, metadata: Any
) -> KvEntry:
    try:
        return make_entry(
            key=key,
            value=value,
            expiration=expiration,
            expiration_ttl=expiration_ttl,
            metadata=metadata,
        )
    except KvError as error:
        raise kv_refused(str(error)) from error


def _read_metadata(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise malformed("The metadata is not valid JSON.") from error


def _bulk_value(entry: KvEntry, document: Json) -> Any:
    value: Any = entry.value.decode("utf-8", errors="replace")
    if document.get("type") == "json":
        value = _read_metadata(entry.value)
    if document.get("withMetadata"):
        return {"value": value, "metadata": entry.metadata, "expiration": entry.expiration}
    return value
