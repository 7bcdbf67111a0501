"""The form that creates a deployment."""

from __future__ import annotations

import json
from collections.abc import Mapping

from attrs import frozen
from starlette.requests import Request

from oneclick_deploy.local.cloudflare.envelope import read_body
from oneclick_deploy.local.cloudflare.errors import (
    Refusal,
    invalid_commit_message,
    malformed,
    manifest_missing,
)
from oneclick_deploy.local.cloudflare.models import WorkerForm
from oneclick_deploy.local.cloudflare.multipart import Part, parse_form
from oneclick_deploy.local.sites.routes_file import RoutesFileError, parse_routes

MAX_BUNDLE = 25 * 1024 * 1024
# wrangler cuts messages to this many bytes; longer ones have been refused in the field.
MAX_COMMIT_MESSAGE = 384


@frozen(kw_only=True)
class DeploymentForm:
    """What a client sends to create a deployment."""

    manifest: Mapping[str, str]
    branch: str
    commit_hash: str
    commit_message: str
    commit_dirty: bool
    headers: str | None
    redirects: str | None
    routes: str | None
    worker: bytes | None
    worker_form: WorkerForm | None


async def read_deployment_form(request: Request) -> DeploymentForm:
    """Read and check the form.

    Raises:
        Refusal: It is not one, or a field is wrong.
    """
    body = await read_body(request)
    parts = parse_form(body, content_type=request.headers.get("content-type", ""))
    worker_form = _worker_form(parts)
    worker = parts[worker_form].content if worker_form is not None else None
    if worker is not None and len(worker) > MAX_BUNDLE:
        raise Refusal(413, 8000011, f"{worker_form} is larger than 25 MiB.")
    return DeploymentForm(
        manifest=_manifest(parts.get("manifest")),
        branch=_text(parts, "branch") or "",
        commit_hash=_text(parts, "commit_hash") or "",
        commit_message=_commit_message(parts.get("commit_message")),
        commit_dirty=_text(parts, "commit_dirty") == "true",
        headers=_text(parts, "_headers"),
        redirects=_text(parts, "_redirects"),
        routes=_routes(parts),
        worker=worker,
        worker_form=worker_form,
    )


def _manifest(part: Part | None) -> Mapping[str, str]:
    if part is None:
        raise manifest_missing()
    try:
        manifest = json.loads(part.content)
    except (ValueError, RecursionError) as error:
        raise malformed('The field "manifest" is not valid JSON.') from error
    if not isinstance(manifest, dict):
        raise malformed('The field "manifest" must be an object.')
    for path, name in manifest.items():
        if not path.startswith("/") or not isinstance(name, str):
            raise malformed(f"The manifest's entry {path!r} must map a path to a hash.")
    return manifest


def _commit_message(part: Part | None) -> str:
    content = part.content if part is not None else b""
    try:
        message = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise invalid_commit_message() from error
    if len(content) > MAX_COMMIT_MESSAGE:
        raise invalid_commit_message()
    return message


def _worker_form(parts: Mapping[str, Part]) -> WorkerForm | None:
    present = [form for form in WorkerForm if form in parts]
    if len(present) > 1:
        raise malformed("_worker.js and _worker.bundle exclude each other.")
    return present[0] if present else None


def _routes(parts: Mapping[str, Part]) -> str | None:
    text = _text(parts, "_routes.json")
    if text is None:
        return None
    try:
        parse_routes(text)
    except RoutesFileError as error:
        raise malformed(f"{error}.") from error
    return text


def _text(parts: Mapping[str, Part], name: str) -> str | None:
    part = parts.get(name)
    if part is None:
        return None
    try:
        return part.content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise malformed(f'The field "{name}" is not UTF-8 text.') from error
