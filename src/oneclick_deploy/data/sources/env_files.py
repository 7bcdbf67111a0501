"""Reads the variables of an app's ``.env`` files, as data: nothing is expanded or run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

# The file that Prisma's command line reads from the app's directory, the one beside the schema,
# and then those that Next.js reads.
_FILES: Final = (
    ".env",
    "prisma/.env",
    ".env.local",
    ".env.development.local",
    ".env.development",
)
_LARGEST: Final = 1 << 20
_LINE: Final = re.compile(
    r"^[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_.]*)[ \t]*=[ \t]*"
    r"(?:'([^']*)'|\"((?:[^\"\\]|\\.)*+)\"|`([^`]*)`|([^\n#]*))",
    re.MULTILINE | re.DOTALL,
)


def look_up(root: Path, name: str) -> str | None:
    """The value of a variable in the first of the app's files that sets it.

    Args:
        root: The app's directory; files that links lead out of it are not read.
        name: The variable.
    """
    inside = root.resolve()
    for file in _FILES:
        path = (root / file).resolve()
        if not path.is_relative_to(inside) or not path.is_file():
            continue
        with path.open("rb") as opened:
            text = opened.read(_LARGEST).decode(errors="replace").replace("\r\n", "\n")
        found = {each[1]: each for each in _LINE.finditer(text)}.get(name)
        if found is not None:
            return _value(found)
    return None


def _value(found: re.Match[str]) -> str:
    _, single, double, back, bare = found.groups()
    if double is not None:
        return double.replace("\\n", "\n").replace('\\"', '"').replace("\\\\", "\\")
    quoted = single if single is not None else back
    return quoted if quoted is not None else bare.strip()
