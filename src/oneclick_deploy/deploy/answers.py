"""What a deployed site's answers say about it."""

from __future__ import annotations

from typing import Final

from oneclick_deploy.http import Response

HEALTH_PATH: Final = "/api/health"
_SHOWN = 200


def page_problem(response: Response) -> str:
    """What is wrong with the answer for the front page; empty when it is good."""
    if response.status in {301, 302, 303, 307, 308} and response.headers.get("location"):
        return ""
    if not response.ok:
        return f"answers HTTP {response.status}: {_shown(response)}"
    if not response.content.strip():
        return "answers with an empty page"
    return ""


def health_problem(response: Response) -> str:
    """What is wrong with the answer of the health route; empty when it is good.

    A JSON object that says ``"ok": false``, or whose ``status`` is an error, is bad under any
    status.
    """
    if not response.ok:
        return f"answers HTTP {response.status}: {_shown(response)}"
    body = response.json()
    if isinstance(body, dict) and (
        body.get("ok") is False or str(body.get("status", "")).lower() in {"error", "fail", "down"}
    ):
        return f"says that it is not well: {_shown(response)}"
    return ""


def _shown(response: Response) -> str:
    return " ".join(response.text.split())[:_SHOWN] or "(empty)"
