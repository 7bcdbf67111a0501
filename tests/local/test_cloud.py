"""The local cloud as a whole: start, stop, state, addresses."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

import oneclick_deploy as od
from oneclick_deploy import errors


def test_it_starts_and_stops_and_leaves_nothing() -> None:
    with od.LocalCloud(data_plane="python") as cloud:
        place = cloud.state_dir
        assert place.is_dir()
        assert cloud.turso_url.startswith("http://127.0.0.1:")
    assert not place.exists()


async def test_it_is_an_asynchronous_context_manager_too() -> None:
    async with od.LocalCloud(data_plane="python") as cloud:
        assert cloud.cloudflare_url.endswith("/client/v4")


def test_credentials_and_addresses_survive_a_restart(tmp_path: Path) -> None:
    with od.LocalCloud(tmp_path, data_plane="python") as cloud:
        first = cloud.environment(), cloud.encryption_key
    with od.LocalCloud(tmp_path, data_plane="python") as cloud:
        assert (cloud.environment(), cloud.encryption_key) == first


def test_credentials_are_readable_by_us_alone(tmp_path: Path) -> None:
    with od.LocalCloud(tmp_path, data_plane="python"):
        assert stat.S_IMODE((tmp_path / "credentials.json").stat().st_mode) == 0o600


def test_two_clouds_cannot_share_a_state_directory(tmp_path: Path) -> None:
    with od.LocalCloud(tmp_path, data_plane="python"):
        with pytest.raises(errors.LocalCloudError, match=f"process {os.getpid()}") as caught:
            od.LocalCloud(tmp_path, data_plane="python").start()
        assert caught.value.hint
    with od.LocalCloud(tmp_path, data_plane="python"):
        pass


def test_a_started_cloud_cannot_be_started_again() -> None:
    cloud = od.LocalCloud(data_plane="python")
    with cloud, pytest.raises(errors.LocalCloudError, match="running already"):
        cloud.start()


def test_a_cloud_that_does_not_run_says_so() -> None:
    cloud = od.LocalCloud(data_plane="python")
    with pytest.raises(errors.LocalCloudError, match="not running"):
        _ = cloud.turso_url
    cloud.stop()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b'{"turso_token": 7}'])
def test_spoiled_credentials_are_a_clear_error(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "credentials.json").write_bytes(content)
    with pytest.raises(errors.LocalCloudError, match="cannot be used") as caught:
        od.LocalCloud(tmp_path, data_plane="python").start()
    assert caught.value.hint
    (tmp_path / "credentials.json").unlink()
    with od.LocalCloud(tmp_path, data_plane="python"):
        pass


def test_an_unusable_state_directory_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(errors.LocalCloudError, match="cannot be used"):
        od.LocalCloud(tmp_path / "file" / "state", data_plane="python").start()


def test_the_serve_command_prints_what_other_programs_need(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "oneclick_deploy.local", "serve", "--state", str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        facts = dict(
            line.split(None, 1) for line in (process.stdout.readline() for _ in range(9)) if line
        )
        request = urllib.request.Request(
            f"{facts['TURSO_API_BASE_URL'].strip()}/v1/organizations",
            headers={"Authorization": f"Bearer {facts['TURSO_API_TOKEN'].strip()}"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            assert answer.status == 200
    finally:
        process.terminate()
        assert process.wait(20) == 0
        process.stdout.close()  # type: ignore[union-attr]
