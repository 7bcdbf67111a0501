"""One ``workerd`` process: started, watched, stopped.

All methods run on the event loop of the local server.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import deque
from functools import lru_cache
from pathlib import Path

from oneclick_deploy.errors import LocalCloudError
from oneclick_deploy.local.workerd.config import WorkerConfig, module_file, render

START_TIMEOUT = 30.0
_KEPT_LINES = 200
_LINE_LIMIT = 64 * 1024

# Asks Linux to end workerd when its parent ends, however that happens, then becomes workerd.
_LAUNCHER = (
    "import ctypes, os, sys; ctypes.CDLL(None).prctl(1, 9); "
    "os.getppid() == int(sys.argv[1]) or os._exit(1); os.execv(sys.argv[2], sys.argv[2:])"
)


class WorkerdStartError(LocalCloudError):
    """``workerd`` refused the worker.

    Args:
        log: What it printed.
    """

    def __init__(self, message: str, *, log: tuple[str, ...] = ()) -> None:
        super().__init__(message, hint="Read the runtime's log lines; they name the module.")
        self.log = log


class WorkerdProcess:
    """A worker running in ``workerd`` on a loopback port of its own.

    Args:
        binary: The ``workerd`` program.
    """

    def __init__(self, binary: Path) -> None:
        self._binary = binary
        self._process: asyncio.subprocess.Process | None = None
        self._readers: list[asyncio.Task[None]] = []
        self._lines: deque[str] = deque(maxlen=_KEPT_LINES)
        self._count = 0
        self.port = 0

    @property
    def running(self) -> bool:
        """Whether the process is alive."""
        return self._process is not None and self._process.returncode is None

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self._process.pid if self._process is not None and self.running else None

    @property
    def log(self) -> tuple[str, ...]:
        """The last lines that the worker and the runtime printed."""
        return tuple(self._lines)

    @property
    def log_position(self) -> int:
        """How many lines were printed so far."""
        return self._count

    def log_since(self, position: int) -> tuple[str, ...]:
        """The lines printed after ``position``, as far as they are kept."""
        new = self._count - position
        return tuple(self._lines)[-new:] if new > 0 else ()

    async def start(self, config: WorkerConfig) -> None:
        """Start a worker and wait until it listens.

        Raises:
            WorkerdStartError: It ended, or did not listen in time.
        """
        folder = Path(tempfile.mkdtemp(prefix="oneclick-workerd-"))
        try:
            _write_files(folder, config)
            await self._launch(folder)
        finally:
            # Modules and secrets were read into the process; nothing of them stays on disk.
            shutil.rmtree(folder, ignore_errors=True)

    async def stop(self) -> None:
        """End the process. Safe to call twice."""
        process, self._process = self._process, None
        if process is not None:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.send_signal(signal.SIGKILL)
            await process.wait()
        for reader in self._readers:
            await reader
        self._readers = []

    async def _launch(self, folder: Path) -> None:
        read_end, write_end = os.pipe()
        with os.fdopen(read_end, "rb") as control:
            try:
                self._process = await self._spawn(folder, write_end)
            finally:
                os.close(write_end)
            self._readers = [
                asyncio.ensure_future(self._collect(stream))
                for stream in (self._process.stdout, self._process.stderr)
                if stream is not None
            ]
            try:
                self.port = await asyncio.wait_for(_listening_port(control), START_TIMEOUT)
            except (TimeoutError, EOFError) as error:
                if isinstance(error, EOFError):
                    # It has closed the pipe to end; its exit is awaited so that nobody else reaps it.
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._process.wait(), START_TIMEOUT)
                await self.stop()
                raise WorkerdStartError(_start_failure(self.log), log=self.log) from error
            except BaseException:
                await self.stop()
                raise

    async def _spawn(self, folder: Path, control: int) -> asyncio.subprocess.Process:
        command = [
            *_die_with_parent(),
            str(self._binary),
            "serve",
            "config.capnp",
            f"--control-fd={control}",
        ]
        try:
            return await asyncio.create_subprocess_exec(
                *command,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                pass_fds=(control,),
                # Nothing of our own environment is the worker's business.
                env={"PATH": "/usr/bin:/bin", "HOME": str(folder), "TZ": "UTC"},
                limit=_LINE_LIMIT,
                # A Ctrl-C at the terminal is for Python, which then stops the worker itself.
                start_new_session=True,
            )
        except OSError as error:
            raise WorkerdStartError(f"workerd cannot be run: {error}") from error

    async def _collect(self, stream: asyncio.StreamReader) -> None:
        while True:
            try:
                line = await stream.readline()
            except ValueError:
                # Longer than the limit; the reader has dropped it.
                line = b"(a line of output that was too long)\n"
            if not line:
                return
            self._lines.append(line.decode("utf-8", errors="replace").rstrip())
            self._count += 1


@lru_cache(maxsize=8)
def newest_compatibility_date(binary: Path) -> str:
    """The newest compatibility date that a ``workerd`` program accepts.

    Raises:
        LocalCloudError: The program does not run here.
    """
    try:
        done = subprocess.run(  # noqa: S603
            [str(binary), "--version"], capture_output=True, timeout=START_TIMEOUT, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise LocalCloudError(
            f"workerd does not run on this machine: {error}",
            hint="Install the workerd build for this system.",
        ) from error
    found = re.search(rb"\d{4}-\d{2}-\d{2}", done.stdout)
    if found is None:
        raise LocalCloudError("workerd does not tell its version")
    return found[0].decode()


def _write_files(folder: Path, config: WorkerConfig) -> None:
    """Write the modules and the configuration, readable by this user only (mkdtemp: 0700)."""
    for number, module in enumerate(config.modules):
        _write_private(folder / module_file(number), module.content)
    _write_private(folder / "config.capnp", render(config).encode())


def _write_private(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)


async def _listening_port(control: object) -> int:
    """Read the events that workerd writes until it says where it listens."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    transport, _ = await loop.connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), control
    )
    try:
        while line := await reader.readline():
            event = json.loads(line)
            if event.get("event") == "listen" and event.get("socket") == "http":
                return int(event["port"])
        raise EOFError
    finally:
        transport.close()


def _start_failure(log: tuple[str, ...]) -> str:
    return "the worker did not start: " + ("; ".join(log[:6]) or "the runtime printed no reason")


def _die_with_parent() -> list[str]:
    """The command prefix that ties a process to this one, where the system can do it."""
    if not sys.platform.startswith("linux"):
        return []
    setpriv = shutil.which("setpriv")
    if setpriv is not None:
        return [setpriv, "--pdeathsig", "KILL", "--"]
    return [sys.executable, "-I", "-S", "-c", _LAUNCHER, str(os.getpid())]
