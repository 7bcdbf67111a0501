"""The Pages API: paths, the deployment form, and the reading of answers. Pure."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from attrs import evolve, frozen

from oneclick_deploy.errors import (
    ConfigurationError,
    DeadlineExceededError,
    DeployError,
    OneClickError,
    ServerError,
    SiteError,
    TransportError,
    UnexpectedAnswerError,
)
from oneclick_deploy.http.values import CallKind, Request, Response, bearer
from oneclick_deploy.providers.cloudflare.pages.models import (
    EnvironmentConfig,
    LogLine,
    PagesDeployment,
    PagesDomain,
    PagesProject,
)
from oneclick_deploy.providers.cloudflare.pages.multipart import (
    Part,
    encode,
    file_part,
    text_part,
)
from oneclick_deploy.providers.cloudflare.wire import (
    Address,
    Envelope,
    as_object,
    as_objects,
    malformed,
    structure,
)
from oneclick_deploy.secrets import Secret
from oneclick_deploy.site.ignore import HEADERS, REDIRECTS, ROUTES, WORKER_BUNDLE
from oneclick_deploy.site.limits import MAX_WORKER_BUNDLE, mebibytes
from oneclick_deploy.site.models import Site
from oneclick_deploy.site.worker_bundle import build_bundle

LONGEST_MESSAGE: Final = 384
_COMMIT: Final = re.compile(r"[0-9a-f]{7,64}")
WHOLE_LOG: Final = {"size": "10000000"}  # what the official client asks for

# What the last line of a failed deployment's log says, and what to do about it (workers-sdk issues
# 6066, 7593, 9119).
_CAUSES: Final = {
    "failed to publish your function": (
        "The Worker did not start. Run it locally first; code that imports Node's modules needs "
        "the compatibility flag nodejs_compat in this environment."
    ),
    "unknown internal error": (
        "Check that every binding of the project has the id of a resource that exists; "
        "placeholder ids end like this."
    ),
    "size limit": "The Worker is too large for the plan (3 MiB compressed on the free plan).",
}


def project_path(address: Address, name: str, *segments: str) -> str:
    """The path of a project, or of something in it."""
    return address.account("pages", "projects", name, *segments)


@frozen(kw_only=True)
class DeploymentForm:
    """What a deployment says about itself, besides its site.

    Args:
        branch: The branch; that of production when ``None``.
        commit_hash: The commit.
        commit_message: Its message.
        commit_dirty: Whether files were changed since the commit.
    """

    branch: str | None = None
    commit_hash: str | None = None
    commit_message: str = ""
    commit_dirty: bool | None = None


def deployment_request(address: Address, project: str, site: Site, form: DeploymentForm) -> Request:
    """Build `POST deployments`, the form that turns uploaded assets into a deployment.

    Raises:
        SiteError: The Worker is larger than Pages accepts.
        ConfigurationError: The branch or the commit hash cannot be one.
    """
    content, content_type = encode(form_parts(site, form))
    return Request(
        method="POST",
        url=address.base_url + project_path(address, project, "deployments"),
        headers={"Authorization": bearer(address.token), "Content-Type": content_type},
        content=content,
        kind=CallKind.CREATE,
    )


def form_parts(site: Site, form: DeploymentForm) -> list[Part]:
    """Build the fields of the form, in the order of the official client."""
    manifest = json.dumps(site.manifest(), separators=(",", ":"), ensure_ascii=False)
    dirty = "" if form.commit_dirty is None else str(form.commit_dirty).lower()
    texts = {
        "manifest": manifest,
        "branch": _branch(form.branch),
        "commit_message": one_line(form.commit_message),
        "commit_hash": _commit(form.commit_hash),
        "commit_dirty": dirty,
    }
    files = {
        HEADERS: site.headers,
        REDIRECTS: site.redirects,
        WORKER_BUNDLE: worker_bundle(site),
        # Routes without a Worker are refused; the official client does not send them either.
        ROUTES: site.routes if site.worker else None,
    }
    return [
        *(text_part(name, text) for name, text in texts.items() if text),
        *(file_part(name, content) for name, content in files.items() if content is not None),
    ]


def worker_bundle(site: Site) -> bytes | None:
    """Build ``_worker.bundle``, if the site has a Worker.

    Raises:
        SiteError: It is larger than Pages accepts.
    """
    if site.worker is None:
        return None
    bundle = build_bundle(site.worker)
    if len(bundle) > MAX_WORKER_BUNDLE:
        raise SiteError(
            f"the Worker has {mebibytes(len(bundle))}; "
            f"Pages accepts {mebibytes(MAX_WORKER_BUNDLE)}",
            hint="Leave out source maps and packages that the Worker does not use.",
        )
    return bundle


def one_line(message: str) -> str:
    """Make a commit message that every version of the API takes: one short ASCII line.

    The official client cuts after 384 bytes; cut characters and line ends were refused with 8000111
    (workers-sdk issues 11749, 12679, 12882, 13938).
    """
    line = next((text for text in message.splitlines() if text.strip()), "")
    plain = unicodedata.normalize("NFKD", line).encode("ascii", "ignore").decode()
    shown = "".join(letter if letter.isprintable() else " " for letter in plain)
    return " ".join(shown.split())[:LONGEST_MESSAGE].strip()


def _branch(name: str | None) -> str:
    if name is not None and any(not letter.isprintable() for letter in name):
        raise ConfigurationError(
            "the branch's name holds control characters", hint="Pass it as a single line."
        )
    return name or ""


def _commit(sha: str | None) -> str:
    if sha and not _COMMIT.fullmatch(sha):
        raise ConfigurationError(
            f"{sha[:80]!r} is not a commit hash", hint="Pass 7 to 64 lowercase hex digits."
        )
    return sha or ""


def read_deployment(raw: Mapping[str, Any], response: Response) -> PagesDeployment:
    """Read a deployment."""
    trigger = _object(_object(raw, "deployment_trigger"), "metadata")
    flat = {**raw, **{name: trigger.get(name) for name in _TRIGGER}}
    if isinstance(raw.get("stages"), list):
        flat["stages"] = [_without_nulls(stage) for stage in raw["stages"]]
    if isinstance(raw.get("latest_stage"), dict):
        flat["latest_stage"] = _without_nulls(raw["latest_stage"])
    return structure(flat, PagesDeployment, response=response)


_TRIGGER: Final = ("branch", "commit_hash", "commit_message", "commit_dirty")


def read_project(raw: Mapping[str, Any], response: Response) -> PagesProject:
    """Read a project."""
    configs = _object(raw, "deployment_configs")
    flat = {
        name: value
        for name, value in raw.items()
        if name not in {"latest_deployment", "canonical_deployment"}
    }
    project = structure(flat, PagesProject, response=response)
    return evolve(
        project,
        production=_environment_config(_object(configs, "production"), response),
        preview=_environment_config(_object(configs, "preview"), response),
        latest_deployment=_maybe_deployment(raw.get("latest_deployment"), response),
        canonical_deployment=_maybe_deployment(raw.get("canonical_deployment"), response),
    )


def _maybe_deployment(raw: object, response: Response) -> PagesDeployment | None:
    return read_deployment(raw, response) if isinstance(raw, dict) and raw else None


def _environment_config(raw: Mapping[str, Any], response: Response) -> EnvironmentConfig:
    variables = _object(raw, "env_vars")
    kinds = {
        name: value.get("type") for name, value in variables.items() if isinstance(value, dict)
    }
    read = {
        "env_names": sorted(kinds),
        "secret_names": sorted(name for name, kind in kinds.items() if kind == "secret_text"),
        "plain_env": {
            name: str(variables[name].get("value", ""))
            for name, kind in kinds.items()
            if kind == "plain_text"
        },
        "compatibility_date": raw.get("compatibility_date"),
        "compatibility_flags": raw.get("compatibility_flags"),
        "d1": _ids(_object(raw, "d1_databases"), "id"),
        "kv": _ids(_object(raw, "kv_namespaces"), "namespace_id"),
    }
    return structure(read, EnvironmentConfig, response=response)


def _ids(bindings: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {
        name: value[key]
        for name, value in bindings.items()
        if isinstance(value, dict) and value.get(key)
    }


def read_domain(raw: Mapping[str, Any], response: Response) -> PagesDomain:
    """Read a custom domain."""
    validation = _object(raw, "validation_data")
    verification = _object(raw, "verification_data")
    flat = {
        **raw,
        "validation_status": validation.get("status"),
        "validation_method": validation.get("method"),
        "txt_name": validation.get("txt_name"),
        "txt_value": validation.get("txt_value"),
        "validation_error": validation.get("error_message"),
        "verification_status": verification.get("status"),
        "verification_error": verification.get("error_message"),
        "created_on": raw.get("created_on") or None,
    }
    return structure(flat, PagesDomain, response=response)


def read_log(envelope: Envelope) -> list[LogLine]:
    """Read `history/logs`."""
    data = as_object(envelope, "log").get("data")
    lines = as_objects(Envelope(result=data, response=envelope.response), "log")
    return [LogLine(line=str(raw.get("line") or ""), ts=_moment(raw.get("ts"))) for raw in lines]


def read_hashes(envelope: Envelope) -> list[str]:
    """Read the hashes that `check-missing` answers."""
    hashes = envelope.result
    if not isinstance(hashes, list) or not all(isinstance(item, str) for item in hashes):
        raise malformed(envelope.response, what="hashes", why="it is not a list of texts")
    return hashes


def deployment_failure(deployment: PagesDeployment, log: list[LogLine]) -> DeployError:
    """Make the error for a deployment that did not succeed.

    The last line of the log is the reason (the official client reads it there too).
    """
    stage = deployment.latest_stage
    at = f" in the stage {stage.name}" if stage else ""
    reason = next((line.line.strip() for line in reversed(log) if line.line.strip()), "")
    if deployment.is_skipped or deployment.skip_reason:
        reason = ": ".join(filter(None, [deployment.skip_reason, reason]))
    known = (hint for words, hint in _CAUSES.items() if words in reason.lower())
    return DeployError(
        f"the Pages deployment {deployment.id} of {deployment.project_name or 'the project'} "
        f"ended as {deployment.state}{at}" + (f": {reason[:500]}" if reason else ""),
        hint=next(known, "Read the whole log with deployment_logs()."),
    )


def deployment_timeout(
    deployment_id: str, timeout: float, stage: tuple[str, str] | None
) -> DeadlineExceededError:
    """Make the error for a deployment that is still running."""
    at = f" (stage {stage[0]} is {stage[1]})" if stage else ""
    return DeadlineExceededError(
        f"the Pages deployment {deployment_id} was not live after {timeout:g} s{at}",
        hint="It may still become live: wait again with wait_for_deployment().",
    )


def read_jwt(envelope: Envelope) -> Secret:
    """Read the upload token."""
    jwt = as_object(envelope, "upload token").get("jwt")
    if not isinstance(jwt, str) or not jwt:
        raise malformed(envelope.response, what="upload token", why="it has no jwt")
    return Secret(jwt)


def outcome_unknown(failure: OneClickError) -> bool:
    """Whether a create that failed like this may have been acted on."""
    if isinstance(failure, TransportError):
        return failure.outcome_unknown
    return isinstance(failure, ServerError | UnexpectedAnswerError)


def _moment(text: object) -> datetime | None:
    # The SDK documents a text, not a time: a line whose time cannot be read is still a line.
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _object(raw: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = raw.get(name)
    return value if isinstance(value, dict) else {}


def _without_nulls(raw: object) -> object:
    if not isinstance(raw, dict):
        return raw
    return {name: value for name, value in raw.items() if value is not None}
