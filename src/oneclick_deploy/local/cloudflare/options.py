"""How the emulator behaves: limits, speed, and faults on demand."""

from __future__ import annotations

from attrs import define


@define(kw_only=True)
class CloudflareOptions:
    """Switches that tests and callers may change while the emulator runs.

    Args:
        stage_seconds: How long each of a deployment's five stages lasts; 0 ends them at once.
        upload_token_seconds: Lifetime of upload tokens; below 0 they are issued expired.
        max_files: What upload tokens say about the number of files.
        max_projects: Projects of the account.
        max_deployments_to_delete: A project with more deployments cannot be deleted.
        max_running_workers: Further workers end the one that was idle the longest.
        plain_expired_token: Answer expired upload tokens with 403 and plain text, as has been seen
            in the field, instead of an envelope.
        unknown_errors: That many of the next deployments are answered with code 8000000.
    """

    stage_seconds: float = 0.0
    upload_token_seconds: float = 3600.0
    max_files: int = 20_000
    max_projects: int = 100
    max_deployments_to_delete: int = 100
    max_running_workers: int = 8
    plain_expired_token: bool = False
    unknown_errors: int = 0
