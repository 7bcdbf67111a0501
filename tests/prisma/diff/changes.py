"""The changes of ``changes.txt``: two schemas, and the script from one to the other.

A change has a title (``===``), the blocks of both schemas (``--- from``, ``--- to``, followed by
what the datasource says besides the provider), a preview feature if it needs one, and a script for
each provider that it is about.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from tests.prisma.sql.scripts import PROVIDERS


class Change(NamedTuple):
    """One change, for one provider."""

    title: str
    provider: str
    old: str
    new: str
    sql: str


def schema(body: str, provider: str = "sqlite", *, datasource: str = "", preview: str = "") -> str:
    """A schema around some blocks."""
    features = f'["{preview}"]' if preview else "[]"
    return (
        'generator client {\n  provider = "prisma-client"\n  output = "../generated"\n'
        f"  previewFeatures = {features}\n}}\n\n"
        f'datasource db {{\n  provider = "{provider}"\n  {datasource}\n}}\n\n{body}\n'
    )


def changes() -> list[Change]:
    """Every change, once for each of its providers."""
    text = Path(__file__).with_name("changes.txt").read_text("utf-8")
    return [
        change
        for part in re.split(r"^=== ", text, flags=re.MULTILINE)[1:]
        for change in _read(part)
    ]


def _read(part: str) -> list[Change]:
    title, _, rest = part.partition("\n")
    sections = {}
    settings = {}
    for section in re.split(r"^--- ", rest, flags=re.MULTILINE)[1:]:
        heading, _, body = section.partition("\n")
        name, _, setting = heading.partition(" ")
        sections[name], settings[name] = body.strip("\n"), setting
    preview = settings.get("preview", "")
    return [
        Change(
            title,
            provider,
            schema(sections["from"], provider, datasource=settings["from"], preview=preview),
            schema(sections["to"], provider, datasource=settings["to"], preview=preview),
            sections[provider] + "\n",
        )
        for provider in PROVIDERS
        if provider in sections
    ]
