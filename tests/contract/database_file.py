"""The SQLite file that a database is created from.

Facts: turso.md, section 4 (WAL, page size 4096, no auto-vacuum, UTF-8, no reserved bytes unless
encrypted). Offsets: "The Database Header" of the SQLite file format.
"""

from __future__ import annotations

from collections.abc import Iterator

_MAGIC = b"SQLite format 3\0"
_HEADER_SIZE = 100
_PAGE_SIZE = 4096
_WAL = 2
_UTF8 = 1
_RESERVED_WHEN_ENCRYPTED = (28, 32, 48)


def check_database_file(content: bytes, *, encrypted: bool = False) -> list[str]:
    """Report why the server would not take a database file."""
    if len(content) < _HEADER_SIZE or not content.startswith(_MAGIC):
        return ["the body is not an SQLite database"]
    return list(_header_complaints(content, encrypted=encrypted))


def _header_complaints(content: bytes, *, encrypted: bool) -> Iterator[str]:
    page_size = int.from_bytes(content[16:18], "big")
    if page_size != _PAGE_SIZE:
        yield f"the page size is {page_size}, not {_PAGE_SIZE}"
    elif len(content) % _PAGE_SIZE:
        yield "the last page is cut off"
    if (content[18], content[19]) != (_WAL, _WAL):
        yield "the journal mode is not WAL"
    reserved = content[20]
    if reserved not in (_RESERVED_WHEN_ENCRYPTED if encrypted else (0,)):
        yield f"{reserved} bytes of each page are reserved"
    if int.from_bytes(content[52:56], "big"):
        yield "auto_vacuum is on"
    if int.from_bytes(content[56:60], "big") != _UTF8:
        yield "the text encoding is not UTF-8"
