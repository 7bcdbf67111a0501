"""Fixtures that every test may use, and the contract check of every request that tests make."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from oneclick_deploy.http.observe import observed
from tests.contract.checker import ContractChecker

REPOSITORY = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("ONECLICK_SHARED", REPOSITORY.parent / "shared"))
HAS_SHARED = (SHARED / "specs").is_dir()

_dumps = pytest.StashKey[list[dict[str, Any]]]()
_checker = pytest.StashKey[ContractChecker]()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The shared facts, traces and specifications beside the checkout."""
    if not HAS_SHARED:
        pytest.skip(f"the shared data is not at {SHARED}; set ONECLICK_SHARED to its place")
    return SHARED


@pytest.fixture(scope="session")
def contract(request: pytest.FixtureRequest) -> ContractChecker | None:
    """Checks every exchange of our clients against the providers' documents, when they are here."""
    if not HAS_SHARED:
        return None
    return request.config.stash.setdefault(_checker, ContractChecker(SHARED))


@pytest.fixture(autouse=True)
def every_exchange_is_checked(
    request: pytest.FixtureRequest, contract: ContractChecker | None
) -> Iterator[None]:
    """Fail a test whose requests, or whose emulator's answers, leave the documents.

    A test that sends or answers wrongly on purpose carries the mark ``off_contract``.
    """
    if contract is None or request.node.get_closest_marker("off_contract"):
        yield
        return
    before = len(contract.violations)
    with contract.registrations(), observed(contract.on_exchange):
        yield
    found = contract.violations[before:]
    assert not found, "off contract:\n" + "\n".join(str(violation) for violation in found)


# The table of exercised operations, gathered from all workers.


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--expect-all",
        action="store_true",
        help="fail when a test was skipped although CI installs what it needs",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_dumps] = []


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker hands its counts to the main process; the main process checks for skips."""
    checker = session.config.stash.get(_checker, None)
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["contract"] = json.dumps(checker.dump() if checker else None)
        return
    if checker is not None:
        session.config.stash[_dumps].append(checker.dump())
    if session.config.getoption("--expect-all") and _unexpected_skips(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


class _XdistHooks:
    """Registered only with pytest-xdist, which defines this hook."""

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:
        dump = json.loads(getattr(node, "workeroutput", {}).get("contract", "null"))
        if dump is not None:
            node.config.stash[_dumps].append(dump)


def pytest_plugin_registered(plugin: object, manager: pytest.PytestPluginManager) -> None:
    name = "oneclick-xdist-hooks"
    if manager.hasplugin("dsession") and not manager.hasplugin(name):
        manager.register(_XdistHooks(), name)


def _unexpected_skips(config: pytest.Config) -> list[str]:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    # Every skip for a missing tool says how it is installed; others concern the system or the user.
    return [report.nodeid for report in skipped if "install" in str(report.longrepr)]


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    dumps = config.stash[_dumps]
    if dumps:
        terminalreporter.section("documented operations that the tests exercised")
        terminalreporter.write_line(ContractChecker.merge(dumps).coverage_table())
    missing = _unexpected_skips(config) if config.getoption("--expect-all") else []
    if missing:
        terminalreporter.section("skipped although CI installs what they need")
        for node in missing:
            terminalreporter.write_line(node)
