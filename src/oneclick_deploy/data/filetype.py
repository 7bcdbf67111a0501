"""Tells an SQLite file from everything else that may be handed in under its name."""

from __future__ import annotations

import re
from collections import Counter
from math import log2
from pathlib import Path
from typing import Final

from oneclick_deploy.errors import (
    CorruptDatabaseError,
    DataSourceError,
    EmptyDatabaseError,
    EncryptedDatabaseError,
    NotADatabaseError,
)

# "SQLite Database File Format", section 1.3: the header string, and 100 bytes of header.
MAGIC: Final = b"SQLite format 3\x00"
HEADER_BYTES: Final = 100
# Encrypted pages are noise: over 7 bits of information a byte, where text and images' heads have
# less. A page of SQLCipher is a multiple of 512 bytes.
_SAMPLE: Final = 4096
_NOISE_BITS: Final = 7.2
_SMALLEST_PAGE: Final = 512
# What is likely to be handed in by mistake; compressed, it is noise to the measure above.
_KNOWN: Final = {
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"PK\x03\x04": "a zip archive",
    b"\x1f\x8b": "gzip data",
    b"7z\xbc\xaf": "a 7z archive",
    b"%PDF": "a PDF document",
    b"SQLite format 2": "a database of SQLite 2",
    b"DUCK": "a DuckDB database",
}
_SQL: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:--|/\*|(?:PRAGMA|BEGIN|CREATE|INSERT|DROP)\b)", re.IGNORECASE
)


def check_file(path: Path, *, shown: str) -> None:
    """Refuse what is not an SQLite database, and say what it seems to be.

    Args:
        path: The file.
        shown: How to name it in the error.

    Raises:
        DataSourceError: It does not exist or cannot be read.
        EmptyDatabaseError: Zero bytes.
        EncryptedDatabaseError: It looks encrypted.
        CorruptDatabaseError: It begins like a database and ends too soon.
        NotADatabaseError: Anything else.
    """
    head, size = _head(path, shown)
    _refuse_nothing(size, shown)
    if head.startswith(MAGIC):
        if size < HEADER_BYTES:
            raise CorruptDatabaseError(
                f"{shown} ends inside the header of the database ({size} bytes)",
                hint="The file was cut off; export or copy it again.",
            )
        return
    known = next((f"is {what}" for magic, what in _KNOWN.items() if head.startswith(magic)), "")
    if not known and size % _SMALLEST_PAGE == 0 and _bits(head) > _NOISE_BITS:
        raise EncryptedDatabaseError(
            f"{shown} looks like an encrypted database",
            hint="Export it without encryption first (SQLCipher: sqlcipher_export).",
        )
    hint = "Pass the .db file or the bytes of sql.js's export(), not a dump or an archive."
    if not known and _SQL.match(head):
        known, hint = "is SQL text", "Pass the dump's text: Path(...).read_text()."
    raise NotADatabaseError(
        f"{shown} is not an SQLite database: it " + (known or f"begins with {head[:16]!r}"),
        hint=hint,
    )


def check_size(path: Path, *, shown: str) -> None:
    """Refuse what is no file or has no bytes, without opening it.

    Raises:
        DataSourceError: It is no file.
        EmptyDatabaseError: Zero bytes.
    """
    _refuse_other(path, shown)
    _refuse_nothing(path.stat().st_size, shown)


def _refuse_other(path: Path, shown: str) -> None:
    if not path.is_file():
        raise DataSourceError(
            f"{shown} does not exist or is not a file",
            hint="Pass the path of the preview's SQLite file as preview_data.",
        )


def _refuse_nothing(size: int, shown: str) -> None:
    if size == 0:
        raise EmptyDatabaseError(
            f"{shown} has zero bytes",
            hint="Export the preview's database again, or leave preview_data out.",
        )


def _head(path: Path, shown: str) -> tuple[bytes, int]:
    try:
        _refuse_other(path, shown)
        with path.open("rb") as file:
            return file.read(_SAMPLE), path.stat().st_size
    except OSError as error:
        raise DataSourceError(
            f"{shown} cannot be read: {error.strerror}", hint="Check the file's permissions."
        ) from None


def _bits(sample: bytes) -> float:
    """Shannon entropy in bits a byte."""
    total = len(sample)
    return -sum(n / total * log2(n / total) for n in Counter(sample).values())
