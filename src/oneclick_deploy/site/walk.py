"""Listing the files of a folder that is about to be published.

Like the official client this follows links and lists the files of one level before those of the
next. Unlike it, it refuses a link that leaves the site (an app must not be able to publish other
files of the machine it is deployed from), loops of links, and anything that is not a file.
"""

from __future__ import annotations

import os
import re
import stat
from collections import deque
from collections.abc import Callable
from pathlib import Path

from attrs import frozen

from oneclick_deploy.errors import SiteError
from oneclick_deploy.site.limits import MAX_FOLDERS
from oneclick_deploy.site.problems import Problems

# URL parsers drop control characters and turn a backslash into a slash, so nothing could ask for
# such a file.
_NOT_IN_URLS = re.compile(r"[\x00-\x1f\x7f\\]")


@frozen(kw_only=True)
class FoundFile:
    """A regular file inside the walked folder.

    Args:
        path: Relative to the folder, with ``/`` between the names.
        absolute: Where it is, links resolved.
        size: Its bytes when it was listed.
    """

    path: str
    absolute: Path
    size: int


@frozen(kw_only=True)
class Walked:
    """What a folder holds.

    Args:
        files: The files, up to the number that was asked for.
        count: How many files there are.
        skipped: Paths that were left out; a folder ends with a slash.
    """

    files: tuple[FoundFile, ...]
    count: int
    skipped: tuple[str, ...]


@frozen(kw_only=True)
class _Folder:
    path: str
    absolute: Path
    trail: frozenset[tuple[int, int]]


class _Walk:
    def __init__(
        self,
        *,
        boundary: Path,
        label: str,
        skip: Callable[[str], bool],
        max_files: int,
        problems: Problems,
    ) -> None:
        self.boundary = boundary
        self.label = label
        self.skip = skip
        self.max_files = max_files
        self.problems = problems
        self.files: list[FoundFile] = []
        self.count = 0
        self.skipped: list[str] = []
        self.queue: deque[_Folder] = deque()

    def folder(self, folder: _Folder) -> None:
        try:
            with os.scandir(folder.absolute) as entries:
                listed = list(entries)
        except OSError as error:
            name = f"{self.label}{folder.path}/" if folder.path else f"the folder {self.label}"
            raise SiteError(f"{name} cannot be listed: {error.strerror}") from error
        for entry in sorted(listed, key=lambda entry: entry.name):
            try:
                self.entry(entry, folder)
            except SiteError as error:
                self.problems.add(error.message, hint=error.hint)

    def entry(self, entry: os.DirEntry[str], folder: _Folder) -> None:
        path = f"{folder.path}/{entry.name}" if folder.path else entry.name
        _check_name(entry.name, shown=self.label + path)
        if self.skip(path):
            self.skipped.append(path + "/" if _is_folder(entry) else path)
            return
        shown = self.label + path
        absolute = Path(entry.path)
        if entry.is_symlink():
            absolute, status = locate(absolute, boundary=self.boundary, path=shown)
        else:
            status = _status_of(entry, shown=shown)
        if stat.S_ISDIR(status.st_mode):
            self.enqueue(path, absolute, folder.trail)
        else:
            self.count += 1
            if self.count <= self.max_files:
                self.files.append(FoundFile(path=path, absolute=absolute, size=status.st_size))

    def enqueue(self, path: str, absolute: Path, trail: frozenset[tuple[int, int]]) -> None:
        try:
            status = absolute.stat()  # on Windows only this one identifies the folder
        except OSError as error:
            raise _unreadable(self.label + path, error) from error
        identity = (status.st_dev, status.st_ino)
        if identity in trail:
            raise SiteError(
                f"{self.label}{path} leads back to a folder it is in",
                hint="Remove the link, or replace it by what it points to.",
            )
        self.queue.append(_Folder(path=path, absolute=absolute, trail=trail | {identity}))


def walk(
    folder: Path,
    *,
    boundary: Path,
    label: str,
    skip: Callable[[str], bool],
    max_files: int,
    problems: Problems,
) -> Walked:
    """List all files below a folder, level by level, each level sorted by path.

    Args:
        folder: Where to start, links resolved.
        boundary: What no link may leave, links resolved.
        label: What errors put in front of a path.
        skip: Tells by its path relative to ``folder`` whether a file or folder is left out.
        max_files: How many files are listed; the others are only counted.
        problems: Receives what cannot be published.
    """
    walking = _Walk(
        boundary=boundary, label=label, skip=skip, max_files=max_files, problems=problems
    )
    with problems.noted():
        walking.enqueue("", folder, frozenset())
    folders = 0
    while walking.queue:
        folders += 1
        if folders > MAX_FOLDERS:
            problems.add(f"{label} has more than {MAX_FOLDERS:,} folders, counted through links")
            break
        with problems.noted():
            walking.folder(walking.queue.popleft())
    return Walked(files=tuple(walking.files), count=walking.count, skipped=tuple(walking.skipped))


def locate(file: Path, *, boundary: Path, path: str) -> tuple[Path, os.stat_result]:
    """Resolve a link and make sure that a regular file or a folder inside the boundary is there.

    Args:
        file: A path whose folders are resolved already.
        boundary: What no link may leave, links resolved.
        path: How errors name it.

    Raises:
        SiteError: The link leaves the boundary or leads nowhere, or it is something else.
    """
    try:
        linked = file.is_symlink()
        target = Path(os.path.realpath(file, strict=True)) if linked else file
        status = target.stat()
    except OSError as error:
        raise _unreadable(path, error) from error
    if linked and not target.is_relative_to(boundary):
        raise SiteError(
            f"{path} is a link that leaves the output directory",
            hint="Replace such a link by a copy of what it points to.",
        )
    _check_kind(status, shown=path)
    return target, status


def _status_of(entry: os.DirEntry[str], *, shown: str) -> os.stat_result:
    try:
        status = entry.stat(follow_symlinks=False)
    except OSError as error:
        raise _unreadable(shown, error) from error
    _check_kind(status, shown=shown)
    return status


def _check_kind(status: os.stat_result, *, shown: str) -> None:
    if not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)):
        raise SiteError(
            f"{shown} is neither a file nor a folder",
            hint="Remove sockets, pipes and devices from the output directory.",
        )


def _unreadable(shown: str, error: OSError) -> SiteError:
    return SiteError(
        f"{shown} cannot be read: {error.strerror}",
        hint="Remove links that lead nowhere, and make every file readable.",
    )


def _check_name(name: str, *, shown: str) -> None:
    try:
        name.encode()
    except UnicodeEncodeError as error:
        raise SiteError(
            f"{shown!a} has a name that is not UTF-8", hint="Rename the file."
        ) from error
    if _NOT_IN_URLS.search(name):
        raise SiteError(
            f"{shown!a} has a name that no URL can hold",
            hint="Remove control characters and backslashes from names.",
        )


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False
