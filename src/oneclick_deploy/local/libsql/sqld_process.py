"""One sqld process: started, watched, stopped."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from oneclick_deploy.errors import LocalCloudError
from oneclick_deploy.local.libsql import guard
from oneclick_deploy.local.libsql.relay import Relay, RelayError
from oneclick_deploy.local.server import LOOPBACK

_START_SECONDS: Final = 15.0
_STOP_SECONDS: Final = 3.0
_ATTEMPTS: Final = 3


class SqldProcess:
    """sqld with namespaces, on ports and with keys that only this process knows."""

    def __init__(self, program: Path, directory: Path) -> None:
        self._program = program
        self._directory = directory
        self._key = Ed25519PrivateKey.generate()
        self._admin_key = secrets.token_urlsafe(24)
        self._process: subprocess.Popen[bytes] | None = None
        self.user = Relay(0)
        self.admin = Relay(0)

    @property
    def is_running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.poll() is None

    @property
    def admin_headers(self) -> dict[str, str]:
        """What the admin API wants to see."""
        return {
            "host": LOOPBACK,
            "authorization": f"basic {self._admin_key}",
            "content-type": "application/json",
        }

    def token(self, *, can_write: bool) -> str:
        """A token that sqld takes for every namespace; it never leaves this machine."""
        claims = {"a": "rw" if can_write else "ro"}
        parts = [_encode({"alg": "EdDSA", "typ": "JWT"}), _encode(claims)]
        signature = self._key.sign(".".join(parts).encode())
        return ".".join([*parts, base64.urlsafe_b64encode(signature).rstrip(b"=").decode()])

    async def start(self) -> None:
        """Start the process and wait until it answers.

        Raises:
            LocalCloudError: It does not start; the message ends with its last words.
        """
        for attempt in range(1, _ATTEMPTS + 1):
            self._spawn(*_free_ports())
            if await self._wait_until_healthy():
                return
            await self.stop()
            if attempt == _ATTEMPTS:
                raise LocalCloudError(
                    f"sqld does not start: {self._last_words()}",
                    hint="Use data_plane='python', which needs no program.",
                )

    async def stop(self) -> None:
        """End the process: politely, then not."""
        process, self._process = self._process, None
        self.user.close()
        self.admin.close()
        if process is None:
            return
        loop = asyncio.get_running_loop()
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            await loop.run_in_executor(None, process.wait, _STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            await loop.run_in_executor(None, process.wait)
        if process.stdin is not None:
            process.stdin.close()

    def _spawn(self, user_port: int, admin_port: int) -> None:
        self._directory.mkdir(parents=True, exist_ok=True)
        work = self._directory / "work"
        work.mkdir(exist_ok=True)
        key_file = self._directory / "jwt-key.pem"
        key_file.write_bytes(
            self._key.public_key().public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            )
        )
        command = [
            sys.executable,
            "-I",
            "-S",
            guard.__file__,
            str(os.getpid()),
            str(self._program),
            "--no-welcome",
            "--db-path",
            str(self._directory / "data"),
            "--http-listen-addr",
            f"{LOOPBACK}:{user_port}",
            "--admin-listen-addr",
            f"{LOOPBACK}:{admin_port}",
            "--enable-namespaces",
            "--disable-default-namespace",
            "--disable-metrics",
            "--auth-jwt-key-file",
            str(key_file),
            "--shutdown-timeout",
            "1",
        ]
        with (self._directory / "sqld.log").open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - a fixed argument list, no shell
                command,
                # sqld's file functions are refused before they reach it; its directory is empty.
                cwd=work,
                # A secret on the command line would be seen by every user of the machine.
                env={"LIBSQL_ADMIN_AUTH_KEY": self._admin_key, "RUST_LOG": "error"},
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.user = Relay(user_port)
        self.admin = Relay(admin_port)

    async def _wait_until_healthy(self) -> bool:
        deadline = asyncio.get_running_loop().time() + _START_SECONDS
        while self.is_running and asyncio.get_running_loop().time() < deadline:
            try:
                answer = await self.user.send("GET", "/health", headers={"host": LOOPBACK})
                await answer.read()
            except RelayError:
                await asyncio.sleep(0.01)
                continue
            if answer.status == 200:
                return True
            await asyncio.sleep(0.01)
        return False

    def _last_words(self) -> str:
        try:
            lines = (self._directory / "sqld.log").read_text("utf-8", "replace").splitlines()
        except OSError:
            lines = []
        return " / ".join(lines[-3:])[-500:] or "it says nothing"


def _free_ports() -> tuple[int, int]:
    """Two ports that are free now. sqld cannot be given sockets, so this can go wrong once."""
    with socket.socket() as first, socket.socket() as second:
        first.bind((LOOPBACK, 0))
        second.bind((LOOPBACK, 0))
        return first.getsockname()[1], second.getsockname()[1]


def _encode(content: dict[str, str]) -> str:
    raw = json.dumps(content, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
