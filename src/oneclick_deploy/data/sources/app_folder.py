"""Finds the file in an app's directory that the datasource of its Prisma schema names."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from oneclick_deploy.data.sources.env_files import look_up
from oneclick_deploy.errors import DataSourceError, SchemaError
from oneclick_deploy.prisma.parsing import parse
from oneclick_deploy.prisma.syntax import tree

_SCHEMAS: Final = ("prisma/schema.prisma", "prisma/schema", "schema.prisma")
_CONFIGS: Final = tuple(
    f"{name}.{ending}"
    for name in ("prisma.config", ".config/prisma")
    for ending in ("ts", "mts", "cts", "js", "mjs", "cjs")
)
_LARGEST_CONFIG: Final = 1 << 20
# One of: "file:…"; env("X"); process.env.X; process.env["X"], anywhere in the value of `url`.
_URL: Final = re.compile(
    r"\burl\s*:\s*(?:[^,\n}]*?)(?:"
    r"(?P<quote>[\"'`])(?P<text>file:[^\"'`\n]*)(?P=quote)"
    r"|\benv(?:<[^>]*>)?\(\s*[\"'](?P<env>\w+)[\"']"
    r"|\bprocess\.env(?:\.(?P<dot>\w+)|\[\s*[\"'](?P<key>\w+)[\"']\s*\])"
    r"(?:!|\s*(?:\?\?|\|\|)\s*[\"'`](?P<otherwise>file:[^\"'`\n]*)[\"'`])?)"
)
_COMMENT: Final = re.compile(r"/\*.*?\*/|^\s*//[^\n]*", re.DOTALL | re.MULTILINE)
_ENDINGS: Final = ("*.db", "*.sqlite", "*.sqlite3")


def find_database(root: Path) -> Path:
    """The SQLite file that an app's datasource names.

    The schema's ``url`` counts, or ``prisma.config.ts`` where the schema has none; ``env()`` is
    looked up in the app's ``.env`` files. A relative path counts from the schema's directory, one
    of ``prisma.config.ts`` from there; where there is no such file, the other is tried.

    Args:
        root: The app's directory. Nothing outside it is read.

    Raises:
        DataSourceError: There is no schema, or it names no file inside the app.
    """
    schema, provider, url = _datasource(root)
    bases = [schema.parent if schema.is_file() else schema, root]
    if provider not in {"", "sqlite"}:
        raise DataSourceError(
            f"the datasource of {_inside(schema, root)} is {provider}, not SQLite",
            hint="Pass the path of the preview's SQLite file.",
        )
    value, base = _resolved(url, root) if url is not None else (None, None)
    if value is None and url is None:
        value, base = _configured(root)
    if base is not None:
        bases.insert(0, base)
    if not value:
        raise DataSourceError(
            f"no file says which database {root} uses{_named(url)}",
            hint=_proposal(root),
        )
    return _located(value, bases, root)


_Url = tree.Expression | None


def _datasource(root: Path) -> tuple[Path, str, _Url]:
    """The schema's place, its provider, and the value of its ``url``."""
    inside = root.resolve()
    for name in _SCHEMAS:
        place = root / name
        if not place.exists() or not place.resolve().is_relative_to(inside):
            continue
        try:
            schema = parse(place)
        except SchemaError as error:
            raise DataSourceError(error.message, hint=error.hint) from None
        for each in schema.trees:
            for block in each.blocks:
                if isinstance(block, tree.ConfigBlock) and block.keyword == "datasource":
                    return _file_of(place, block), _text(block, "provider"), _value(block, "url")
    raise DataSourceError(
        f"{root} has no Prisma schema with a datasource",
        hint=f"Looked for {', '.join(_SCHEMAS)}. " + _proposal(root),
    )


def _file_of(place: Path, block: tree.ConfigBlock) -> Path:
    return place / block.file.path if place.is_dir() else place


def _value(block: tree.ConfigBlock, name: str) -> _Url:
    found = block.get(name)
    return found.value if found is not None else None


def _text(block: tree.ConfigBlock, name: str) -> str:
    value = _value(block, name)
    return value.value if isinstance(value, tree.String) else ""


def _resolved(url: tree.Expression, root: Path) -> tuple[str | None, Path | None]:
    """The text of a ``url``, and the directory from which it counts if not from the schema's."""
    if isinstance(url, tree.String):
        return url.value, None
    name = _variable(url)
    return (look_up(root, name) if name else None), None


def _variable(url: _Url) -> str:
    if isinstance(url, tree.Call) and url.name.name == "env":
        for argument in url.arguments.items:
            if isinstance(argument.value, tree.String):
                return argument.value.value
    return ""


def _named(url: _Url) -> str:
    name = _variable(url)
    return f": {name} is in none of its .env files" if name else ""


def _configured(root: Path) -> tuple[str | None, Path | None]:
    """The URL that ``prisma.config.ts`` has, read as text."""
    inside = root.resolve()
    for name in _CONFIGS:
        path = (root / name).resolve()
        if not path.is_relative_to(inside) or not path.is_file():
            continue
        with path.open("rb") as opened:
            text = _COMMENT.sub("", opened.read(_LARGEST_CONFIG).decode(errors="replace"))
        found = _URL.search(text)
        if found is None:
            continue
        variable = found["env"] or found["dot"] or found["key"]
        value = look_up(root, variable) if variable else found["text"]
        return value or found["otherwise"], root
    return None, None


def _located(value: str, bases: list[Path], root: Path) -> Path:
    scheme, colon, rest = value.partition(":")
    if not colon or scheme.lower() != "file":
        # The rest of a URL may hold a password.
        raise DataSourceError(
            f"the datasource of {root} names no file"
            + (f", but a {scheme[:20]}: address" if colon and scheme.isalnum() else ""),
            hint="Pass the path of the preview's SQLite file, or set the URL to file:./dev.db.",
        )
    name = rest.partition("?")[0].removeprefix("//")
    inside = root.resolve()
    if "\x00" in name:
        raise DataSourceError(f"the datasource of {root} names no file", hint=_proposal(root))
    places = list(dict.fromkeys((base / name).resolve() for base in bases))
    allowed = [place for place in places if place.is_relative_to(inside)]
    found = next((place for place in allowed if _is_file(place)), None)
    if found is not None:
        return found
    if places[0] not in allowed:
        raise DataSourceError(
            f"the datasource of {root} names {name}, which is outside the app",
            hint="Pass the path of that file itself.",
        )
    raise DataSourceError(
        f"the datasource of {root} names {name}, and there is no {_inside(allowed[0], inside)}",
        hint=_proposal(root),
    )


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that is too long
        return False


def _inside(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name


def _proposal(root: Path) -> str:
    """Which files may be meant."""
    found = [
        _inside(path, root)
        for folder in (root, root / "prisma", root / "data", root / "db")
        for ending in _ENDINGS
        for path in sorted(folder.glob(ending))[:3]
    ]
    seen = f" Perhaps {', '.join(found[:3])}." if found else ""
    return f"Pass the path of the preview's SQLite file.{seen}"
