"""Database URLs as Prisma writes them, read for the drivers of PostgreSQL and MySQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from attrs import field, frozen

from oneclick_deploy.errors import ConfigurationError
from oneclick_deploy.secrets import Secret

if TYPE_CHECKING:
    import ssl

# What Prisma's engines understand and libpq refuses (facts: connection-string forms).
_PRISMA_ONLY: Final = {
    "schema",
    "pgbouncer",
    "connection_limit",
    "pool_timeout",
    "sslaccept",
    "sslidentity",
    "statement_cache_size",
    "socket_timeout",
    "single_use_connections",
}
_MYSQL_PORT: Final = 3306
# Locks are not kept for long there, so Prisma takes none.
_PLANETSCALE: Final = ".psdb.cloud"


@frozen(kw_only=True)
class PostgresAddress:
    """Where a PostgreSQL is.

    Args:
        url: The URL for libpq.
        schema: The schema that Prisma's ``schema=`` names; empty for the default one.
    """

    url: str = field(repr=False)
    schema: str = ""


@frozen(kw_only=True)
class MysqlAddress:
    """Where a MySQL is.

    Args:
        arguments: For ``pymysql.connect``.
        place: Host and port, for messages.
        locks: Whether Prisma's lock can be used there.
    """

    arguments: dict[str, Any] = field(repr=False)
    place: str
    locks: bool


def postgres_address(url: Secret | str) -> PostgresAddress:
    """Read ``postgresql://user:password@host:port/database?schema=public``.

    Raises:
        ConfigurationError: It is something else.
    """
    text = _revealed(url)
    parts = _split(text, schemes=("postgresql", "postgres"))
    query = parse_qsl(parts.query, keep_blank_values=True)
    kept = [(name, value) for name, value in query if name not in _PRISMA_ONLY]
    return PostgresAddress(
        # libpq takes a plus sign as it is.
        url=parts._replace(query=urlencode(kept, quote_via=quote), fragment="").geturl(),
        schema=dict(query).get("schema", ""),
    )


def mysql_address(url: Secret | str) -> MysqlAddress:
    """Read ``mysql://user:password@host:port/database?sslaccept=strict``.

    Raises:
        ConfigurationError: It is something else, or names no database.
    """
    parts = _split(_revealed(url), schemes=("mysql", "mariadb"))
    query = dict(parse_qsl(parts.query))
    host, port = parts.hostname or "localhost", parts.port or _MYSQL_PORT
    database = unquote(parts.path.lstrip("/"))
    if not database:
        raise ConfigurationError(
            "the MySQL URL names no database", hint="Write mysql://user:password@host/database."
        )
    arguments: dict[str, Any] = {
        "host": host,
        "port": port,
        "user": unquote(parts.username or "root"),
        "password": unquote(parts.password or ""),
        "database": database,
        "connect_timeout": 15,
    }
    if "socket" in query:
        arguments["unix_socket"] = query["socket"]
    if tls := _tls(query):
        arguments["ssl"] = tls
    return MysqlAddress(
        arguments=arguments, place=f"{host}:{port}", locks=not host.endswith(_PLANETSCALE)
    )


def _tls(query: dict[str, str]) -> ssl.SSLContext | None:
    """Prisma encrypts when one of these is given, and checks the certificate with ``strict``."""
    accept = query.get("sslaccept", "")
    certificate = query.get("sslcert", "")
    if not accept and not certificate:
        return None
    import ssl

    try:
        context = ssl.create_default_context(cafile=certificate or None)
    except OSError:  # ssl's own errors are of this kind too
        raise ConfigurationError(
            f"the certificate {certificate[:200]} cannot be read",
            hint="sslcert= in the MySQL URL is the path of a PEM file.",
        ) from None
    if accept == "accept_invalid_certs":
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _revealed(url: Secret | str) -> str:
    return url.reveal() if isinstance(url, Secret) else url


def _split(text: str, *, schemes: tuple[str, ...]) -> Any:
    """Split a URL; nothing of it is shown, for it holds a password."""
    wanted = f"{schemes[0]}://user:password@host:port/database"
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        raise ConfigurationError(
            "the database URL cannot be read",
            hint=f"Write {wanted}, with special characters of the password as %xx.",
        ) from None
    if parts.scheme not in schemes:
        raise ConfigurationError(
            f"the database URL does not begin with {schemes[0]}://", hint=f"Write {wanted}."
        )
    return parts
