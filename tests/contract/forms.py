"""A ``multipart/form-data`` parser that accepts nothing a strict server might refuse."""

from __future__ import annotations

import re

from attrs import frozen

_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,./:=?-]{1,70}")
_DISPOSITION = re.compile(r'form-data; name="([^"\r\n]+)"(?:; filename="([^"\r\n]+)")?')


@frozen(kw_only=True)
class Part:
    """One part of a form: ``filename`` and ``content_type`` are empty when they are not sent."""

    name: str
    content: bytes
    filename: str = ""
    content_type: str = ""


class FormError(ValueError):
    """The bytes are not a well-formed ``multipart/form-data`` body."""


def boundary_of(content_type: str) -> str:
    """Read the boundary from a content type; empty when it has none."""
    _, _, boundary = content_type.partition("boundary=")
    return boundary.partition(";")[0].strip().strip('"')


def parse_form(body: bytes, *, boundary: str) -> list[Part]:
    """Split a form strictly: CR LF everywhere, nothing before the first or after the last part.

    Raises:
        FormError: Anything else.
    """
    if not _BOUNDARY.fullmatch(boundary):
        raise FormError("the boundary is missing or malformed")
    line = b"\r\n--" + boundary.encode()
    opening, *sections = (b"\r\n" + body).split(line)
    if opening or len(sections) < 2 or sections[-1] not in (b"--", b"--\r\n"):
        raise FormError("the body does not begin and end with the boundary")
    return [_part(section) for section in sections[:-1]]


def _part(section: bytes) -> Part:
    head, blank, content = section.partition(b"\r\n\r\n")
    if not head.startswith(b"\r\n") or not blank or b"\n" in head.replace(b"\r\n", b""):
        raise FormError("a part's headers do not end with CR LF")
    headers: dict[str, str] = {}
    for line in head[2:].decode(errors="replace").split("\r\n"):
        name, colon, value = line.partition(": ")
        if not colon or name.lower() in headers:
            raise FormError("a part has a malformed or repeated header")
        headers[name.lower()] = value
    disposition = _DISPOSITION.fullmatch(headers.pop("content-disposition", ""))
    if disposition is None:
        raise FormError("a part has no form-data disposition with a name")
    content_type = headers.pop("content-type", "")
    if headers:
        raise FormError(f"a part has the header {', '.join(headers)}")
    return Part(
        name=disposition[1],
        filename=disposition[2] or "",
        content_type=content_type,
        content=content,
    )
