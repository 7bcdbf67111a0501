"""The datasource block: provider, URLs, and what only some providers know."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from oneclick_deploy.prisma.semantics.datasources import PROVIDERS
from oneclick_deploy.prisma.syntax.tree import Call, String
from oneclick_deploy.prisma.transforming.result import ChangeKind
from oneclick_deploy.prisma.transforming.rewrite import Why

if TYPE_CHECKING:
    from oneclick_deploy.prisma.syntax.tree import ConfigBlock, Property
    from oneclick_deploy.prisma.targets import Release, Target
    from oneclick_deploy.prisma.transforming.rewrite import Rewrite

DEFAULT_ENV = "DATABASE_URL"
DIRECT_ENV = "DIRECT_URL"
LOCAL_FILE = "file:./dev.db"
_PASSWORD = re.compile(r"(?<=://)[^\s\"]*(?=@)")
_TOKEN = re.compile(r"(?i)((?:token|key|password|secret)=)[^&\"\s]+")


class Url(NamedTuple):
    """Where a URL comes from: a variable's name, or a text in the schema."""

    variable: str | None = None
    text: str | None = None

    @property
    def is_local_file(self) -> bool:
        """Whether it is a file that Prisma's command line opens."""
        return self.text is not None and self.text.startswith("file:")


class Urls(NamedTuple):
    """The URLs of a datasource, as its author gave them."""

    url: Url | None
    direct: Url | None
    shadow: Url | None


def urls_of(block: ConfigBlock) -> Urls:
    """The URLs that a datasource gives."""
    return Urls(*(_url(block.get(name)) for name in ("url", "directUrl", "shadowDatabaseUrl")))


def known_provider(block: ConfigBlock) -> str | None:
    """The provider, as Prisma knows it; None when it is none of Prisma's."""
    written = block.get("provider")
    if written is None or not isinstance(written.value, String):
        return None
    return PROVIDERS.get(written.value.value)


def rewrite_provider(block: ConfigBlock, provider: str, title: str, rewrite: Rewrite) -> None:
    """Name the target's provider; ``postgres`` is as good as ``postgresql``."""
    written = block.get("provider")
    if written is None or written.value is None or known_provider(block) == provider:
        return
    reason = f"{title} is reached through the provider {provider}."
    rewrite.replace(
        block.file,
        written.value.start,
        written.value.end,
        f'"{provider}"',
        Why(ChangeKind.PROVIDER, reason),
    )


def rewrite_urls(
    block: ConfigBlock, source: str, target: Target, release: Release, rewrite: Rewrite
) -> None:
    """Put the URLs where the release looks for them, and where the target's can stand."""
    if not release.keeps_url_in_schema:
        _move_urls_out(block, rewrite)
        return
    _rewrite_url(block, target, rewrite)
    if target.is_sqlite:
        _drop_server_urls(block, target, rewrite)
    elif source == "sqlite" or source != target.provider:
        _drop_other_shadow(block, rewrite)
    if target.has_pooler:
        _add_direct_url(block, target, rewrite)


def drop_foreign_properties(
    block: ConfigBlock, *, namespaces: bool, extensions: bool, title: str, rewrite: Rewrite
) -> None:
    """Remove ``schemas`` and ``extensions`` where the target refuses them."""
    for name, is_known in (("schemas", namespaces), ("extensions", extensions)):
        written = block.get(name)
        if written is not None and not is_known:
            kind = ChangeKind.NAMESPACE if name == "schemas" else ChangeKind.DATASOURCE
            why = Why(kind, f"{title} has no {name}; Prisma refuses the property there.")
            rewrite.drop_property(block.file, written, why)


def _url(written: Property | None) -> Url | None:
    value = written.value if written is not None else None
    if isinstance(value, String):
        return Url(text=value.value)
    if isinstance(value, Call) and value.arguments.items:
        name = value.arguments.items[0].value
        if isinstance(name, String):
            return Url(variable=name.value)
    return None


def _shown(block: ConfigBlock, written: Property) -> str:
    """A property's text for a report, without the password that a URL may hold."""
    end = written.value.end if written.value is not None else written.name.end
    text = block.file.text[written.name.start : end]
    return _TOKEN.sub(r"\1***", _PASSWORD.sub("***", text))


def _move_urls_out(block: ConfigBlock, rewrite: Rewrite) -> None:
    why = Why(
        ChangeKind.URL, "Prisma 7 refuses URLs in the schema; they stand in prisma.config.ts."
    )
    for name in ("url", "directUrl", "shadowDatabaseUrl"):
        written = block.get(name)
        if written is not None:
            rewrite.drop_property(block.file, written, why, shown=_shown(block, written))


def _rewrite_url(block: ConfigBlock, target: Target, rewrite: Rewrite) -> None:
    written, provider = block.get("url"), block.get("provider")
    if written is None:
        if provider is not None:
            why = Why(ChangeKind.URL, "Before Prisma 7, a datasource must give a url.")
            rewrite.add_property(block.file, provider, "url", f'env("{DEFAULT_ENV}")', why)
        return
    url = _url(written)
    if written.value is None or url is None or url.variable is not None:
        return
    if target.is_sqlite and url.is_local_file:
        return
    if target.is_sqlite:
        value = f'"{LOCAL_FILE}"'
        reason = (
            "Prisma's command line opens a local file only; the URL of the database goes to the "
            "adapter, in the app's code."
        )
    else:
        value = f'env("{DEFAULT_ENV}")'
        reason = "The deployed app gets its URL in a variable."
    start, end = written.value.start, written.value.end
    shown = _TOKEN.sub(r"\1***", _PASSWORD.sub("***", block.file.text[start:end]))
    rewrite.replace(block.file, start, end, value, Why(ChangeKind.URL, reason), shown=shown)


def _drop_server_urls(block: ConfigBlock, target: Target, rewrite: Rewrite) -> None:
    for name in ("directUrl", "shadowDatabaseUrl"):
        written = block.get(name)
        url = _url(written)
        if written is None or (url is not None and url.is_local_file):
            continue
        why = Why(ChangeKind.URL, f"{target.title} has one URL, and its command line a file.")
        rewrite.drop_property(block.file, written, why, shown=_shown(block, written))


def _drop_other_shadow(block: ConfigBlock, rewrite: Rewrite) -> None:
    written = block.get("shadowDatabaseUrl")
    url = _url(written)
    if written is not None and url is not None and url.text is not None:
        why = Why(ChangeKind.URL, "The shadow database it leads to is of another kind.")
        rewrite.drop_property(block.file, written, why, shown=_shown(block, written))


def _add_direct_url(block: ConfigBlock, target: Target, rewrite: Rewrite) -> None:
    provider = block.get("url") or block.get("provider")
    if provider is None or block.get("directUrl") is not None:
        return
    reason = (
        f"{target.title}'s pooled URL cannot carry migrations (Prisma waits for a lock that the "
        "pooler gave to another client); they take the direct one."
    )
    why = Why(ChangeKind.URL, reason)
    rewrite.add_property(block.file, provider, "directUrl", f'env("{DIRECT_ENV}")', why)
