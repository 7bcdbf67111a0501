"""From an output directory to a site that can be uploaded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from oneclick_deploy.errors import SiteError
from oneclick_deploy.site.content_types import content_type
from oneclick_deploy.site.contents import read_named
from oneclick_deploy.site.hashing import hash_file
from oneclick_deploy.site.ignore import FUNCTIONS, HEADERS, REDIRECTS, ROUTES, is_ignored
from oneclick_deploy.site.limits import MAX_FILE_SIZE, MAX_FILES, looks_private, too_large
from oneclick_deploy.site.models import Site, SiteFile
from oneclick_deploy.site.problems import Problems, shortened
from oneclick_deploy.site.routes import routes_problems
from oneclick_deploy.site.rules import headers_warnings, redirects_warnings
from oneclick_deploy.site.walk import FoundFile, Walked, walk
from oneclick_deploy.site.worker_source import read_worker

Progress = Callable[[int, int], None]


def read_site(
    directory: Path,
    *,
    max_files: int = MAX_FILES,
    functions: Path | None = None,
    on_progress: Progress | None = None,
) -> Site:
    """Read an output directory: list, hash and check everything that would be deployed.

    It is plain blocking work; call it in a thread where an event loop must go on.

    Args:
        directory: What the build wrote.
        max_files: How many files the account may upload (``max_file_count_allowed`` in the upload
            token).
        functions: The app's folder of Pages Functions, if it has one. It is not compiled here.
        on_progress: Called after each hashed file with the number of files and bytes so far.

    Raises:
        SiteError: With everything that the host would refuse, before anything is sent.
    """
    root = _site_root(directory)
    problems = Problems()
    warnings: list[str] = []
    found = walk(
        root, boundary=root, label="/", skip=is_ignored, max_files=max_files, problems=problems
    )
    _check_count(found, max_files=max_files, problems=problems)
    files = _hash_all(found, problems=problems, on_progress=on_progress)
    present = frozenset(name.rstrip("/") for name in found.skipped)
    worker = read_worker(
        root, present=present, functions=functions, problems=problems, warnings=warnings
    )
    headers, redirects, routes = (
        _control_file(root, name, problems=problems) if name in present else None
        for name in (HEADERS, REDIRECTS, ROUTES)
    )
    if routes and worker:
        for problem in routes_problems(routes):
            problems.add(problem)
    if not (found.count or worker or problems):
        problems.add("it holds no files", hint="Build the app first, and give the build's output.")
    problems.refuse(root)
    warnings += _site_warnings(found, headers=headers, redirects=redirects)
    if routes and worker is None:
        warnings.append(f"/{ROUTES} has no effect: the site has no worker")
    return Site(
        root=root,
        files=files,
        ignored=found.skipped,
        worker=worker,
        headers=headers,
        redirects=redirects,
        routes=routes if worker else None,
        warnings=tuple(warnings),
    )


def _site_root(directory: Path) -> Path:
    hint = "Give the directory that the build wrote, such as out/ or dist/."
    try:
        root = Path(directory).resolve(strict=True)
    except (OSError, ValueError, RuntimeError) as error:
        raise SiteError(f"{directory} does not exist or cannot be read", hint=hint) from error
    if not root.is_dir():
        raise SiteError(f"{directory} is not a directory", hint=hint)
    return root


def _check_count(found: Walked, *, max_files: int, problems: Problems) -> None:
    if found.count > max_files:
        problems.add(
            f"it has {found.count:,} files, the account may upload {max_files:,}",
            hint="Check that the directory is the build's output and not the whole project.",
        )


def _hash_all(
    found: Walked, *, problems: Problems, on_progress: Progress | None
) -> tuple[SiteFile, ...]:
    files: list[SiteFile] = []
    total = 0
    for file in found.files if found.count == len(found.files) else ():
        try:
            files.append(_hashed(file))
        except SiteError as error:
            problems.add(error.message, hint=error.hint)
            continue
        total += files[-1].size
        if on_progress:
            on_progress(len(files), total)
    return tuple(files)


def _hashed(file: FoundFile) -> SiteFile:
    path = f"/{file.path}"
    if file.size > MAX_FILE_SIZE:
        raise SiteError(
            too_large(path, file.size, limit=MAX_FILE_SIZE),
            hint="Serve large files from object storage.",
        )
    digest, size = hash_file(file.absolute, path=path)
    return SiteFile(
        path=path, absolute=file.absolute, size=size, content_type=content_type(path), hash=digest
    )


def _control_file(root: Path, name: str, *, problems: Problems) -> bytes | None:
    """Read a file that steers the host. An empty one is not sent."""
    with problems.noted():
        return read_named(root, name, limit=MAX_FILE_SIZE) or None
    return None


def _site_warnings(found: Walked, *, headers: bytes | None, redirects: bytes | None) -> list[str]:
    private = [f"/{file.path}" for file in found.files if looks_private(file.path)]
    warnings = [f"{path} will be readable by everyone" for path in shortened(private)]
    if f"{FUNCTIONS}/" in found.skipped:
        warnings.append(
            f"/{FUNCTIONS}/ in the output directory is neither published nor run; "
            "Pages Functions stand beside the output directory"
        )
    warnings += headers_warnings(headers or b"")
    warnings += redirects_warnings(redirects or b"")
    return warnings
