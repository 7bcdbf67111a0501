"""The ``_redirects`` file: redirects, and rewrites (status 200).

Rules as seen in Cloudflare's local asset server; see ``docs/local-cloud-cloudflare.md``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from attrs import frozen

from oneclick_deploy.local.sites.patterns import PLACEHOLDER, Pattern, compile_pattern, fill
from oneclick_deploy.local.sites.rule_urls import (
    MAX_LINE_LENGTH,
    RuleUrlError,
    check_source,
    check_target,
    has_host,
)
from oneclick_deploy.local.sites.urls import Url

MAX_STATIC_RULES = 2000
MAX_DYNAMIC_RULES = 100
STATUSES = frozenset({200, 301, 302, 303, 307, 308})
_INDEX_TARGET = re.compile(r"/index(\.html)?$")
_COMMENT = re.compile(r"\s+#.*$")
_EXTERNAL = re.compile(r"^(?:\w+://|//[^/\\\s?#])", re.ASCII)


@frozen(kw_only=True)
class Redirect:
    """Where a matching request is sent.

    Args:
        status: 200 rewrites; the others redirect.
        target: A path or an https URL; may hold placeholders in a dynamic rule.
    """

    status: int
    target: str


@frozen(kw_only=True)
class Redirects:
    """The rules of a file.

    Args:
        static: Exact paths, looked up before anything else.
        dynamic: Patterns, tried in order.
    """

    static: Mapping[str, Redirect]
    dynamic: tuple[tuple[Pattern, Redirect], ...] = ()

    def find(self, url: Url) -> Redirect | None:
        """Return the redirect for ``url`` with its placeholders filled in, or None."""
        exact = self.static.get(url.path)
        if exact is not None:
            return exact
        for pattern, redirect in self.dynamic:
            values = pattern.match(url)
            if values is not None:
                target = _fill_target(redirect.target, values)
                return Redirect(status=redirect.status, target=target)
        return None


NO_REDIRECTS = Redirects(static={})


def parse_redirects(text: str) -> Redirects:
    """Read a ``_redirects`` file; lines that Cloudflare skips are skipped."""
    static: dict[str, Redirect] = {}
    dynamic: list[tuple[Pattern, Redirect]] = []
    seen: set[str] = set()
    # Once a rule with a pattern was kept, later exact paths are looked up after it.
    only_static_so_far = True
    for source, redirect in _counted_rules(text):
        if source in seen:
            continue
        seen.add(source)
        if redirect.status == 200 and has_host(redirect.target):
            continue
        if only_static_so_far and not _is_dynamic(source):
            static[source] = redirect
            continue
        only_static_so_far = False
        pattern = compile_pattern(source)
        if pattern is not None:
            dynamic.append((pattern, redirect))
    return Redirects(static=static, dynamic=tuple(dynamic))


def _counted_rules(text: str) -> Iterator[tuple[str, Redirect]]:
    """Yield the well-formed rules, within Cloudflare's limits for exact paths and patterns."""
    static_rules = dynamic_rules = 0
    counting_static = True
    for tokens in _token_lines(text):
        try:
            source = check_source(tokens[0])
        except RuleUrlError:
            continue
        if counting_static and not _is_dynamic(source):
            static_rules += 1
            if static_rules > MAX_STATIC_RULES:
                continue
        else:
            dynamic_rules += 1
            counting_static = False
            if dynamic_rules > MAX_DYNAMIC_RULES:
                return
        redirect = _read_redirect(tokens)
        if redirect is not None and not _is_loop(source, redirect.target):
            yield source, redirect


def _token_lines(text: str) -> Iterator[list[str]]:
    for raw_line in text.split("\n"):
        line = raw_line.strip("\ufeff \t\r\n\v\f\xa0")
        if not line or line.startswith("#") or len(line) > MAX_LINE_LENGTH:
            continue
        tokens = _COMMENT.sub("", line).split()
        if len(tokens) in (2, 3):
            yield tokens


def _read_redirect(tokens: list[str]) -> Redirect | None:
    try:
        target = check_target(tokens[1])
    except RuleUrlError:
        return None
    status = _number(tokens[2]) if len(tokens) == 3 else 302
    return Redirect(status=int(status), target=target) if status in STATUSES else None


def _number(text: str) -> float:
    """Read a number as JavaScript's ``Number`` does: ``301.0`` and ``0x12d`` are numbers."""
    radix = {"0x": 16, "0o": 8, "0b": 2}.get(text[:2].lower())
    try:
        if radix:
            return int(text[2:], radix) if text[2:3].isalnum() else -1
        return float(text) if re.fullmatch(r"[0-9.eE+-]+", text) else -1
    except ValueError:
        return -1


def _is_dynamic(source: str) -> bool:
    return "*" in source or PLACEHOLDER.search(source) is not None


def _is_loop(source: str, target: str) -> bool:
    """Whether html handling would lead the target back to the rule."""
    if has_host(target) or not _INDEX_TARGET.search(target):
        return False
    return source.endswith(("/*", "/"))


def _fill_target(template: str, values: Mapping[str, str]) -> str:
    filled = fill(template, values).strip()
    if _EXTERNAL.match(template.strip()):
        return filled
    # Repeated slashes are merged, so that a splat cannot turn a path into a host.
    cut = re.search(r"[?#]", filled)
    end = cut.start() if cut else len(filled)
    return re.sub(r"[/\\]+", "/", filled[:end]) + filled[end:]
