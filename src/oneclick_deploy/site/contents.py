"""Opening files that were listed before, and may have been replaced since."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from oneclick_deploy.errors import SiteError
from oneclick_deploy.site.limits import too_large
from oneclick_deploy.site.walk import locate

CHANGED_HINT = "Wait until the build has finished, then deploy again."
_CHUNK = 1024 * 1024
# A file that became a link or a named pipe after it was listed must neither be followed nor waited
# for. Windows has neither flag, and needs the other one.
_OPEN_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_BINARY", 0)
)


@contextmanager
def opened(file: Path, *, path: str) -> Iterator[int]:
    """Open a regular file as a descriptor.

    Args:
        file: Where it is. A link is refused: links are resolved when the site is walked.
        path: How errors name it.

    Raises:
        SiteError: It is gone, is something else now, or cannot be read, also later in the block.
    """
    try:
        descriptor = os.open(file, _OPEN_FLAGS)
    except OSError as error:
        raise _failed(path, error) from error
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise changed(path)
        yield descriptor
    except OSError as error:
        raise _failed(path, error) from error
    finally:
        os.close(descriptor)


def read_regular(file: Path, *, path: str, limit: int) -> bytes:
    """Read a whole file that must not be larger than was found before.

    Args:
        file: Where it is. A link is refused.
        path: How errors name it.
        limit: The most bytes it may have.

    Raises:
        SiteError: It cannot be read, is no regular file, or has more bytes.
    """
    parts: list[bytes] = []
    room = limit
    with opened(file, path=path) as descriptor:
        while chunk := os.read(descriptor, min(room + 1, _CHUNK)):
            room -= len(chunk)
            if room < 0:
                raise changed(path)
            parts.append(chunk)
    return b"".join(parts)


def read_named(root: Path, name: str, *, limit: int) -> bytes:
    """Read a file that has a meaning of its own, by its name in the output directory.

    Args:
        root: The output directory, links resolved. A link may not leave it.
        name: The file's name.
        limit: The most bytes it may have.

    Raises:
        SiteError: It cannot be read, is a folder, or has more bytes.
    """
    path = f"/{name}"
    file, status = locate(root / name, boundary=root, path=path)
    if stat.S_ISDIR(status.st_mode):
        raise SiteError(f"{path} is a folder, and must be a file", hint="Rename the folder.")
    if status.st_size > limit:
        raise SiteError(too_large(path, status.st_size, limit=limit), hint="Make the file smaller.")
    return read_regular(file, path=path, limit=status.st_size)


def changed(path: str) -> SiteError:
    """Make the error for a file that is not what it was.

    Args:
        path: The file's path in the site.
    """
    message = f"{path} changed after the site was read"
    return SiteError(message, hint=CHANGED_HINT, retryable=True)


def _failed(path: str, error: OSError) -> SiteError:
    if error.errno in {errno.ENOENT, errno.ELOOP}:
        return changed(path)
    return SiteError(
        f"{path} cannot be read: {error.strerror or error}",
        hint="Make every file of the output directory readable for the deploying user.",
    )
