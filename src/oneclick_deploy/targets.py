"""Where an app can go: platforms, databases and hosts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, TypeVar

from attrs import field, frozen

from oneclick_deploy.errors import ConfigurationError, UnknownProviderError

T = TypeVar("T")


def _flags(value: Iterable[str]) -> tuple[str, ...]:
    flags = tuple(value) if isinstance(value, Iterable) else (value,)
    if isinstance(value, str) or not all(isinstance(flag, str) for flag in flags):
        raise ConfigurationError(
            f"compatibility_flags={str(value)[:80]!r} is not a list of flags",
            hint='Give a tuple or list of texts, such as ("nodejs_compat",).',
        )
    return flags


@frozen(kw_only=True)
class Turso:
    """A Turso (libSQL) database for the app alone.

    Args:
        database: Its name: lowercase letters, digits, dashes, at most 64. The app's name when
            not given.
        group: The group to create it in. Not given: the only group there is, or a new one called
            ``default`` when the organization has none.
        location: Where a new group is placed, such as ``aws-us-east-1``; the closest when not
            given.
    """

    database: str | None = None
    group: str | None = None
    location: str | None = None


@frozen(kw_only=True)
class CloudflarePages:
    """A Cloudflare Pages project, filled by direct upload.

    Args:
        project: Its name, which becomes its address. The app's name when not given.
        production_branch: The branch whose deployments are live.
        compatibility_date: ``YYYY-MM-DD``: the Workers runtime's behaviour to pin.
        compatibility_flags: Runtime flags; Next.js needs ``nodejs_compat``.
    """

    project: str | None = None
    production_branch: str = "main"
    compatibility_date: str = "2026-09-01"
    compatibility_flags: tuple[str, ...] = field(default=("nodejs_compat",), converter=_flags)


DATABASES: Mapping[str, type[Turso]] = {"turso": Turso}
HOSTS: Mapping[str, type[CloudflarePages]] = {"cloudflare-pages": CloudflarePages}


def _known(value: object, known: Mapping[str, type[T]], what: str) -> T:
    if isinstance(value, str) and value in known:
        return known[value]()
    for kind in known.values():
        if isinstance(value, kind):
            return value
    shown = repr(value)[:80] if isinstance(value, str) else type(value).__name__
    names = ", ".join(f"{kind.__name__}() or {name!r}" for name, kind in known.items())
    raise UnknownProviderError(f"{shown} is not a known {what}", hint=f"Use {names}.")


def _database(value: Turso | str) -> Turso:
    return _known(value, DATABASES, "database")


def _hosting(value: CloudflarePages | str) -> CloudflarePages:
    return _known(value, HOSTS, "hosting provider")


def _failure_policy(value: Literal["undo", "keep"]) -> Literal["undo", "keep"]:
    if not isinstance(value, str) or value not in {"undo", "keep"}:
        raise ConfigurationError(
            f"on_failure={str(value)[:40]!r} is not a policy", hint="Use 'undo' or 'keep'."
        )
    return value


@frozen(kw_only=True)
class Web:
    """The web platform: a database and a host.

    Args:
        database: `Turso`, or its name ``"turso"``.
        hosting: `CloudflarePages`, or its name ``"cloudflare-pages"``.
        on_failure: ``"undo"`` removes what a failed run created; ``"keep"`` leaves it for a
            later `resume`.

    Raises:
        UnknownProviderError: A database or host that this library does not know.
    """

    database: Turso = field(factory=Turso, converter=_database)
    hosting: CloudflarePages = field(factory=CloudflarePages, converter=_hosting)
    on_failure: Literal["undo", "keep"] = field(default="undo", converter=_failure_policy)
