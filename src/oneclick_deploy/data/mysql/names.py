"""The one place that quotes names for MySQL and MariaDB."""

from __future__ import annotations


def quoted(name: str) -> str:
    """A name between backticks: the catalogue gives only names that the server takes."""
    return "`" + name.replace("`", "``") + "`"
