"""The ``_headers`` file: which headers are set on, or removed from, the answers of a site.

Rules as seen in Cloudflare's local asset server; see ``docs/local-cloud-cloudflare.md``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from attrs import frozen

from oneclick_deploy.local.sites.patterns import Pattern, compile_pattern, fill
from oneclick_deploy.local.sites.rule_urls import (
    MAX_LINE_LENGTH,
    RuleUrlError,
    check_header_path,
)
from oneclick_deploy.local.sites.urls import Url

MAX_RULES = 100
_PATH_LINE = re.compile(r"^([^\s]+://|/)")
_SPLAT_NAME = re.compile(r":splat(?!\w)")
_UNSET = "! "


@frozen(kw_only=True)
class HeaderRule:
    """One path of the file with its headers.

    Args:
        path: The pattern as written.
        pattern: The compiled pattern.
        set: Header names in lower case to values; values may hold placeholders.
        unset: Names of the headers to remove.
    """

    path: str
    pattern: Pattern
    set: Mapping[str, str]
    unset: tuple[str, ...] = ()


def parse_headers(text: str) -> tuple[HeaderRule, ...]:
    """Read a ``_headers`` file; lines that Cloudflare skips are skipped."""
    rules: dict[str, HeaderRule] = {}
    count = 0
    path: str | None = None
    values: dict[str, str] = {}
    removed: list[str] = []

    def finish() -> None:
        nonlocal count
        if path is None or not (values or removed):
            return
        count += 1
        pattern = compile_pattern(path)
        if pattern is not None:
            # Of a repeated path the later rule wins, at the place of the first.
            rules[path] = HeaderRule(
                path=path, pattern=pattern, set=dict(values), unset=tuple(removed)
            )

    skipping = False
    for line in _meaningful_lines(text):
        if _PATH_LINE.match(line):
            # The limit is tested before the rule in hand is counted: 101 rules pass.
            if count >= MAX_RULES:
                break
            finish()
            path = _checked_path(line)
            skipping = path is None
            values, removed = {}, []
        elif not skipping and path is not None:
            _read_header_line(line, values=values, removed=removed)
    finish()
    return tuple(rules.values())


def apply_headers(
    rules: tuple[HeaderRule, ...], *, url: Url, headers: dict[str, str]
) -> dict[str, str]:
    """Return ``headers`` (lower-case names) changed by every rule that matches ``url``."""
    changed = dict(headers)
    written: set[str] = set()
    for rule in rules:
        values = rule.pattern.match(url)
        if values is None:
            continue
        for name in rule.unset:
            changed.pop(name.lower(), None)
        for name, template in rule.set.items():
            value = fill(template, values)
            if name in written and name in changed:
                changed[name] = f"{changed[name]}, {value}"
            else:
                changed[name] = value
            written.add(name)
    return changed


def _meaningful_lines(text: str) -> list[str]:
    stripped = (line.strip("\ufeff \t\r\n\v\f\xa0") for line in text.split("\n"))
    return [
        line
        for line in stripped
        if line and not line.startswith("#") and len(line) <= MAX_LINE_LENGTH
    ]


def _checked_path(line: str) -> str | None:
    try:
        path = check_header_path(line)
    except RuleUrlError:
        return None
    splats = path.count("*")
    if splats > 1 or (splats and _SPLAT_NAME.search(path)):
        return None
    return path


def _read_header_line(line: str, *, values: dict[str, str], removed: list[str]) -> None:
    if ":" not in line:
        if line.startswith(_UNSET):
            removed.append(line.replace(_UNSET, "", 1))
        return
    raw_name, _, raw_value = line.partition(":")
    name, value = raw_name.strip().lower(), raw_value.strip()
    if not name or " " in name or not value:
        return
    values[name] = f"{values[name]}, {value}" if name in values else value
