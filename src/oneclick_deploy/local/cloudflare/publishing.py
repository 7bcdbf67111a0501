"""The last stage of a deployment: its code is started, or the reason why not is logged."""

from __future__ import annotations

from datetime import UTC, datetime

from attrs import evolve

from oneclick_deploy.errors import LocalCloudError
from oneclick_deploy.local.cloudflare.models import Deployment, LogLine
from oneclick_deploy.local.cloudflare.worker import WorkerRefusedError, not_emulated
from oneclick_deploy.local.cloudflare.worker_runner import WorkerRunner
from oneclick_deploy.local.workerd.process import WorkerdStartError


async def publish(deployment: Deployment, *, runner: WorkerRunner) -> Deployment:
    """Publish a new deployment and return it with its log, and its failure if it has one."""
    lines = [f"Uploading {len(deployment.manifest)} assets", "Success: Assets published!"]
    failure: str | None = None
    if deployment.worker is not None:
        lines.append(f"Publishing {deployment.worker}")
        lines += [
            f"Warning: the local cloud has no binding {name}"
            for name in not_emulated(deployment.settings)
        ]
        failure = await _start_worker(deployment, runner)
    if failure is None:
        lines.append("Success: Your site was deployed!")
    else:
        # wrangler shows the last line as the reason; the real host's begins like this.
        lines.append(f"Error: Failed to publish your Function. Got error: {failure}")
    return _ended(deployment, failure=failure, lines=lines)


def interrupted(deployment: Deployment) -> Deployment:
    """End a deployment that the emulator was stopped in."""
    reason = "the local cloud was stopped during the deployment"
    return _ended(deployment, failure=reason, lines=[f"Error: {reason}"])


def _ended(deployment: Deployment, *, failure: str | None, lines: list[str]) -> Deployment:
    now = datetime.now(UTC)
    log = tuple(LogLine(ts=now, line=line) for line in lines)
    return evolve(deployment, published=True, failure=failure, log=log)


async def _start_worker(deployment: Deployment, runner: WorkerRunner) -> str | None:
    try:
        await runner.check(deployment)
    except WorkerRefusedError as error:
        return str(error)
    except WorkerdStartError as error:
        return _reason(error)
    except LocalCloudError as error:
        return f"{error.message}. {error.hint}"
    return None


def _reason(error: WorkerdStartError) -> str:
    """The runtime's own words, without the name that the configuration gave the worker."""
    lines = (line.removeprefix("service worker: ").strip() for line in error.log)
    return " ".join(lines) or error.message
