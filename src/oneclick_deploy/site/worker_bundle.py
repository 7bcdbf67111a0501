"""``_worker.bundle``: a Worker's modules in one file.

The file is a complete multipart/form-data body whose boundary stands only in its first line
(facts/cloudflare.md section 1, "_worker.bundle"; traces/cloudflare-pages/pages). The first part,
``metadata``, is JSON and names the main module; every other part is a module.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from attrs import Factory, field, frozen
from blake3 import blake3

from oneclick_deploy.errors import SiteError
from oneclick_deploy.site.limits import MAX_WORKER_BUNDLE, too_large

MAX_MODULES: Final = 10_000
_MAX_PART_HEADER: Final = 8192
_BOUNDARY = re.compile(rb"--([0-9A-Za-z'()+_,./:=?-]{1,70})\r\n")
_DISPOSITION = re.compile(r'form-data; *name="([^"]*)"(?:; *filename="[^"]*")? *', re.IGNORECASE)
# A name becomes a part header, and for some readers a file: nothing may end the header or leave
# the folder. Letters of any script are fine.
_NAME = re.compile(r"(?![A-Za-z]:|/)[^\x00-\x1f\x7f\"\\]{1,1024}")
_CONTENT_TYPE = re.compile(r"[!-~](?:[ -~]{0,254}[!-~])?")


@frozen(kw_only=True)
class WorkerModule:
    """One module of a Worker.

    Args:
        name: The path other modules import it by, relative, without ``..``.
        content_type: What kind of module it is, such as ``application/javascript+module``.
        content: Its bytes.
    """

    name: str
    content_type: str
    content: bytes = field(repr=False)


@frozen(kw_only=True)
class WorkerBundle:
    """A Worker.

    Args:
        main_module: The name of the module with the default export.
        modules: All modules, the main one among them.
        settings: What else the metadata says: ``bindings``, ``compatibility_date`` and so on.
            Leave it empty when the project's own configuration shall count.
    """

    main_module: str
    modules: tuple[WorkerModule, ...]
    settings: Mapping[str, Any] = Factory(dict)


def build_bundle(bundle: WorkerBundle) -> bytes:
    """Write a Worker as the bytes of ``_worker.bundle``. Equal Workers give equal bytes.

    Raises:
        SiteError: A name is unusable or used twice, or the main module is not among the modules.
    """
    _check(bundle)
    metadata = json.dumps(
        {**bundle.settings, "main_module": bundle.main_module}, separators=(",", ":")
    )
    parts = [b'Content-Disposition: form-data; name="metadata"\r\n\r\n' + metadata.encode()]
    for module in bundle.modules:
        head = (
            f'Content-Disposition: form-data; name="{module.name}"; filename="{module.name}"\r\n'
            f"Content-Type: {module.content_type}\r\n\r\n"
        )
        parts.append(head.encode() + module.content)
    # Derived from what it delimits, so no part can contain it.
    boundary = b"----oneclick-" + _digest(parts).encode()
    lines = b"".join(b"--%b\r\n%b\r\n" % (boundary, part) for part in parts)
    return lines + b"--%b--\r\n" % boundary


def parse_bundle(content: bytes, *, max_size: int = MAX_WORKER_BUNDLE) -> WorkerBundle:
    """Read the bytes of ``_worker.bundle``. They may come from anybody.

    Args:
        content: The bytes.
        max_size: The most bytes that are looked at.

    Raises:
        SiteError: They are too many, or not a Worker bundle.
    """
    if len(content) > max_size:
        raise _malformed(too_large("it", len(content), limit=max_size))
    settings: dict[str, Any] | None = None
    modules: list[WorkerModule] = []
    for part in _parts(content):
        if part.name != "metadata":
            modules.append(part)
        elif settings is None:
            settings = _metadata(part.content)
        else:
            raise _malformed("it has two metadata parts")
    if settings is None:
        raise _malformed("it has no metadata part")
    main_module = settings.pop("main_module", None)
    if not isinstance(main_module, str):
        raise _malformed("its metadata names no main_module")
    bundle = WorkerBundle(main_module=main_module, modules=tuple(modules), settings=settings)
    _check(bundle)
    return bundle


def _parts(content: bytes) -> Iterator[WorkerModule]:
    first_line = _BOUNDARY.match(content)
    if first_line is None:
        raise _malformed("its first line is no multipart boundary")
    delimiter = b"\r\n--" + first_line[1]
    before, *chunks, end = (b"\r\n" + content).split(delimiter, MAX_MODULES + 2)
    if before or end not in {b"--", b"--\r\n"}:
        raise _malformed(f"it is cut off, or has more than {MAX_MODULES:,} modules")
    for chunk in chunks:
        yield _part(chunk)


def _part(chunk: bytes) -> WorkerModule:
    head, blank_line, content = chunk.partition(b"\r\n\r\n")
    if not blank_line or not head.startswith(b"\r\n") or len(head) > _MAX_PART_HEADER:
        raise _malformed("a part has no headers")
    try:
        lines = head.decode().split("\r\n")[1:]
    except UnicodeDecodeError as error:
        raise _malformed("a part's headers are not UTF-8") from error
    headers = {
        name.lower(): value.strip() for name, _, value in (ln.partition(":") for ln in lines)
    }
    disposition = _DISPOSITION.fullmatch(headers.get("content-disposition", ""))
    if disposition is None:
        raise _malformed("a part has no name")
    content_type = headers.get("content-type", "text/plain")
    return WorkerModule(name=disposition[1], content_type=content_type, content=content)


def _metadata(content: bytes) -> dict[str, Any]:
    try:
        metadata = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise _malformed("its metadata is not JSON") from error
    if not isinstance(metadata, dict):
        raise _malformed("its metadata is not a JSON object")
    return metadata


def _check(bundle: WorkerBundle) -> None:
    if len(bundle.modules) > MAX_MODULES:
        raise _malformed(f"it has more than {MAX_MODULES:,} modules")
    names: set[str] = set()
    for module in bundle.modules:
        if not _is_module_name(module.name):
            raise _malformed(f"{module.name[:100]!a} cannot be the name of a module")
        if module.name in names:
            raise _malformed(f"it has two modules named {module.name!a}")
        if not _CONTENT_TYPE.fullmatch(module.content_type):
            raise _malformed(f"the content type of {module.name!a} is unusable")
        names.add(module.name)
    if bundle.main_module not in names:
        raise _malformed(f"its main module {bundle.main_module[:100]!a} is not in it")


def _is_module_name(name: str) -> bool:
    if name == "metadata" or not _NAME.fullmatch(name):
        return False
    if any(segment in {"", ".", ".."} for segment in name.split("/")):
        return False
    return not any("\ud800" <= letter <= "\udfff" for letter in name)


def _digest(parts: list[bytes]) -> str:
    digest = blake3()
    for part in parts:
        digest.update(part)
    return digest.hexdigest(16)


def _malformed(why: str) -> SiteError:
    return SiteError(
        f"_worker.bundle cannot be used: {why}",
        hint="Build it with `wrangler pages functions build --outfile _worker.bundle`.",
    )
