"""Checking ``_routes.json``, which says for which paths the worker runs.

Rules of facts/cloudflare.md section 1: version 1, at least one include, at most 100 rules of at
most 100 characters, each starting with ``/``, and no rule covered by another of its list.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

MAX_RULES: Final = 100
MAX_RULE_LENGTH: Final = 100


def routes_problems(content: bytes) -> list[str]:
    """List what the host would refuse in a ``_routes.json``.

    Args:
        content: The bytes of the file.
    """
    try:
        routes = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return ["/_routes.json is not JSON"]
    if not isinstance(routes, dict) or routes.get("version") != 1:
        return ['/_routes.json must be an object with "version": 1']
    return [f"/_routes.json: {problem}" for problem in _problems(routes)]


def _problems(routes: dict[str, Any]) -> Iterator[str]:
    rules: list[str] = []
    for name in ("include", "exclude"):
        listed = routes.get(name)
        if not isinstance(listed, list) or not all(isinstance(rule, str) for rule in listed):
            yield f'"{name}" must be a list of texts'
            continue
        if name == "include" and not listed:
            yield '"include" needs at least one rule'
        rules += listed
        yield from _overlaps(name, listed)
    if len(rules) > MAX_RULES:
        yield f"{len(rules):,} rules, the limit is {MAX_RULES} for both lists together"
    for rule in rules:
        if not rule.startswith("/"):
            yield f"the rule {rule[:MAX_RULE_LENGTH]!a} does not start with a slash"
        if _javascript_length(rule) > MAX_RULE_LENGTH:
            yield f"the rule {rule[:MAX_RULE_LENGTH]!a}… has more than {MAX_RULE_LENGTH} characters"


def _overlaps(name: str, rules: list[str]) -> Iterator[str]:
    if len(rules) > MAX_RULES:
        return
    for wide in dict.fromkeys(rule for rule in rules if rule.endswith("/*")):
        for narrow in dict.fromkeys(rules):
            if narrow != wide and narrow.startswith(wide[:-1]):
                yield f'in "{name}", {wide!a} already covers {narrow!a}'


def _javascript_length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
