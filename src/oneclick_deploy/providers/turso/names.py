"""The rules for names and for where they stand in an address."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import quote

from oneclick_deploy.errors import ConfigurationError

LONGEST_NAME = 64
# specs/turso.json, CreateDatabaseInput.name: lowercase letters, numbers, dashes, at most 64.
_NAME = re.compile(r"[a-z0-9-]{1,64}")


def check_name(name: str, *, what: str = "database") -> str:
    """Return ``name`` when the provider would accept it.

    Raises:
        ConfigurationError: It breaks a rule.
    """
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        shown = name if isinstance(name, str) and len(name) <= LONGEST_NAME else "the given name"
        raise ConfigurationError(
            f"{shown!r} cannot be the name of a Turso {what}",
            hint=f"Use lowercase letters, digits and dashes, at most {LONGEST_NAME} characters"
            f"{_proposal(name)}.",
        )
    return name


def segment(name: str, *, what: str) -> str:
    """Write ``name`` as one segment of a path, so that it cannot lead anywhere else.

    Raises:
        ConfigurationError: It is empty, or a dot segment, which clients resolve.
    """
    if not isinstance(name, str) or name.strip(". ") == "":
        raise ConfigurationError(
            f"{name!r} is not the name of a Turso {what}", hint=f"Pass the {what}'s own name."
        )
    return quote(name.encode("utf-8", "replace"), safe="")


def rfc3339(when: datetime) -> str:
    """Write a time as the API demands it: UTC with ``Z``.

    Raises:
        ConfigurationError: The time has no zone.
    """
    if when.tzinfo is None:
        raise ConfigurationError(
            "a time without a zone is ambiguous",
            hint="Pass an aware datetime, such as datetime.now(UTC).",
        )
    return when.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _proposal(name: object) -> str:
    if not isinstance(name, str):
        return ""
    fitting = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:LONGEST_NAME].strip("-")
    return f", for example {fitting!r}" if fitting else ""
