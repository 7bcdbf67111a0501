"""The life of a workerd process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from oneclick_deploy.errors import LocalCloudError
from oneclick_deploy.local.workerd import process as process_module
from oneclick_deploy.local.workerd.config import Module, ModuleKind, TextBinding, WorkerConfig
from oneclick_deploy.local.workerd.process import (
    WorkerdProcess,
    WorkerdStartError,
    newest_compatibility_date,
)

SECRET = "never-on-disk-or-argv-7d1f"


def config(source="export default { fetch() { return new Response('ok') } }", **changes):
    values = {
        "modules": [Module(name="index.js", kind=ModuleKind.ES_MODULE, content=source.encode())],
        "compatibility_date": "2026-01-01",
        "bindings": [TextBinding(name="SECRET", value=SECRET)],
        "bindings_address": "127.0.0.1:1",
        "outbound_address": "127.0.0.1:2",
        "outbound_capability": "cap",
        **changes,
    }
    return WorkerConfig(**values)


def of_process(pid, what):
    return Path(f"/proc/{pid}/{what}").read_bytes()


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    """Where temporary files go in this test."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


async def test_it_listens_after_start_and_is_gone_after_stop(workerd):
    process = WorkerdProcess(workerd)
    await process.start(config())
    pid = process.pid
    assert process.running
    assert process.port > 0
    await process.stop()
    await process.stop()
    assert not process.running
    assert process.pid is None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_nothing_of_it_stays_on_disk_and_no_secret_is_in_its_arguments(workerd, temporary):
    process = WorkerdProcess(workerd)
    await process.start(config())
    try:
        assert list(temporary.iterdir()) == []
        arguments = of_process(process.pid, "cmdline")
        assert SECRET.encode() not in arguments + of_process(process.pid, "environ")
        assert b"serve" in arguments
    finally:
        await process.stop()


async def test_the_environment_of_the_caller_is_not_passed_on(workerd, monkeypatch):
    monkeypatch.setenv("CLOUDFLARE_API_TOKEN", "callers-own")
    process = WorkerdProcess(workerd)
    await process.start(config())
    try:
        assert b"callers-own" not in of_process(process.pid, "environ")
    finally:
        await process.stop()


async def test_the_files_are_private_while_they_exist(workerd, temporary, monkeypatch):
    seen = []

    async def look(self, folder, control):
        seen.extend(
            (path.name, path.stat().st_mode & 0o777) for path in [folder, *folder.iterdir()]
        )
        raise WorkerdStartError("looked")

    monkeypatch.setattr(WorkerdProcess, "_spawn", look)
    with pytest.raises(WorkerdStartError):
        await WorkerdProcess(workerd).start(config())
    modes = dict(seen)
    assert modes.pop("config.capnp") == 0o600
    assert modes.pop("module-0") == 0o600
    assert list(modes.values()) == [0o700]
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"source": "import './none.js'"}, "none.js"),
        ({"compatibility_date": "2999-01-01"}, "2999-01-01"),
        ({"compatibility_date": "soon"}, "soon"),
        ({"compatibility_flags": ["no_such_flag"]}, "no_such_flag"),
        ({"modules": []}, ""),
        ({"modules": [Module(name="x", kind=ModuleKind.WASM, content=b"no wasm")]}, ""),
    ],
)
async def test_what_the_runtime_refuses_is_told_in_its_words(workerd, temporary, changes, reason):
    process = WorkerdProcess(workerd)
    with pytest.raises(WorkerdStartError) as caught:
        await process.start(config(**changes))
    assert reason in "\n".join(caught.value.log)
    assert caught.value.hint
    assert not process.running
    assert list(temporary.iterdir()) == []


async def test_a_program_that_is_not_workerd_is_an_error(tmp_path):
    for content in (b"#!/bin/sh\necho nonsense >&3; exit 3\n", b"#!/bin/sh\nexit 0\n", b"\x7fELF"):
        program = tmp_path / "workerd"
        program.write_bytes(content)
        program.chmod(0o755)
        with pytest.raises(LocalCloudError):
            await WorkerdProcess(program).start(config())
        with pytest.raises(LocalCloudError):
            newest_compatibility_date(program)
        newest_compatibility_date.cache_clear()


async def test_a_program_that_never_listens_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(process_module, "START_TIMEOUT", 0.2)
    program = tmp_path / "workerd"
    program.write_text("#!/bin/sh\nexec sleep 60\n")
    program.chmod(0o755)
    process = WorkerdProcess(program)
    with pytest.raises(WorkerdStartError):
        await process.start(config())
    assert not process.running


async def test_long_output_is_kept_within_bounds(workerd):
    source = """for (let i = 0; i < 1000; i++) console.log('line ' + i);
      console.log('x'.repeat(200000));
      export default {}"""
    process = WorkerdProcess(workerd)
    await process.start(config(source))
    await process.stop()
    assert len(process.log) <= 200
    assert max(map(len, process.log)) <= 64 * 1024
    assert process.log_since(process.log_position) == ()


@pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="other platform: Linux ends children"
)
@pytest.mark.parametrize("has_setpriv", [True, False])
def test_it_dies_with_its_parent_however_that_ends(workerd, has_setpriv):
    program = f"""
import asyncio, pathlib, shutil, sys, time
from oneclick_deploy.local.workerd import process
from oneclick_deploy.local.workerd.config import Module, ModuleKind, WorkerConfig
if not {has_setpriv}:
    process.shutil.which = lambda name: None
async def main():
    module = Module(name="i.js", kind=ModuleKind.ES_MODULE, content=b"export default {{}}")
    config = WorkerConfig(modules=[module], compatibility_date="2026-01-01",
        bindings_address="127.0.0.1:1", outbound_address="127.0.0.1:2", outbound_capability="c")
    worker = process.WorkerdProcess(pathlib.Path({str(workerd)!r}))
    await worker.start(config)
    print(worker.pid, flush=True)
    await asyncio.sleep(60)
asyncio.run(main())
"""
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert Path(f"/proc/{child}/exe").resolve() == workerd
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 10
    while is_alive(child):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def is_alive(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
