"""The patterns of ``_headers`` and ``_redirects``: ``*`` splats and ``:name`` placeholders."""

from __future__ import annotations

import re
from collections.abc import Mapping

from attrs import frozen

from oneclick_deploy.local.sites.urls import Url

PLACEHOLDER = re.compile(r":([A-Za-z]\w*)", re.ASCII)
_HOST_RULE = re.compile(r"^https://(?P<host>[^/]*)(?P<path>.*)$", re.DOTALL)


@frozen(kw_only=True)
class Pattern:
    """A compiled pattern.

    Args:
        across_hosts: Whether the pattern names a host (``https://…``).
        expression: Matches the path, or scheme, host name and path.
    """

    across_hosts: bool
    expression: re.Pattern[str]

    def match(self, url: Url) -> dict[str, str] | None:
        """Return what the placeholders matched, or None when the pattern does not match."""
        subject = f"https://{url.hostname}{url.path}" if self.across_hosts else url.path
        found = self.expression.match(subject)
        return found.groupdict() if found else None


def compile_pattern(rule: str) -> Pattern | None:
    """Compile a rule's path; None for a pattern that the asset server silently drops.

    A name that occurs twice (two splats are two ``splat``) does not compile there either.
    """
    host_rule = _HOST_RULE.match(rule)
    if host_rule:
        # In a host, a placeholder is one label; in a path, one segment.
        source = (
            re.escape("https://")
            + _translate(host_rule["host"], placeholder=r"[^/.]+")
            + _translate(host_rule["path"], placeholder=r"[^/]+")
        )
    else:
        source = _translate(rule, placeholder=r"[^/]+")
    try:
        expression = re.compile(rf"^{source}\Z", re.ASCII | re.DOTALL)
    except re.error:
        return None
    return Pattern(across_hosts=host_rule is not None, expression=expression)


def fill(template: str, values: Mapping[str, str]) -> str:
    """Replace every ``:name`` of ``template`` by its value, one name after the other."""
    for name, value in values.items():
        template = template.replace(f":{name}", value)
    return template


def _translate(text: str, *, placeholder: str) -> str:
    """Turn splats and placeholders into named groups, and escape everything else."""
    pieces: list[str] = []
    for number, part in enumerate(text.split("*")):
        if number:
            pieces.append("(?P<splat>.*)")
        position = 0
        for found in PLACEHOLDER.finditer(part):
            pieces.append(re.escape(part[position : found.start()]))
            pieces.append(f"(?P<{found[1]}>{placeholder})")
            position = found.end()
        pieces.append(re.escape(part[position:]))
    return "".join(pieces)
