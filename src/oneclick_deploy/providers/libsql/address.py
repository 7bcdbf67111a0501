"""Where a database is: the addresses that users have, and what they mean over HTTP."""

from __future__ import annotations

import ipaddress
from urllib.parse import parse_qsl, urlsplit

from attrs import field, frozen

from oneclick_deploy.errors import ConfigurationError, UnexpectedAnswerError
from oneclick_deploy.secrets import Secret

_SCHEMES = {
    "ws": "This client speaks HTTP: write http:// instead of ws://.",
    "wss": "This client speaks HTTP, and Turso Cloud no longer answers WebSockets: write "
    "libsql:// or https:// instead of wss://.",
    "file": "Open files with sqlite3, or wrap a libsql_client with LibsqlClientAdapter.",
}
_USUAL_HINT = "Turso's addresses look like libsql://<hostname>."


@frozen(kw_only=True)
class Target:
    """The base address for HTTP without a final slash, and the token to show there."""

    base_url: str
    token: Secret | None = field(default=None, repr=False)


def parse(url: str, *, token: Secret | str | None, allow_plain_http: bool = False) -> Target:
    """Read a ``libsql://``, ``https://`` or ``http://`` address.

    ``tls=0`` in the query of a ``libsql`` address means plain HTTP, ``authToken`` a token.

    Raises:
        ConfigurationError: Another scheme, no host, an unknown option, or plain HTTP to a host
            that is not this machine.
    """
    try:
        url.encode()
        parts = urlsplit(url.strip())
        host, _ = parts.hostname, parts.port
        options = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=False))
    except (ValueError, AttributeError):
        raise ConfigurationError("the database address is not a URL", hint=_USUAL_HINT) from None
    if parts.scheme not in {"libsql", "https", "http"}:
        raise ConfigurationError(
            f"a database address cannot start with {parts.scheme or 'no scheme'}",
            hint=_SCHEMES.get(parts.scheme, _USUAL_HINT),
        )
    if not host:
        raise ConfigurationError("the database address has no host", hint=_USUAL_HINT)
    if parts.username is not None or parts.password is not None:
        raise ConfigurationError(
            "the database address holds a user name or password",
            hint="Pass the database's token as `token` instead.",
        )
    scheme = _scheme(parts.scheme, options)
    inside = options.pop("authToken", "")
    if options:
        raise ConfigurationError(
            f"the database address has unknown options: {', '.join(sorted(options))}",
            hint="Only tls and authToken are known.",
        )
    if scheme == "http" and not (allow_plain_http or is_loopback(host)):
        raise ConfigurationError(
            f"plain HTTP to {host} would send the token and the data unprotected",
            hint="Use https:// or libsql://, or allow_plain_http=True inside a trusted network.",
        )
    base_url = f"{scheme}://{parts.netloc}{parts.path.rstrip('/')}"
    return Target(base_url=base_url, token=_checked_token(token or inside))


def is_loopback(host: str) -> bool:
    """Whether a host name means this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def follow(target: Target, base_url: str | None) -> Target:
    """Where a stream goes on: servers may name another address with each answer.

    Only relatives of the first host are followed, for the token goes along.

    Raises:
        UnexpectedAnswerError: The server names a stranger.
    """
    if not base_url:
        return target
    old, new = urlsplit(target.base_url), urlsplit(base_url)
    if new.scheme not in {old.scheme, "https"} or _family(new.hostname) != _family(old.hostname):
        raise UnexpectedAnswerError(
            f"the server sends the stream to another host, {new.hostname}",
            provider="libsql",
            status=200,
            hint="The token was not sent there. Check the database's address.",
        )
    return Target(base_url=base_url.rstrip("/"), token=target.token)


def _checked_token(token: Secret | str) -> Secret | None:
    """Take white space from the ends of a token; ``None`` for an empty one."""
    text = Secret(token).reveal().strip()
    if not (text.isascii() and text.isprintable()) or " " in text:
        raise ConfigurationError(
            "the database token holds characters that no token has",
            hint="Copy it again, as one line.",
        )
    return Secret(text) if text else None


def _scheme(scheme: str, options: dict[str, str]) -> str:
    tls = options.pop("tls", "")
    if scheme != "libsql":
        return scheme
    if tls not in {"", "0", "1"}:
        raise ConfigurationError(
            "the option tls of a database address is 0 or 1", hint="Leave it out for HTTPS."
        )
    return "http" if tls == "0" else "https"


def _family(host: str | None) -> str:
    """The host's domain: its last two labels, or the whole of a short name or an IP address."""
    labels = (host or "").split(".")
    if len(labels) <= 2 or labels[-1].isdigit():
        return host or ""
    return ".".join(labels[-2:])
