"""Which view is chosen where."""

from __future__ import annotations

import io
import sys
from types import SimpleNamespace

import pytest

import oneclick_deploy
from oneclick_deploy.progress import JupyterView, PlainView, ProgressView, RichView, progress_view


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _usual_terminal(monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delitem(sys.modules, "IPython", raising=False)


def test_a_terminal_gets_the_table():
    assert isinstance(progress_view(Terminal()), RichView)


def test_a_file_gets_lines():
    assert isinstance(progress_view(io.StringIO()), PlainView)


@pytest.mark.parametrize("term", ["dumb", "DUMB", "unknown"])
def test_a_terminal_that_can_only_print_gets_lines(monkeypatch, term):
    monkeypatch.setenv("TERM", term)
    assert isinstance(progress_view(Terminal()), PlainView)


def test_without_rich_a_terminal_gets_lines(monkeypatch):
    monkeypatch.setitem(sys.modules, "rich", None)
    assert isinstance(progress_view(Terminal()), PlainView)


def test_a_closed_or_strange_stream_gets_lines():
    closed = io.StringIO()
    closed.close()
    assert isinstance(progress_view(closed), PlainView)
    assert isinstance(progress_view(SimpleNamespace(write=print)), PlainView)


def test_standard_error_is_used_when_nothing_is_given(monkeypatch):
    monkeypatch.setattr("sys.stderr", Terminal())
    assert isinstance(progress_view(), RichView)
    monkeypatch.setattr("sys.stderr", None)
    assert isinstance(progress_view(), PlainView)


def shell(monkeypatch, found: object) -> None:
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: found))


def test_a_notebook_gets_its_cell(monkeypatch):
    shell(monkeypatch, SimpleNamespace(kernel=object()))
    assert isinstance(progress_view(), JupyterView)
    assert isinstance(progress_view(io.StringIO()), PlainView)


@pytest.mark.parametrize("found", [None, SimpleNamespace(), SimpleNamespace(kernel=None)])
def test_ipython_on_a_terminal_is_no_notebook(monkeypatch, found):
    shell(monkeypatch, found)
    monkeypatch.setattr("sys.stderr", Terminal())
    assert isinstance(progress_view(), RichView)


def test_every_view_is_a_handler_and_a_context_manager():
    views: list[ProgressView] = [PlainView(io.StringIO()), RichView(io.StringIO()), JupyterView()]
    for view in views:
        with view as entered:
            assert entered is view
            assert callable(view)


def test_the_library_shows_the_function():
    assert oneclick_deploy.progress_view is progress_view
