"""Forms, as bytes."""

from __future__ import annotations

from email.parser import BytesParser
from email.policy import HTTP

from hypothesis import given, strategies as st

from oneclick_deploy.providers.cloudflare.pages.multipart import (
    Part,
    encode,
    file_part,
    text_part,
)


def test_a_form_is_written_as_the_standard_says() -> None:
    parts = [text_part("branch", "main"), file_part("_headers", b"/*\n  X: y\n")]
    body, content_type = encode(parts, token=lambda: "t0")
    assert content_type == "multipart/form-data; boundary=----oneclick-t0"
    assert body == (
        b"------oneclick-t0\r\n"
        b'Content-Disposition: form-data; name="branch"\r\n'
        b"\r\n"
        b"main\r\n"
        b"------oneclick-t0\r\n"
        b'Content-Disposition: form-data; name="_headers"; filename="_headers"\r\n'
        b"Content-Type: application/octet-stream\r\n"
        b"\r\n"
        b"/*\n  X: y\n\r\n"
        b"------oneclick-t0--\r\n"
    )


def test_a_boundary_that_is_in_a_part_is_not_used() -> None:
    tokens = iter(["used", "used", "free"])
    body, content_type = encode(
        [text_part("a", "x ----oneclick-used y")], token=lambda: next(tokens)
    )
    assert content_type.endswith("----oneclick-free")
    assert body.startswith(b"------oneclick-free\r\n")


def test_a_name_cannot_end_its_header() -> None:
    body, _ = encode([Part(name='a"\r\nX: y', content=b"", filename='f"\n')], token=lambda: "t")
    head = body.split(b"\r\n\r\n")[0]
    assert head.count(b"\r\n") == 2
    assert b'name="a%22%0D%0AX: y"; filename="f%22%0A"' in head


def test_an_empty_form_still_ends() -> None:
    assert encode([], token=lambda: "t")[0] == b"------oneclick-t--\r\n"


@given(st.lists(st.binary(max_size=200), max_size=5))
def test_any_content_is_read_back_unchanged(contents: list[bytes]) -> None:
    parts = [file_part(f"f{number}", content) for number, content in enumerate(contents)]
    body, content_type = encode(parts)
    boundary = content_type.partition("boundary=")[2].encode()
    chunks = body.split(b"--" + boundary)[1:-1]
    assert [chunk.split(b"\r\n\r\n", 1)[1].removesuffix(b"\r\n") for chunk in chunks] == contents


def test_an_independent_reader_understands_it() -> None:
    body, content_type = encode([text_part("ä", "ü"), file_part("x", b"\x00\xff")])
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    first, second = BytesParser(policy=HTTP).parsebytes(head + body).iter_parts()
    assert first.get_payload(decode=True) == "ü".encode()
    assert (second.get_filename(), second.get_payload(decode=True)) == ("x", b"\x00\xff")
