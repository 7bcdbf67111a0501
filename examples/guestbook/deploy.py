"""Deploy the guestbook to the embedded cloud, and prove that it works by asking the live site.

Run it with ``make demo``. ``--keep`` goes on serving until Ctrl-C; ``--state DIR`` keeps the cloud in
a directory, so that an interrupted run goes on where it was.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import urllib.request
from pathlib import Path

import oneclick_deploy as od
from oneclick_deploy.local.tools import find_tool

HERE = Path(__file__).resolve().parent


def main() -> int:
    """Return the exit code: 0 when everything was proven."""
    options = _options()
    begun = time.monotonic()
    try:
        with od.LocalCloud(state_dir=options.state) as cloud:
            deployment = deploy(cloud)
            prove(deployment)
            print(f"\nAll proven in {time.monotonic() - begun:.1f} s.  {deployment.url}")
            if options.keep:
                serve_until_interrupted(deployment.url)
    except (od.OneClickError, AssertionError, OSError) as error:
        print(f"\nThe demo failed: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted.", file=sys.stderr)
        return 130
    return 0


def deploy(cloud: od.LocalCloud) -> od.Deployment:
    """Plan, print the plan, deploy with a progress view, print what came over."""
    if find_tool("workerd") is None:
        raise od.OneClickError(
            "workerd is not installed, so the app's own code cannot run",
            hint="Run `python -m oneclick_deploy.local install`.",
        )
    app = od.App(
        name="guestbook",
        source=HERE,
        site="public",
        preview_data=HERE / "preview.db",
        env={"STRIPE_SECRET_KEY": od.Secret("sk_test_demo")},
    )
    with od.DeploymentOrchestrator.local(cloud) as orchestrator:
        plan = orchestrator.plan(app, od.Web(database=od.Turso(), hosting=od.CloudflarePages()))
        print(plan, flush=True)
        print(f"\nDeploying to the local cloud (databases: {cloud.turso.data_plane_kind})\n")
        with od.progress_view() as view:
            deployment = orchestrator.deploy(plan, on_event=view)
    report = deployment.report
    assert report is not None
    print("\nRows that came over")
    for table, rows in report.rows:
        print(f"  {table:<24}{rows:>6}")
    print(f"  {'total':<24}{sum(rows for _, rows in report.rows):>6}")
    print("\nWhat every step took")
    for step in report.steps:
        print(f"  {step.step:<20}{step.seconds:7.2f} s  {step.summary}")
    return deployment


def prove(deployment: od.Deployment) -> None:
    """Ask the deployed site over HTTP: the page, and the app's own code with its database."""
    print("\nProof")
    page = _get(f"{deployment.url}/")
    assert b"<html" in page.lower(), "the front page is not HTML"
    print(f"  GET /              {len(page)} bytes of HTML")
    health = json.loads(_get(f"{deployment.url}/api/health"))
    assert health.get("ok") is True, f"the app is not well: {health}"
    print(f"  GET /api/health    {json.dumps(health)[:90]}")
    entries = json.loads(_get(f"{deployment.url}/api/entries"))["entries"]
    assert entries, "the app found no entries in its database"
    print(f"  GET /api/entries   {len(entries)} entries; the newest: {_shown(entries[0])}")
    written = _sign(deployment.url)
    after = json.loads(_get(f"{deployment.url}/api/entries"))["entries"]
    assert any(written in json.dumps(entry) for entry in after), "the new entry was not kept"
    print("  POST /api/entries  a new entry was written and read back from the database")


def serve_until_interrupted(url: str) -> None:
    """Keep the cloud running."""
    print(f"\nServing {url} until Ctrl-C.", flush=True)
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        print("\nStopping.")


def _sign(url: str) -> str:
    mark = f"deployed-{time.time_ns()}"
    body = json.dumps({"name": "make demo", "message": f"Hello from the demo! {mark}"}).encode()
    request = urllib.request.Request(
        f"{url}/api/entries", body, {"Content-Type": "application/json"}, method="POST"
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.status in {200, 201}, f"POST /api/entries answered {answer.status}"
    return mark


def _shown(entry: dict[str, object]) -> str:
    text = str(entry.get("message") or entry.get("title") or entry)
    return json.dumps(text[:60], ensure_ascii=False)


def _get(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=30) as answer:
        content: bytes = answer.read()
    return content


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", action="store_true", help="serve until Ctrl-C")
    parser.add_argument("--state", type=Path, default=None, help="keep the cloud in a directory")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
