"""The hash that names an asset, and reading files so that the hash stays true.

Pages knows a file by the first 32 hex digits of ``BLAKE3(base64(content) + extension)``
(facts/cloudflare.md section 1, "Hash"). Encoding to base64 takes most of the time and holds the
interpreter's lock, so hashing in several threads was measured to be slower than in one.
"""

from __future__ import annotations

import os
from binascii import b2a_base64
from pathlib import Path

from blake3 import blake3

from oneclick_deploy.errors import SiteError
from oneclick_deploy.site.contents import CHANGED_HINT, changed, opened, read_regular
from oneclick_deploy.site.limits import MAX_FILE_SIZE, mebibytes
from oneclick_deploy.site.models import SiteFile

_CHUNK = 3 * 256 * 1024
_DIGEST_BYTES = 16


def asset_hash(content: bytes, name: str) -> str:
    """Hash content that is at hand.

    Args:
        content: The file's bytes.
        name: The file's name or path; its extension is part of the hash, letter case kept.
    """
    return blake3(b2a_base64(content, newline=False) + _suffix(name)).hexdigest(_DIGEST_BYTES)


def hash_file(file: Path, *, path: str) -> tuple[str, int]:
    """Hash a file in chunks.

    Args:
        file: Where it is. A link is refused: links are resolved when the site is walked.
        path: Its path in the manifest, which decides the extension and is named in errors.

    Returns:
        The hash, and the number of bytes that went into it.

    Raises:
        SiteError: It cannot be read, is no regular file, or is larger than an asset may be.
    """
    digest = blake3()
    size = 0
    rest = b""
    with opened(file, path=path) as descriptor:
        while chunk := os.read(descriptor, _CHUNK):
            size += len(chunk)
            if size > MAX_FILE_SIZE:
                raise SiteError(f"{path} grew over {mebibytes(MAX_FILE_SIZE)}", hint=CHANGED_HINT)
            chunk = rest + chunk
            # Only whole groups of three bytes encode to base64 without padding in the middle.
            whole = len(chunk) - len(chunk) % 3
            rest = chunk[whole:]
            digest.update(b2a_base64(chunk[:whole], newline=False))
    digest.update(b2a_base64(rest, newline=False) + _suffix(path))
    return digest.hexdigest(_DIGEST_BYTES), size


def read(file: SiteFile) -> bytes:
    """Read an asset for its upload.

    The content is hashed again: bytes stored under the hash of others would be served wherever
    that hash is used.

    Raises:
        SiteError: The file is gone, cannot be read, or is not what it was when it was hashed.
    """
    content = read_regular(file.absolute, path=file.path, limit=file.size)
    if asset_hash(content, file.path) != file.hash:
        raise changed(file.path)
    return content


def _suffix(name: str) -> bytes:
    # Node's path.extname: a name whose only dot is its first character has no extension.
    stem, _, extension = name.rpartition("/")[2].rpartition(".")
    return extension.encode() if stem else b""
