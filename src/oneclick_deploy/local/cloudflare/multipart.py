"""Reading ``multipart/form-data`` bodies."""

from __future__ import annotations

import re

from attrs import field, frozen

from oneclick_deploy.local.cloudflare.errors import malformed

MAX_PARTS = 1000
_BOUNDARY = re.compile(r'boundary=(?:"([^"]{1,200})"|([^\s;"]{1,200}))', re.IGNORECASE)
_NAME = re.compile(r';\s*name="((?:[^"\\]|\\.)*)"', re.IGNORECASE)


@frozen(kw_only=True)
class Part:
    """One field of a form."""

    name: str
    content: bytes = field(repr=False)


def parse_form(body: bytes, *, content_type: str) -> dict[str, Part]:
    """Read a form; of a repeated field the first counts.

    Raises:
        Refusal: The body is not a form.
    """
    found = _BOUNDARY.search(content_type)
    if not content_type.lower().startswith("multipart/form-data") or found is None:
        raise malformed("The request body must be multipart/form-data.")
    delimiter = b"\r\n--" + (found[1] or found[2]).encode("latin-1", errors="replace")
    _, *pieces = (b"\r\n" + body).split(delimiter, MAX_PARTS + 1)
    if not pieces or not pieces[-1].startswith(b"--"):
        raise malformed("The multipart body is cut off, or has too many parts.")
    parts: dict[str, Part] = {}
    for piece in pieces[:-1]:
        part = _parse_part(piece)
        parts.setdefault(part.name, part)
    return parts


def _parse_part(piece: bytes) -> Part:
    head, separator, content = piece.partition(b"\r\n\r\n")
    if not separator:
        raise malformed("A part of the multipart body has no headers.")
    for line in head.decode("utf-8", errors="replace").split("\r\n"):
        header, _, value = line.partition(":")
        name = _NAME.search(value)
        if header.strip().lower() == "content-disposition" and name:
            return Part(name=name[1], content=content)
    raise malformed("A part of the multipart body has no name.")
