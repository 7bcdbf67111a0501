"""The part of the WHATWG URL rules that the serving rules are written in.

Cloudflare's asset server runs on ``new URL(request.url)``: it sees paths with dot segments removed,
backslashes turned, and unsafe characters percent-encoded. The same is done here.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote_to_bytes

from attrs import frozen

# Printable ASCII outside the URL standard's "path percent-encode set".
_PATH_SAFE = "!$%&'()*+,-./:;=@[]|~_\\"
_QUERY_SAFE = "!$%&()*+,-./:;=?@[]^_`{|}~\\"
_FRAGMENT_SAFE = "!#$%&'()*+,-./:;=?@[]^_{|}~\\"

_SINGLE_DOT = frozenset({".", "%2e"})
_DOUBLE_DOT = frozenset({"..", ".%2e", "%2e.", "%2e%2e"})
_ABSOLUTE = re.compile(r"^(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<rest>.*)$", re.DOTALL)
_MALFORMED_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
# What encodeURIComponent leaves alone besides letters and digits.
_COMPONENT_SAFE = "-_.!~*'()"


@frozen(kw_only=True)
class Url:
    """A parsed URL.

    Args:
        scheme: ``http`` or ``https``.
        host: Host name with the port, where there is one.
        path: Normalized and percent-encoded.
        search: The query with its question mark, or empty.
        fragment: The fragment with its hash sign, or empty.
    """

    scheme: str
    host: str
    path: str
    search: str = ""
    fragment: str = ""

    @property
    def origin(self) -> str:
        """Scheme and host."""
        return f"{self.scheme}://{self.host}"

    @property
    def hostname(self) -> str:
        """The host without its port."""
        return re.sub(r":\d+$", "", self.host)


def normalize_path(path: str) -> str:
    """Return ``path`` as the URL standard writes it: no dot segments, unsafe characters encoded."""
    segments: list[str] = []
    parts = path.replace("\\", "/").removeprefix("/").split("/")
    for number, segment in enumerate(parts, start=1):
        last = number == len(parts)
        if segment.lower() in _DOUBLE_DOT:
            if segments:
                segments.pop()
            if last:
                segments.append("")
        elif segment.lower() in _SINGLE_DOT:
            if last:
                segments.append("")
        else:
            segments.append(quote(segment, safe=_PATH_SAFE))
    return "/" + "/".join(segments)


def split_reference(reference: str) -> tuple[str, str, str]:
    """Split a reference into path, query (with ``?``) and fragment (with ``#``), encoded."""
    before, hash_sign, fragment = reference.partition("#")
    path, question_mark, query = before.partition("?")
    # A lone "?" or "#" is an empty search or hash in the URL standard.
    search = f"{question_mark}{quote(query, safe=_QUERY_SAFE)}" if query else ""
    encoded = f"{hash_sign}{quote(fragment, safe=_FRAGMENT_SAFE)}" if fragment else ""
    return path, search, encoded


def resolve(reference: str, *, base: Url) -> Url:
    """Resolve an absolute URL, a ``//host`` reference or an absolute path against ``base``."""
    absolute = _ABSOLUTE.match(reference)
    if absolute:
        scheme, rest = absolute["scheme"].lower(), absolute["rest"].lstrip("/\\")
    elif re.match(r"^[/\\]{2}", reference):
        scheme, rest = base.scheme, reference.lstrip("/\\")
    else:
        path, search, fragment = split_reference(reference)
        return Url(
            scheme=base.scheme,
            host=base.host,
            path=normalize_path(path),
            search=search,
            fragment=fragment,
        )
    location, search, fragment = split_reference(rest)
    host, slash, path = location.replace("\\", "/").partition("/")
    return Url(
        scheme=scheme,
        host=host.lower(),
        path=normalize_path(slash + path),
        search=search,
        fragment=fragment,
    )


def decode_component(text: str) -> str:
    """Decode percent escapes; text with a malformed escape or bad UTF-8 is returned as it is."""
    if _MALFORMED_ESCAPE.search(text):
        return text
    try:
        return unquote_to_bytes(text).decode("utf-8")
    except UnicodeDecodeError:
        return text


def encode_path(path: str) -> str:
    """Encode each segment of a decoded path, as ``encodeURIComponent`` does."""
    return "/".join(quote(segment, safe=_COMPONENT_SAFE) for segment in path.split("/"))
