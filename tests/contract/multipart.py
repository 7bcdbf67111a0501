"""The Pages direct upload, where OpenAPI only says "form" or "string".

Rules without another source are in facts/cloudflare.md, "Pages direct upload": what the official
client was recorded sending, and the limits its source and the SDK's documentation name.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections import Counter

from .forms import FormError, Part, boundary_of, parse_form
from .schemas import Json, compiled, read_json

_MIB = 1024 * 1024
LARGEST_FILE = 25 * _MIB
LARGEST_BUCKET = 40 * _MIB
MOST_FILES_IN_BUCKET = 2000
LONGEST_COMMIT_MESSAGE = 384  # UTF-8 bytes
MOST_ROUTES = 100
LONGEST_ROUTE = 100

# In the order sent.
_TEXT_FIELDS = (
    "manifest",
    "branch",
    "commit_message",
    "commit_hash",
    "commit_dirty",
    "wrangler_config_hash",
    "pages_build_output_dir",
)
_FILE_FIELDS = (
    "_headers",
    "_redirects",
    "functions-filepath-routing-config.json",
    "_worker.bundle",
    "_worker.js",
    "_routes.json",
)
_ORDER = {name: place for place, name in enumerate((*_TEXT_FIELDS, *_FILE_FIELDS))}
_ONLY_WITH_A_WORKER = ("functions-filepath-routing-config.json", "_routes.json")
_MODULE_TYPES = {
    "js": "application/javascript+module",
    "mjs": "application/javascript+module",
    "wasm": "application/wasm",
    "bin": "application/octet-stream",
    "txt": "text/plain",
}

_HASH: Json = {"type": "string", "pattern": "^[0-9a-f]{32}$"}
_HASHES = compiled(
    {
        "type": "object",
        "properties": {"hashes": {"type": "array", "items": _HASH}},
        "required": ["hashes"],
        "additionalProperties": False,
    }
)
_MANIFEST = compiled(
    {"type": "object", "propertyNames": {"pattern": "^/."}, "additionalProperties": _HASH}
)
_ASSETS = compiled(
    {
        "type": "array",
        "minItems": 1,
        "maxItems": MOST_FILES_IN_BUCKET,
        "items": {
            "type": "object",
            "properties": {
                "key": _HASH,
                "value": {"type": "string"},
                "metadata": {
                    "type": "object",
                    "properties": {"contentType": {"type": "string", "pattern": "^[^/ ]+/[^/ ]+$"}},
                    "required": ["contentType"],
                    "additionalProperties": False,
                },
                "base64": {"const": True},
            },
            "required": ["key", "value", "metadata", "base64"],
            "additionalProperties": False,
        },
    }
)
_ROUTE: Json = {"type": "string", "pattern": "^/", "maxLength": LONGEST_ROUTE}
_ROUTES = compiled(
    {
        "type": "object",
        "properties": {
            "version": {"const": 1},
            "description": {"type": "string"},
            "include": {"type": "array", "minItems": 1, "items": _ROUTE},
            "exclude": {"type": "array", "items": _ROUTE},
        },
        "required": ["version", "include", "exclude"],
        "additionalProperties": False,
    }
)


def _binding(kind: str, **fields: Json) -> Json:
    return {
        "type": "object",
        "properties": {"name": {"type": "string"}, "type": {"const": kind}, **fields},
        "required": ["name", "type", *fields],
        "additionalProperties": False,
    }


_WORKER_METADATA = compiled(
    {
        "type": "object",
        "properties": {
            "main_module": {"type": "string"},
            "bindings": {
                "type": "array",
                "items": {
                    "anyOf": [
                        _binding("plain_text", text={"type": "string"}),
                        _binding("secret_text", text={"type": "string"}),
                        _binding("json", json={}),
                        _binding("kv_namespace", namespace_id={"type": "string"}),
                        _binding("d1", id={"type": "string"}),
                        _binding("r2_bucket", bucket_name={"type": "string"}),
                        _binding("service", service={"type": "string"}),
                    ]
                },
            },
            "compatibility_date": {"type": "string", "format": "date"},
            "compatibility_flags": {"type": "array", "items": {"type": "string"}},
            "placement": {"type": "object"},
            "limits": {"type": "object"},
        },
        "required": ["main_module"],
        "additionalProperties": False,
    }
)
_TEXT_PATTERNS = {
    "commit_hash": re.compile(r"[0-9a-f]{7,64}"),
    "commit_dirty": re.compile(r"true|false"),
    "wrangler_config_hash": re.compile(r"[0-9a-f]{64}"),
    # The server has refused longer and cut messages with code 8000111.
    "commit_message": re.compile(r"[ -~]+"),
}


def check_deployment(content_type: str, body: bytes) -> list[str]:
    """Check the form that creates a Pages deployment by direct upload."""
    try:
        parts = parse_form(body, boundary=boundary_of(content_type))
    except FormError as error:
        return [f"form: {error}"]
    found = _order_complaints([part.name for part in parts])
    for part in parts:
        if part.name in _FILE_FIELDS:
            complaints = _file_complaints(part)
        elif part.name == "manifest":
            complaints = _field_complaints(part) or _manifest_complaints(part.content)
        elif part.name in _TEXT_FIELDS:
            complaints = _field_complaints(part) or _text_complaints(part)
        else:
            complaints = ["is not documented"]
        found += [f"form part {part.name}: {complaint}" for complaint in complaints]
    return found


def check_worker_bundle(body: bytes) -> list[str]:
    """Check ``_worker.bundle``: a whole form whose boundary stands only in its first line."""
    first_line, _, _ = body.partition(b"\r\n")
    try:
        parts = parse_form(body, boundary=first_line.removeprefix(b"--").decode("latin-1"))
    except FormError as error:
        return [str(error)]
    metadata, *modules = parts
    if metadata.name != "metadata" or metadata.filename or metadata.content_type:
        return ["the first part is not the text field 'metadata'"]
    found, settings = read_json(_WORKER_METADATA, metadata.content, place="metadata")
    names = Counter(module.name for module in modules)
    found += [f"module {name} is there {times} times" for name, times in names.items() if times > 1]
    found += [complaint for module in modules for complaint in _module_complaints(module)]
    if not found and settings["main_module"] not in names:
        found.append("main_module is not among the modules")
    return found


def check_assets(body: bytes) -> list[str]:
    """Check the JSON that uploads one bucket of files."""
    found, files = read_json(_ASSETS, body)
    if found:
        return found
    total = 0
    for position, file in enumerate(files):
        try:
            size = len(base64.b64decode(file["value"], validate=True))
        except binascii.Error as error:
            found.append(f"body/{position}/value: {error}")
            continue
        total += size
        if size > LARGEST_FILE:
            found.append(f"body/{position}/value: {size} bytes, {LARGEST_FILE} are allowed")
    if total > LARGEST_BUCKET:
        found.append(f"body: {total} bytes in one bucket, {LARGEST_BUCKET} are allowed")
    return found


def check_hashes(body: bytes) -> list[str]:
    """Check the JSON that asks for missing files, or registers those of a deployment."""
    return read_json(_HASHES, body)[0]


def _order_complaints(names: list[str]) -> list[str]:
    known = [name for name in names if name in _ORDER]
    found = [f"form part {name} is repeated" for name, n in Counter(known).items() if n > 1]
    if known != sorted(known, key=_ORDER.__getitem__):
        found.append(f"form parts are in the order {', '.join(known)}")
    if "manifest" not in known:
        found.append("form part manifest is missing")
    workers = [name for name in ("_worker.bundle", "_worker.js") if name in known]
    if len(workers) == 2:
        found.append("_worker.bundle and _worker.js exclude each other")
    if not workers:
        found += [
            f"{name} is sent without a worker" for name in _ONLY_WITH_A_WORKER if name in known
        ]
    return found


def _field_complaints(part: Part) -> list[str]:
    if part.filename or part.content_type:
        return ["a text field has neither a filename nor a content type"]
    if b"\n" in part.content.replace(b"\r\n", b""):
        return ["a line feed in a text field is sent as CR LF"]
    return [] if part.content else ["is empty"]


def _text_complaints(part: Part) -> list[str]:
    pattern = _TEXT_PATTERNS.get(part.name)
    if pattern is not None and not pattern.fullmatch(part.content.decode(errors="replace")):
        return [f"does not match {pattern.pattern}"]
    if part.name == "commit_message" and len(part.content) > LONGEST_COMMIT_MESSAGE:
        return [f"{len(part.content)} bytes, {LONGEST_COMMIT_MESSAGE} are allowed"]
    return []


def _manifest_complaints(content: bytes) -> list[str]:
    found, manifest = read_json(_MANIFEST, content, place="manifest")
    if not found and content.decode() != json.dumps(
        manifest, ensure_ascii=False, separators=(",", ":")
    ):
        found.append("manifest: not the compact JSON with raw Unicode that the client sends")
    return found


def _file_complaints(part: Part) -> list[str]:
    found = []
    if part.filename != part.name:
        found.append("the filename is not the field's name")
    if part.content_type != "application/octet-stream":
        found.append("the content type is not application/octet-stream")
    if part.name == "_routes.json":
        found += _routes_complaints(part.content)
    if part.name == "_worker.bundle":
        found += check_worker_bundle(part.content)
        if len(part.content) > LARGEST_FILE:
            found.append(f"{len(part.content)} bytes, {LARGEST_FILE} are allowed")
    return found


def _routes_complaints(content: bytes) -> list[str]:
    found, routes = read_json(_ROUTES, content, place="routes")
    if found:
        return found
    if len(routes["include"]) + len(routes["exclude"]) > MOST_ROUTES:
        found.append(f"more than {MOST_ROUTES} rules")
    for side in ("include", "exclude"):
        found += [
            f"{side} rule {rule} is covered by {other}"
            for rule in routes[side]
            for other in routes[side]
            if rule != other and other.endswith("*") and rule.startswith(other[:-1])
        ]
        found += [
            f"{side} rule {rule} is repeated" for rule, n in Counter(routes[side]).items() if n > 1
        ]
    return found


def _module_complaints(module: Part) -> list[str]:
    found = []
    if module.filename != module.name:
        found.append(f"module {module.name}: the filename is not the field's name")
    extension = module.name.rpartition(".")[2]
    expected = _MODULE_TYPES.get(extension)
    if module.content_type not in _MODULE_TYPES.values() or (
        expected is not None and module.content_type != expected
    ):
        found.append(f"module {module.name}: the content type is {module.content_type or 'absent'}")
    return found
