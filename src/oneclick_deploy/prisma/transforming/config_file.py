"""The ``prisma.config.ts`` that Prisma 7 reads the URL from."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from oneclick_deploy.prisma.transforming.datasource import DEFAULT_ENV, DIRECT_ENV, LOCAL_FILE, Url
from oneclick_deploy.prisma.transforming.result import ConfigFile

if TYPE_CHECKING:
    from oneclick_deploy.prisma.targets import Target
    from oneclick_deploy.prisma.transforming.datasource import Urls

PATH = "prisma.config.ts"
_FOLDER = "prisma"
_VARIABLE = re.compile(r"[A-Za-z_$][\w$]*", re.ASCII)


def config_file(urls: Urls, target: Target, schema_path: str, folder: str) -> ConfigFile:
    """The file to propose, with the URLs that the schema gave.

    Args:
        urls: The datasource's URLs before the rewrite.
        target: The database.
        schema_path: The schema's file or directory, from the app's directory.
        folder: The directory of the file that holds the datasource.
    """
    lines = [
        'import { defineConfig } from "prisma/config";',
        "",
        "// Prisma 7 does not read .env by itself: import dotenv/config here when the variables are there.",
        "export default defineConfig({",
        f"  schema: {_text(schema_path)},",
        f"  migrations: {{ path: {_text(posixpath.join(folder, 'migrations'))} }},",
        "  datasource: {",
        f"    // {_purpose(target)}",
        f"    url: {_url(urls, target, folder)},",
    ]
    if urls.shadow is not None and urls.shadow.variable and not target.is_sqlite:
        lines.append(f"    shadowDatabaseUrl: {_variable(urls.shadow.variable)},")
    lines += ["  },", "});", ""]
    reason = (
        "Prisma 7 refuses URLs in the schema; its command line takes them from here. If the app "
        "has a prisma.config file already, take the datasource over into it."
    )
    return ConfigFile(PATH, "\n".join(lines), reason)


def schema_place(given: object) -> tuple[str, str]:
    """The schema's path from the app's directory, and the folder that its migrations are beside."""
    if isinstance(given, Path):
        parts = given.parts
        if _FOLDER in parts:
            parts = parts[len(parts) - 1 - parts[::-1].index(_FOLDER) :]
        elif given.is_absolute():
            parts = parts[-1:]
        place = posixpath.join(*parts) if parts else _FOLDER
        return place, posixpath.dirname(place) if given.suffix == ".prisma" else place
    if isinstance(given, Mapping) and len(given) > 1:
        return _FOLDER, _FOLDER
    return f"{_FOLDER}/schema.prisma", _FOLDER


def _purpose(target: Target) -> str:
    if target.is_sqlite and target.adapter:
        return (
            f"For Prisma's command line, which opens files only; the app gives {target.title} to "
            "the adapter."
        )
    if target.has_pooler:
        return "For migrations: the direct URL. The app gives the pooled one to the adapter."
    return "For Prisma's command line; the app gives its URL to the adapter."


def _url(urls: Urls, target: Target, folder: str) -> str:
    if target.is_sqlite:
        if urls.url is not None and urls.url.is_local_file:
            return _text(_from_app(urls.url, folder))
        name = urls.url.variable if urls.url is not None and urls.url.variable else DEFAULT_ENV
        local = _text(_from_app(Url(text=LOCAL_FILE), folder))
        return f"{_variable(name)} ?? {local}"
    name = urls.url.variable if urls.url is not None and urls.url.variable else DEFAULT_ENV
    if urls.direct is not None and urls.direct.variable:
        return f"{_variable(urls.direct.variable)} ?? {_variable(name)}"
    if target.has_pooler:
        return f"{_variable(DIRECT_ENV)} ?? {_variable(name)}"
    return _variable(name)


def _from_app(url: Url, folder: str) -> str:
    """A file's URL seen from the app's directory.

    Before Prisma 7, relative paths counted from the schema; they count from this file now
    (prisma/orm#28514).
    """
    path, mark, query = (url.text or "").removeprefix("file:").partition("?")
    if path.startswith("/"):
        return url.text or ""
    moved = posixpath.normpath(posixpath.join(folder, path))
    return f"file:./{moved}{mark}{query}" if not moved.startswith("..") else f"file:{moved}"


def _variable(name: str) -> str:
    # Not Prisma's env(): it throws when the variable is missing, even for `prisma generate`.
    return f"process.env.{name}" if _VARIABLE.fullmatch(name) else f"process.env[{_text(name)}]"


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
