"""``multipart/form-data`` bodies, byte for byte as the official client writes them."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from typing import Final

from attrs import field, frozen

BINARY: Final = "application/octet-stream"


@frozen(kw_only=True)
class Part:
    """One field of a form.

    Args:
        name: The field's name.
        content: Its bytes.
        filename: Makes it a file; a text field has none.
        content_type: The file's type.
    """

    name: str
    content: bytes = field(repr=False)
    filename: str = ""
    content_type: str = BINARY


def text_part(name: str, text: str) -> Part:
    """Make a text field."""
    return Part(name=name, content=text.encode())


def file_part(name: str, content: bytes) -> Part:
    """Make a file whose name is that of its field, as Pages wants it."""
    return Part(name=name, content=content, filename=name)


def encode(
    parts: Sequence[Part], *, token: Callable[[], str] = lambda: secrets.token_hex(16)
) -> tuple[bytes, str]:
    """Write a form.

    Args:
        parts: The fields in order.
        token: Gives texts for boundaries; asked until one is in no part.

    Returns:
        The body and its ``Content-Type``.
    """
    boundary = f"----oneclick-{token()}"
    while any(boundary.encode() in part.content for part in parts):
        boundary = f"----oneclick-{token()}"
    body = bytearray()
    for part in parts:
        body += f"--{boundary}\r\n{_head(part)}\r\n\r\n".encode()
        body += part.content + b"\r\n"
    body += f"--{boundary}--\r\n".encode()
    return bytes(body), f"multipart/form-data; boundary={boundary}"


def _head(part: Part) -> str:
    head = f'Content-Disposition: form-data; name="{_quoted(part.name)}"'
    if part.filename:
        head += f'; filename="{_quoted(part.filename)}"\r\nContent-Type: {part.content_type}'
    return head


def _quoted(name: str) -> str:
    # html.spec.whatwg.org, "multipart/form-data": these three would end the value or the header.
    return name.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22")
