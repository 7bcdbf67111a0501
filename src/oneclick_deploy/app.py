"""The app that a user hands in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from attrs import field, frozen

from oneclick_deploy.errors import ConfigurationError, SourceError
from oneclick_deploy.secrets import Secret

# The narrowest of the hosts' rules: Pages project names become a DNS label with a suffix.
LONGEST_NAME: Final = 58
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
_ENV_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OUTPUT_DIRECTORIES = ("out", "dist", "build", ".vercel/output/static")


def _check_name(name: str) -> str:
    if not isinstance(name, str) or not _NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        proposal = re.sub(r"[^a-z0-9]+", "-", str(name).lower()).strip("-")[:LONGEST_NAME]
        proposal = proposal.strip("-") or "my-app"
        raise ConfigurationError(
            f"the app's name {str(name)[:80]!r} is not usable: lowercase letters, digits and "
            f"inner dashes, at most {LONGEST_NAME} characters",
            hint=f"Use a name such as {proposal!r}.",
        )
    return name


def _check_env(env: Mapping[str, str | Secret]) -> Mapping[str, str | Secret]:
    if not isinstance(env, Mapping):
        raise ConfigurationError(
            f"App.env is a mapping of names to values, not {type(env).__name__}",
            hint='Write env={"NAME": "value", "TOKEN": Secret("…")}.',
        )
    for name, value in env.items():
        if not isinstance(name, str) or not _ENV_NAME.fullmatch(name):
            raise ConfigurationError(
                f"{str(name)[:80]!r} is not a name for an environment variable",
                hint="Use letters, digits and underscores, not starting with a digit.",
            )
        if not isinstance(value, str | Secret):
            raise ConfigurationError(
                f"the environment variable {name} has a value of type {type(value).__name__}",
                hint="Give a text, or Secret(text) for what must not be shown.",
            )
    return dict(env)


def _source(value: str | Path) -> Path:
    if not isinstance(value, str | Path) or not str(value).strip() or "\x00" in str(value):
        raise ConfigurationError(
            f"App.source={value!r} is not a path", hint="Pass the path of the app's directory."
        )
    return Path(value)


def _data(value: str | Path | bytes | None) -> Path | bytes | None:
    if not isinstance(value, str | Path | bytes | None):
        raise ConfigurationError(
            f"App.preview_data is a path or bytes, not {type(value).__name__}",
            hint="Pass the path of the SQLite file, or what sql.js's export() gave, as bytes.",
        )
    return Path(value) if isinstance(value, str) else value


@frozen(kw_only=True)
class App:
    """A generated full-stack app on this machine.

    Args:
        name: Names the database and the site: lowercase letters, digits, dashes, at most 58.
        source: The app's directory. Nothing outside it is read, except ``preview_data``.
        preview_data: What the user created in the preview: the path of an SQLite file, or its
            bytes as sql.js exports them. ``None`` deploys an empty database.
        env: Environment variables of the app. A plain text is visible at the host; a `Secret`
            is stored there as a secret.
        site: The directory with the built site, relative to ``source``. The first of ``out``,
            ``dist``, ``build`` and ``.vercel/output/static`` when not given.
        health: Path of a route that answers 2xx when the app works. ``/api/health`` is tried
            when not given, and its absence is then no failure.
        user_id: The host's id of the user, kept with the deployment.
        project_id: The host's id of the project, kept with the deployment.

    Raises:
        ConfigurationError: The name, a path, or an environment variable's name or value is not
            usable.
    """

    name: str = field(converter=_check_name)
    source: Path = field(converter=_source)
    preview_data: Path | bytes | None = field(default=None, converter=_data, repr=False)
    env: Mapping[str, str | Secret] = field(factory=dict, converter=_check_env)
    site: str | None = None
    health: str | None = None
    user_id: str = ""
    project_id: str = ""

    @property
    def schema_path(self) -> Path:
        """Where Prisma keeps the schema."""
        return self.source / "prisma" / "schema.prisma"

    @property
    def migrations_path(self) -> Path:
        """Where Prisma keeps the migrations."""
        return self.source / "prisma" / "migrations"

    def site_path(self) -> Path:
        """Find the directory with the built site.

        Raises:
            SourceError: There is none, or the given one lies outside the app.
        """
        if not self.source.is_dir():
            raise SourceError(
                f"the app's directory {self.source} does not exist",
                hint="Pass the directory that holds prisma/ and the built site as App.source.",
            )
        root = self.source.resolve()
        try:
            if not any(root.iterdir()):
                raise SourceError(
                    f"the app's directory {self.source} is empty",
                    hint="Generate or unpack the app into it first.",
                )
        except OSError as error:
            raise SourceError(
                f"the app's directory {self.source} cannot be read: {error.strerror}",
                hint="Check its permissions.",
            ) from None
        for name in (self.site,) if self.site is not None else _OUTPUT_DIRECTORIES:
            found = _inside(root, name)
            if found.is_dir():
                return found
        wanted = self.site or ", ".join(_OUTPUT_DIRECTORIES)
        raise SourceError(
            f"{self.source} has no built site: looked for {wanted}",
            hint="Run the app's build first, or name the output directory with App.site.",
        )


def _inside(root: Path, name: str) -> Path:
    """The place of a site directory; links are followed, but not out of the app."""
    try:
        found = (root / name).resolve()
    except (OSError, RuntimeError, ValueError):  # a link that leads to itself, or no name at all
        found = root.parent
    if found == root:
        raise SourceError(
            f"the site directory {name!r} is the app's own directory",
            hint="Name the directory with the built site: everything in it becomes public.",
        )
    if not found.is_relative_to(root):
        raise SourceError(
            f"the site directory {name!r} lies outside the app",
            hint="Only files inside App.source are ever read.",
        )
    return found
