"""Finding the code of a site: ``_worker.js``, or a prebuilt ``_worker.bundle``.

A ``_worker.js`` is sent as it is, like ``wrangler pages deploy --no-bundle`` does; joining modules
into one is the work of a build. So imports that the runtime could not resolve are refused here.
"""

from __future__ import annotations

import posixpath
import re
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from oneclick_deploy.errors import SiteError
from oneclick_deploy.site.contents import read_named, read_regular
from oneclick_deploy.site.ignore import WORKER_BUNDLE, WORKER_SCRIPT
from oneclick_deploy.site.imports import Import, imports, possible_imports
from oneclick_deploy.site.limits import (
    MAX_WORKER_BUNDLE,
    MEBIBYTE,
    too_large,
    worker_size_warning,
)
from oneclick_deploy.site.problems import Problems, shortened
from oneclick_deploy.site.walk import FoundFile, locate, walk
from oneclick_deploy.site.worker_bundle import (
    MAX_MODULES,
    WorkerBundle,
    WorkerModule,
    build_bundle,
    parse_bundle,
)

MAIN_MODULE: Final = "index.js"
JAVASCRIPT: Final = "application/javascript+module"

# The rules of wrangler for files of a _worker.js folder; other files are left out.
MODULE_TYPES: Final = {
    ".js": JAVASCRIPT,
    ".mjs": JAVASCRIPT,
    ".wasm": "application/wasm",
    ".wasm?module": "application/wasm",
    ".bin": "application/octet-stream",
    ".txt": "text/plain",
    ".html": "text/plain",
    ".sql": "text/plain",
}

# What is larger was joined by a bundler, which leaves no such imports; scanning it takes seconds.
_MAX_SCANNED = 4 * MEBIBYTE
_RUNTIME_SCHEMES = ("node:", "cloudflare:", "workerd:")
# With nodejs_compat the runtime also knows these without "node:".
_NODE_MODULE = re.compile(
    r"""(?:assert|async_hooks|buffer|child_process|cluster|console|constants|crypto|dgram
    |diagnostics_channel|dns|domain|events|fs|https?|http2|inspector|module|net|os|path|perf_hooks
    |process|punycode|querystring|readline|repl|stream|string_decoder|sys|timers|tls|trace_events
    |tty|url|util|v8|vm|wasi|worker_threads|zlib)(?:/.*)?""",
    re.VERBOSE,
)
# The files that wrangler compiles.
_FUNCTION_SUFFIXES = frozenset({".js", ".jsx", ".mjs", ".ts", ".tsx"})

_IMPORT_HINT = (
    f"Make {WORKER_SCRIPT} a folder with {MAIN_MODULE} and every module it imports, or build one "
    "file with `wrangler pages functions build --build-output-directory DIR "
    f"--outfile DIR/{WORKER_BUNDLE}`."
)
_FUNCTIONS_HINT = (
    "Compile it with `wrangler pages functions build --outfile DIR/_worker.bundle`, "
    "where DIR is the output directory."
)


def read_worker(
    root: Path,
    *,
    present: frozenset[str],
    functions: Path | None,
    problems: Problems,
    warnings: list[str],
) -> WorkerBundle | None:
    """Read the code of a site.

    A prebuilt ``_worker.bundle`` is taken before the ``_worker.js`` it was built from, and either
    of them before a folder of functions, which the host disables as well.

    Args:
        root: The output directory, links resolved.
        present: The names in it that are no assets.
        functions: The app's folder of Pages Functions, which stands beside the output directory.
        problems: Receives what cannot be deployed.
        warnings: Receives what may not be what was meant.
    """
    worker: WorkerBundle | None = None
    with problems.noted():
        if WORKER_BUNDLE in present:
            worker = _prebuilt(root, warnings=warnings)
        elif WORKER_SCRIPT in present:
            worker = _script(root, problems=problems, warnings=warnings)
        elif functions is not None and _holds_scripts(functions):
            raise SiteError("functions/ holds code that is not compiled", hint=_FUNCTIONS_HINT)
        if worker:
            _check_size(worker, warnings=warnings)
    return worker


def _prebuilt(root: Path, *, warnings: list[str]) -> WorkerBundle:
    bundle = parse_bundle(read_named(root, WORKER_BUNDLE, limit=MAX_WORKER_BUNDLE))
    if _is_older(root / WORKER_BUNDLE, root / WORKER_SCRIPT):
        warnings.append(
            f"/{WORKER_BUNDLE} is older than /{WORKER_SCRIPT}, and is what will be deployed"
        )
    return bundle


def _script(root: Path, *, problems: Problems, warnings: list[str]) -> WorkerBundle:
    label = f"/{WORKER_SCRIPT}"
    script, status = locate(root / WORKER_SCRIPT, boundary=root, path=label)
    if stat.S_ISDIR(status.st_mode):
        return _folder(script, root=root, problems=problems, warnings=warnings)
    content = read_named(root, WORKER_SCRIPT, limit=MAX_WORKER_BUNDLE)
    module = WorkerModule(name=WORKER_SCRIPT, content_type=JAVASCRIPT, content=content)
    for missing in _unresolved(module, names={module.name}):
        if not missing.dynamic or missing.specifier.startswith((".", "/")):
            problems.add(
                f"{label} imports {missing.specifier!a}, which is not sent", hint=_IMPORT_HINT
            )
    return WorkerBundle(main_module=module.name, modules=(module,))


def _folder(folder: Path, *, root: Path, problems: Problems, warnings: list[str]) -> WorkerBundle:
    label = f"/{WORKER_SCRIPT}/"
    found = walk(
        folder,
        boundary=root,
        label=label,
        skip=lambda path: path == ".wrangler",
        max_files=MAX_MODULES,
        problems=problems,
    )
    if found.count > MAX_MODULES:
        raise SiteError(
            f"{label} has {found.count:,} files, the limit is {MAX_MODULES:,}",
            hint="Leave out what the worker does not import.",
        )
    chosen = [file for file in found.files if _module_type(file.path)]
    if all(file.path != MAIN_MODULE for file in chosen):
        raise SiteError(
            f"{label} has no {MAIN_MODULE}", hint=f"The entry of the folder is {MAIN_MODULE}."
        )
    if (total := sum(file.size for file in chosen)) > MAX_WORKER_BUNDLE:
        raise _too_large(total)
    modules = tuple(_read_modules(chosen))
    names = {module.name for module in modules}
    doubtful: list[str] = []
    for module in modules:
        for missing in _unresolved(module, names=names):
            message = f"{label}{module.name} imports {missing.specifier!a}, which is not sent"
            if missing.dynamic:
                doubtful.append(message)
            else:
                problems.add(message, hint="Add the module to the folder, or build it in.")
    warnings += shortened(doubtful)
    return WorkerBundle(main_module=MAIN_MODULE, modules=modules)


def _read_modules(files: Iterable[FoundFile]) -> Iterator[WorkerModule]:
    """Read the modules: the entry first, then folder by folder, as the official client does."""
    for file in sorted(files, key=lambda file: (file.path != MAIN_MODULE, file.path.split("/"))):
        label = f"/{WORKER_SCRIPT}/{file.path}"
        yield WorkerModule(
            name=file.path,
            content_type=_module_type(file.path),
            content=read_regular(file.absolute, path=label, limit=file.size),
        )


def _module_type(path: str) -> str:
    name = path.rpartition("/")[2]
    return MODULE_TYPES.get(name[name.rfind(".") :], "") if "." in name else ""


def _unresolved(module: WorkerModule, *, names: set[str]) -> Iterator[Import]:
    if module.content_type != JAVASCRIPT or len(module.content) > _MAX_SCANNED:
        return
    source = module.content.decode(errors="replace")
    missing = {
        specifier
        for specifier in possible_imports(source)
        if not _resolves(specifier, importer=module.name, names=names)
    }
    if missing:
        yield from (found for found in imports(source) if found.specifier in missing)


def _resolves(specifier: str, *, importer: str, names: set[str]) -> bool:
    if specifier.startswith(_RUNTIME_SCHEMES) or _NODE_MODULE.fullmatch(specifier):
        return True
    # workerd takes "lib.js" for "./lib.js", and "/lib.js" for the one in the top folder.
    name = posixpath.normpath(posixpath.join(posixpath.dirname(importer), specifier))
    return name.lstrip("/") in names


def _holds_scripts(folder: Path) -> bool:
    try:
        return any(file.suffix in _FUNCTION_SUFFIXES for file in folder.rglob("*"))
    except OSError:
        return False


def _is_older(file: Path, script: Path) -> bool:
    try:
        return file.stat().st_mtime_ns < script.stat().st_mtime_ns
    except OSError:
        return False


def _check_size(worker: WorkerBundle, *, warnings: list[str]) -> None:
    bundle = build_bundle(worker)
    if len(bundle) > MAX_WORKER_BUNDLE:
        raise _too_large(len(bundle))
    if warning := worker_size_warning(bundle):
        warnings.append(warning)


def _too_large(size: int) -> SiteError:
    return SiteError(
        too_large("the worker", size, limit=MAX_WORKER_BUNDLE),
        hint="Minify the worker, and leave out packages that only the build needs.",
    )
