"""Warnings about ``_headers`` and ``_redirects``.

The host drops lines it does not understand without a word, so a deployment succeeds and the rule
is missing. Limits and behaviour: facts/site-serving.md, "Pages", and the checks that wrangler makes
when it serves a site locally.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from oneclick_deploy.site.problems import shortened

MAX_LINE_LENGTH: Final = 2000
MAX_HEADER_RULES: Final = 100
MAX_STATIC_REDIRECTS: Final = 2000
MAX_DYNAMIC_REDIRECTS: Final = 100

_HEADER_PATH = re.compile(r"\S+://|/")
_DYNAMIC = re.compile(r"\*|:[A-Za-z]")
_INDEX = re.compile(r"/index(?:\.html)?")
_STATUSES = frozenset({"200", "301", "302", "303", "307", "308"})


def headers_warnings(content: bytes) -> list[str]:
    """List the lines of a ``_headers`` file that will have no effect, or a surprising one."""
    return [f"/_headers {warning}" for warning in shortened(list(_headers(content)))]


def redirects_warnings(content: bytes) -> list[str]:
    """List the lines of a ``_redirects`` file that will have no effect."""
    return [f"/_redirects {warning}" for warning in shortened(list(_redirects(content)))]


def _lines(content: bytes) -> Iterator[tuple[str, str]]:
    for number, raw in enumerate(content.decode(errors="replace").split("\n"), start=1):
        line = raw.strip()
        if line and not line.startswith("#"):
            yield f"line {number}", line


def _headers(content: bytes) -> Iterator[str]:
    rules = 0
    for place, line in _lines(content):
        if len(line) > MAX_LINE_LENGTH:
            yield f"{place} is ignored: it has more than {MAX_LINE_LENGTH:,} characters"
        elif _HEADER_PATH.match(line):
            rules += 1
            if rules == MAX_HEADER_RULES + 1:
                yield f"{place} exceeds the {MAX_HEADER_RULES} rules that are documented to work"
            if line.count("*") > 1:
                yield f"{place} is ignored with its headers: a path can have one `*`"
        elif rules == 0:
            yield f"{place} is ignored: it stands before the first path"
        elif problem := _header_problem(line):
            yield f"{place} {problem}"


def _header_problem(line: str) -> str:
    name, colon, value = line.partition(":")
    name = name.strip()
    if line.startswith("!  "):
        return "makes the site fail: write one space after `!`"
    if not colon:
        return "" if line.startswith("! ") else "is ignored: it is not `Name: value`"
    if not name or " " in name:
        return "is ignored: a header's name cannot be empty or have spaces"
    return "" if value.strip() else "is ignored: the header has no value"


def _redirects(content: bytes) -> Iterator[str]:
    static = dynamic = 0
    seen: set[str] = set()
    for place, line in _lines(content):
        if len(line) > MAX_LINE_LENGTH:
            yield f"{place} is ignored: it has more than {MAX_LINE_LENGTH:,} characters"
            continue
        tokens = re.sub(r"\s+#.*$", "", line).split()
        if len(tokens) not in {2, 3}:
            yield f"{place} is ignored: a rule is `from to` or `from to status`"
            continue
        source, target, status = [*tokens, "302"][:3]
        # After the first dynamic rule every rule counts as one.
        if dynamic or _DYNAMIC.search(source):
            dynamic += 1
        else:
            static += 1
        if dynamic > MAX_DYNAMIC_REDIRECTS:
            yield f"{place} and all after it are ignored: over {MAX_DYNAMIC_REDIRECTS} dynamic rules"
            return
        if static > MAX_STATIC_REDIRECTS:
            yield f"{place} is ignored: over {MAX_STATIC_REDIRECTS:,} static rules"
        elif problem := _redirect_problem(source, target, status):
            yield f"{place} is ignored: {problem}"
        elif source in seen:
            yield f"{place} is ignored: there is a rule for {source[:100]!a} above"
        seen.add(source)


def _redirect_problem(source: str, target: str, status: str) -> str:
    if not source.startswith("/"):
        return "the path to redirect from must start with a slash"
    if status not in _STATUSES:
        return f"the status must be one of {', '.join(sorted(_STATUSES))}"
    if status == "200" and not target.startswith("/"):
        return "a rewrite (200) must stay on the site"
    if target.startswith("/") and source.endswith(("/*", "/")) and _index_of_site(target):
        return (
            "it would lead to itself; without a 404.html the host answers unknown paths with "
            "/index.html by itself"
        )
    return ""


def _index_of_site(target: str) -> bool:
    return bool(_INDEX.fullmatch(target[target.rfind("/") :]))
