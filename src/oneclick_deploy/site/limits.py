"""What Cloudflare Pages accepts (facts/cloudflare.md section 1, "Limits")."""

from __future__ import annotations

import zlib
from typing import Final

MEBIBYTE: Final = 1024 * 1024
MAX_FILE_SIZE: Final = 25 * MEBIBYTE
MAX_FILES: Final = 20_000
MAX_WORKER_BUNDLE: Final = 25 * MEBIBYTE
MAX_WORKER_GZIP_FREE: Final = 3 * MEBIBYTE
MAX_WORKER_GZIP_PAID: Final = 10 * MEBIBYTE

MAX_FOLDERS: Final = 100_000
"""Not a limit of the host: where walking ends when links multiply the folders."""

_PRIVATE_NAMES: Final = frozenset({".env", ".dev.vars", ".npmrc", ".netrc", ".htpasswd"})


def mebibytes(size: int) -> str:
    """Write a number of bytes for a reader, such as ``25.0 MiB``."""
    return f"{size / MEBIBYTE:,.1f} MiB"


def too_large(what: str, size: int, *, limit: int) -> str:
    """Write that something is over a limit.

    Args:
        what: Its path or name.
        size: Its bytes.
        limit: The bytes it may have.
    """
    return f"{what} has {size:,} bytes, the limit is {limit:,} ({mebibytes(limit)})"


def worker_size_warning(bundle: bytes) -> str:
    """Warn of a worker that the account's plan may refuse (code 10027).

    Args:
        bundle: The body of the ``_worker.bundle`` part.

    Returns:
        The warning; empty when the worker is small enough for every plan.
    """
    if len(bundle) <= MAX_WORKER_GZIP_FREE:
        return ""
    size = len(zlib.compress(bundle))
    if size > MAX_WORKER_GZIP_PAID:
        return (
            f"the worker is {mebibytes(size)} compressed; "
            f"the limit is {mebibytes(MAX_WORKER_GZIP_PAID)} on paid plans"
        )
    if size > MAX_WORKER_GZIP_FREE:
        return (
            f"the worker is {mebibytes(size)} compressed; "
            f"the free plan accepts {mebibytes(MAX_WORKER_GZIP_FREE)}"
        )
    return ""


def looks_private(path: str) -> bool:
    """Tell whether a file of this name usually holds secrets, which a site would publish."""
    name = path.rpartition("/")[2]
    return name in _PRIVATE_NAMES or name.startswith(".env.")
