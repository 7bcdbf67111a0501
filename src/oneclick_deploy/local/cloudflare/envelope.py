"""The envelope that every answer of Cloudflare's API comes in, and reading requests."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse

from oneclick_deploy.local.cloudflare.errors import Refusal, malformed

# The largest body that is read: a bucket of 40 MiB of files in base64, with room.
MAX_BODY = 100 * 1024 * 1024
MAX_PER_PAGE = 100


def success(result: Any, *, info: dict[str, Any] | None = None) -> JSONResponse:
    """A successful answer."""
    document = {"result": result, "success": True, "errors": [], "messages": []}
    if info is not None:
        document["result_info"] = info
    return JSONResponse(document)


def failure(refusal: Refusal) -> JSONResponse:
    """An answer that refuses."""
    error = {"code": refusal.code, "message": refusal.message}
    return JSONResponse(
        {"result": None, "success": False, "errors": [error], "messages": []},
        status_code=refusal.status,
    )


def page_of(request: Request, items: Sequence[Any], *, per_page: int) -> JSONResponse:
    """One page of a list, as the ``page`` and ``per_page`` parameters ask."""
    page = _positive(request, "page", default=1)
    size = min(_positive(request, "per_page", default=per_page), MAX_PER_PAGE)
    shown = list(items[(page - 1) * size : page * size])
    info = {
        "page": page,
        "per_page": size,
        "count": len(shown),
        "total_count": len(items),
        "total_pages": -(-len(items) // size),
    }
    return success(shown, info=info)


async def read_body(request: Request, *, limit: int = MAX_BODY) -> bytes:
    """Read the whole body, up to a limit."""
    pieces: list[bytes] = []
    size = 0
    try:
        async for piece in request.stream():
            size += len(piece)
            if size > limit:
                raise Refusal(413, 8000011, "The request body is too large.")
            pieces.append(piece)
    except ClientDisconnect as error:
        raise malformed("The request body is incomplete.") from error
    return b"".join(pieces)


async def read_json(request: Request) -> Any:
    """Read a JSON body of any content type (wrangler sends some of them as text/plain)."""
    body = await read_body(request)
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise malformed("The request body is not valid JSON.") from error


async def read_object(request: Request) -> dict[str, Any]:
    """Read a JSON object."""
    document = await read_json(request)
    if not isinstance(document, dict):
        raise malformed("The request body must be a JSON object.")
    return document


def text_field(document: dict[str, Any], name: str) -> str:
    """Read a required text field."""
    value = document.get(name)
    if not isinstance(value, str) or not value:
        raise malformed(f'The field "{name}" must be a text that is not empty.')
    return value


def _positive(request: Request, name: str, *, default: int) -> int:
    text = request.query_params.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and int(text[:9]) > 0 and len(text) < 10):
        raise malformed(f'The query parameter "{name}" must be a positive number.')
    return int(text)
