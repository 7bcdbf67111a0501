"""Checks of the URLs that the rules of ``_headers`` and ``_redirects`` start with or lead to."""

from __future__ import annotations

import re

from oneclick_deploy.local.sites.urls import normalize_path, split_reference

_HTTPS = re.compile(r"^https://+(?P<host>[^/]+)/?(?P<path>.*)")
_PORT = re.compile(r".*:\d+$")

# Lines longer than this are skipped in both files.
MAX_LINE_LENGTH = 2000


class RuleUrlError(ValueError):
    """A rule's URL that the asset server skips, with its reason."""


def has_host(url: str) -> bool:
    """Whether the URL is absolute (only https counts)."""
    return _HTTPS.match(url) is not None


def check_source(url: str) -> str:
    """Check the left side of a redirect: a path, to which a missing slash is added."""
    if has_host(url):
        raise RuleUrlError(f"Only relative URLs are allowed. Skipping absolute URL {url}.")
    return _path(url if url.startswith("/") else f"/{url}", keep_query=False)


def check_target(url: str) -> str:
    """Check the right side of a redirect: a path or an https URL, with query and fragment."""
    return _check(url, keep_query=True)


def check_header_path(url: str) -> str:
    """Check a path of ``_headers``: a path or an https URL without a port."""
    absolute = _HTTPS.match(url)
    if absolute and _PORT.match(absolute["host"]):
        raise RuleUrlError(f"Specifying ports is not supported. Skipping absolute URL {url}.")
    return _check(url, keep_query=False)


def _check(url: str, *, keep_query: bool) -> str:
    absolute = _HTTPS.match(url)
    if absolute:
        return f"https://{absolute['host']}{_path(absolute['path'], keep_query=keep_query)}"
    if not url.startswith("/"):
        raise RuleUrlError(
            "URLs should either be relative (e.g. begin with a forward-slash), or use HTTPS (e.g."
            ' begin with "https://").'
        )
    return _path(url, keep_query=keep_query)


def _path(text: str, *, keep_query: bool) -> str:
    path, search, fragment = split_reference(text)
    normal = normalize_path(path)
    return f"{normal}{search}{fragment}" if keep_query else normal
