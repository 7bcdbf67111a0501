"""The house: imports point downward only, and every room has one subject."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent / "src" / "oneclick_deploy"
MODULES = sorted(ROOT.rglob("*.py"))

# Lowest first; a room may import from its own layer and from those below it.
LAYERS = [
    {"errors", "secrets", "sizes"},
    {"runtime"},
    {"http", "events"},
    {"prisma", "site"},
    {"app", "targets", "codegen", "data", "providers", "store", "pricing", "domains"},
    {"deploy", "progress"},
    {"web"},
]
HEIGHT = {room: height for height, rooms in enumerate(LAYERS) for room in rooms}
# The embedded cloud stands beside the house: it knows the errors, and pure tables of sites.
LOCAL_MAY_IMPORT = {"errors", "secrets", "http", "site", "local"}
CATCH_ALLS = {"utils", "util", "helpers", "helper", "base", "common", "misc"}
LONGEST = 400
# Tables, which are long because the world is; and the tree of errors, which is one page on purpose.
LONGER = {"site/content_type_table.py", "errors.py"}


def room_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[str]:
    """The modules that a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module or ""
            if node.module == "oneclick_deploy":
                yield from (f"oneclick_deploy.{alias.name}" for alias in node.names)


def rooms_imported(path: Path) -> set[str]:
    """The rooms of this library that a file imports from."""
    parts = [module.split(".") for module in imports(path)]
    return {names[1] for names in parts if names[0] == "oneclick_deploy" and len(names) > 1}


def libraries_imported(path: Path) -> set[str]:
    return {module.partition(".")[0] for module in imports(path)} - {"oneclick_deploy"}


def offenders(found: Callable[[Path, str], Iterable[str]]) -> dict[str, set[str]]:
    """What ``found`` has against each module; modules that it has nothing against are left out."""
    names = {path: path.relative_to(ROOT).as_posix() for path in MODULES}
    all_found = {names[path]: set(found(path, room_of(path))) for path in MODULES}
    return {name: wrong for name, wrong in all_found.items() if wrong}


def test_every_room_has_its_place_in_the_order():
    rooms = {room_of(path) for path in MODULES} - {"__init__", "local"}
    assert rooms <= HEIGHT.keys()


def test_imports_point_downward():
    def above(path: Path, room: str) -> Iterable[str]:
        if room in {"__init__", "local"}:
            return ()
        return (each for each in rooms_imported(path) if HEIGHT.get(each, 99) > HEIGHT[room])

    assert offenders(above) == {}


def test_the_local_cloud_stands_apart():
    def beside(path: Path, room: str) -> Iterable[str]:
        if room == "local":
            return rooms_imported(path) - LOCAL_MAY_IMPORT
        return rooms_imported(path) & {"local"} if room != "__init__" else ()

    assert offenders(beside) == {}


def test_httpx_is_imported_in_one_room_only():
    def http(path: Path, room: str) -> Iterable[str]:
        return (
            libraries_imported(path) & {"httpx", "httpcore", "tenacity"} if room != "http" else ()
        )

    assert offenders(http) == {}


def test_asynchronous_sources_use_the_runtime_pair_only():
    def loops(path: Path, room: str) -> Iterable[str]:
        generated_from = {"_async", "_async.py"} & set(path.relative_to(ROOT).parts)
        if room == "local" or not generated_from:
            return ()
        return libraries_imported(path) & {"asyncio", "anyio", "concurrent"}

    assert offenders(loops) == {}


def test_no_module_is_a_catch_all():
    def catch_all(path: Path, room: str) -> Iterable[str]:
        parts = path.relative_to(ROOT).parts
        return CATCH_ALLS & {part.removesuffix(".py").strip("_") for part in parts}

    assert offenders(catch_all) == {}


def test_no_module_is_long():
    def long(path: Path, room: str) -> Iterable[str]:
        lines = len(path.read_text("utf-8").splitlines())
        longer = path.relative_to(ROOT).as_posix() in LONGER
        return [f"{lines} lines"] if lines > LONGEST and not longer else []

    assert offenders(long) == {}


def test_every_module_says_what_it_is_for():
    def silent(path: Path, room: str) -> Iterable[str]:
        return [] if ast.get_docstring(ast.parse(path.read_text("utf-8"))) else ["no docstring"]

    assert offenders(silent) == {}


def test_lists_of_exceptions_are_not_stale():
    assert all((ROOT / name).is_file() for name in LONGER)
