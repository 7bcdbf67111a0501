"""Projects, deployments and domains of Cloudflare Pages, and what an upload reports."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from attrs import field, frozen


class Environment(StrEnum):
    """The two environments of every project."""

    PRODUCTION = "production"
    PREVIEW = "preview"


BOTH = (Environment.PRODUCTION, Environment.PREVIEW)


class DeploymentState(StrEnum):
    """What a deployment has come to."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"
    SKIPPED = "skipped"


@frozen(kw_only=True)
class Stage:
    """One stage of a deployment.

    Args:
        name: ``queued``, ``initialize``, ``clone_repo``, ``build`` or ``deploy``.
        status: ``idle``, ``active``, ``success``, ``failure``, ``canceled`` or ``skipped``.
        started_on: When it began.
        ended_on: When it ended.
    """

    name: str
    status: str
    started_on: datetime | None = None
    ended_on: datetime | None = None


@frozen(kw_only=True)
class PagesDeployment:
    """One deployment of a project.

    Args:
        id: The deployment's id.
        short_id: Its first eight characters, which its address contains.
        url: The address of exactly this deployment.
        aliases: Addresses that lead to it as well, such as that of its branch.
        environment: ``production`` or ``preview``.
        project_id: The project's id.
        project_name: The project's name.
        latest_stage: How far it has come.
        stages: All stages.
        branch: The branch it was made for.
        commit_hash: The commit that its creator named.
        commit_message: The message that its creator gave.
        commit_dirty: Whether its creator said that files were changed since the commit.
        created_on: When it was made.
        modified_on: When it last changed.
        is_skipped: Whether Cloudflare decided not to deploy it.
        skip_reason: Why.
        production_branch: The project's production branch, where the answer says so.
        uses_functions: Whether code answers requests, where the answer says so.
    """

    id: str
    short_id: str = ""
    url: str = ""
    aliases: tuple[str, ...] = ()
    environment: str = ""
    project_id: str = ""
    project_name: str = ""
    latest_stage: Stage | None = None
    stages: tuple[Stage, ...] = ()
    branch: str = ""
    commit_hash: str = ""
    commit_message: str = ""
    commit_dirty: bool = False
    created_on: datetime | None = None
    modified_on: datetime | None = None
    is_skipped: bool = False
    skip_reason: str = ""
    production_branch: str = ""
    uses_functions: bool | None = None

    @property
    def state(self) -> DeploymentState:
        """What it has come to. It has succeeded only when its stage ``deploy`` has."""
        if self.is_skipped:
            return DeploymentState.SKIPPED
        stage = self.latest_stage
        if stage is None:
            return DeploymentState.RUNNING
        if stage.name == "deploy" and stage.status == "success":
            return DeploymentState.SUCCEEDED
        return _ENDS.get(stage.status, DeploymentState.RUNNING)


# The other statuses leave it open: `success` of an earlier stage, `active` and `idle` of any.
_ENDS = {
    "failure": DeploymentState.FAILED,
    "canceled": DeploymentState.CANCELED,
    "skipped": DeploymentState.SKIPPED,
}


@frozen(kw_only=True)
class EnvironmentConfig:
    """How one environment of a project is set up. Values of secrets are never in it.

    Args:
        env_names: The names of its variables and secrets, sorted.
        secret_names: Those of them that are secrets, sorted.
        plain_env: The variables that are no secrets, with their values.
        compatibility_date: The Workers runtime's behaviour is that of this day.
        compatibility_flags: Single behaviours that were turned on or off.
        d1: The D1 databases, by the name of the binding.
        kv: The KV namespaces, by the name of the binding.
    """

    env_names: tuple[str, ...] = ()
    secret_names: tuple[str, ...] = ()
    plain_env: Mapping[str, str] = field(factory=dict, repr=False)
    compatibility_date: str = ""
    compatibility_flags: tuple[str, ...] = ()
    d1: Mapping[str, str] = field(factory=dict)
    kv: Mapping[str, str] = field(factory=dict)


@frozen(kw_only=True)
class PagesProject:
    """A project.

    Args:
        id: The project's id.
        name: Its name.
        subdomain: The host name Cloudflare gave it; not always the project's name.
        domains: All its host names, custom domains too.
        production_branch: Deployments of this branch are production.
        production: The set-up of production.
        preview: The set-up of previews.
        latest_deployment: The newest deployment.
        canonical_deployment: The one that production serves.
        created_on: When it was made.
    """

    id: str
    name: str
    subdomain: str = ""
    domains: tuple[str, ...] = ()
    production_branch: str = ""
    production: EnvironmentConfig = field(factory=EnvironmentConfig)
    preview: EnvironmentConfig = field(factory=EnvironmentConfig)
    latest_deployment: PagesDeployment | None = None
    canonical_deployment: PagesDeployment | None = None
    created_on: datetime | None = None

    @property
    def url(self) -> str:
        """The address of production, from the host name in Cloudflare's answer; empty without one.

        Only a host on the loopback interface (an emulator) is reached without TLS.
        """
        host = self.subdomain.rpartition(":")[0] or self.subdomain
        scheme = "http" if host in {"127.0.0.1", "localhost"} else "https"
        return f"{scheme}://{self.subdomain}" if self.subdomain else ""

    @property
    def env_names(self) -> Mapping[str, tuple[str, ...]]:
        """The names of the variables and secrets, by environment."""
        return {
            Environment.PRODUCTION.value: self.production.env_names,
            Environment.PREVIEW.value: self.preview.env_names,
        }


@frozen(kw_only=True)
class LogLine:
    """One line of a deployment's log.

    Args:
        line: The text.
        ts: When it was written, where the server said so.
    """

    line: str
    ts: datetime | None = None


@frozen(kw_only=True)
class PagesDomain:
    """A custom domain of a project.

    Args:
        id: The domain's id in the project.
        name: The host name.
        status: ``initializing``, ``pending``, ``active``, ``deactivated``, ``blocked``, ``error``.
        certificate_authority: ``google`` or ``lets_encrypt``.
        validation_status: How the check for the certificate stands.
        validation_method: ``http`` or ``txt``.
        txt_name: The TXT record to create, with the method ``txt``.
        txt_value: Its value.
        validation_error: Why the check for the certificate failed.
        verification_status: How the check of the host name stands.
        verification_error: Why that check failed.
        zone_tag: The zone's id, when the zone is on Cloudflare.
        created_on: When it was attached.
    """

    id: str
    name: str
    status: str = ""
    certificate_authority: str = ""
    validation_status: str = ""
    validation_method: str = ""
    txt_name: str = ""
    txt_value: str = ""
    validation_error: str = ""
    verification_status: str = ""
    verification_error: str = ""
    zone_tag: str = ""
    created_on: datetime | None = None

    @property
    def active(self) -> bool:
        """Whether the domain serves the project."""
        return self.status == "active"


@frozen(kw_only=True)
class UploadProgress:
    """How far an upload is. Numbers never go down.

    Args:
        files: Files whose content the host has now.
        total_files: Files of the site.
        bytes: Bytes of those files.
        total_bytes: Bytes of the site.
    """

    files: int
    total_files: int
    bytes: int
    total_bytes: int


@frozen(kw_only=True)
class UploadReport:
    """What an upload did.

    Args:
        files: Files of the site.
        bytes: Bytes of the site.
        uploaded_files: Contents that were sent; equal files are sent once.
        uploaded_bytes: Their bytes.
        requests: Uploading requests that were sent, failed ones too.
        renewals: How often the upload token was replaced.
        warnings: What went wrong without stopping the upload.
    """

    files: int
    bytes: int
    uploaded_files: int = 0
    uploaded_bytes: int = 0
    requests: int = 0
    renewals: int = 0
    warnings: tuple[str, ...] = ()
