"""The Rich view on a terminal of fixed size: what is on the screen at the end, and on the way."""

from __future__ import annotations

import io
import os
import sys
import threading

import pytest
from rich.console import Console
from tests.progress.recorded import BEGIN, FAILURE, HOSTILE, SUCCESS, event, hostile, screen

from oneclick_deploy.errors import ConfigurationError
from oneclick_deploy.events import Notice, StepProgress, one_line
from oneclick_deploy.progress import RichView, rich_table
from oneclick_deploy.progress.rich_table import RunTable
from oneclick_deploy.progress.state import RunState


def terminal(width: int = 80, stream: io.TextIOBase | None = None) -> Console:
    return Console(
        file=stream or io.StringIO(),
        width=width,
        height=40,
        force_terminal=True,
        color_system=None,
        legacy_windows=False,
        _environ={},
    )


def shown(events, *, width: int = 80) -> list[str]:
    """The screen after a whole run."""
    console = terminal(width)
    with RichView(console=console) as view:
        for each in events:
            view(each)
    return screen(console.file.getvalue())


def drawn(events, *, width: int = 80, unicode: bool = True) -> str:
    """The table in the middle of a run."""
    state = RunState()
    for each in events:
        state.apply(each)
    console = terminal(width)
    console.print(RunTable(state, threading.Lock(), unicode=unicode))
    return "\n".join(line.rstrip() for line in console.file.getvalue().splitlines())


@pytest.fixture(autouse=True)
def _still_clock(monkeypatch):
    monkeypatch.setattr(rich_table.time, "monotonic", lambda: 1000.0)


def test_a_run_that_succeeds():
    assert shown([*BEGIN, *SUCCESS]) == [
        "+ created turso.database guestbook",
        "= adopted cloudflare.pages.project gb",
        "! build: 2 source maps are left out",
        "",
        "Deploying guestbook                    ━━━━━━━━━━━━━━━━━━━━━━━━━━━━ 100%    21 s",
        "✔ preflight       2 accounts, 2 migrations                                 0.8 s",
        "✔ database.import 2080 rows                                                 10 s",
        "✔ hosting.upload  140 files                                                 11 s",
        "✔ hosting.release unchanged                                                 kept",
        "✔ verify          all answer                                                 1 s",
        "✔ active: https://gb.pages.dev",
        "",
    ]


def test_a_run_that_fails():
    assert shown([*BEGIN, *FAILURE]) == [
        "+ created turso.database guestbook",
        "= adopted cloudflare.pages.project gb",
        "! build: 2 source maps are left out",
        "- removed turso.database guestbook",
        "",
        "Deploying guestbook                    ━━━━━━━━━━━━━━━━━━━━━━━━━━━━  50%    15 s",
        "✔ preflight       2 accounts, 2 migrations                                 0.8 s",
        "■ database.import stopped at 58%, 1,204/2,080 rows                          12 s",
        "✘ hosting.upload  cloudflare: the connection broke before the answer was    11 s",
        "                  complete (HTTP 502) - Try again; what was uploaded is",
        "                  kept.",
        "· hosting.release make the new version live",
        "· verify          ask the site, its health route and the database",
        "✘ failed: hosting.upload failed",
        "",
    ]


MIDDLE = """
Deploying guestbook                    ━━━━━━━━━━━━━━━━━━━━━━━━━━━━  50%   9.1 s
✔ preflight       2 accounts, 2 migrations                                 0.8 s
⠙ database.import ━━━━━━━━━━━━━━  58%  1,204/2,080 rows  ~5 s left         6.1 s
⠙ hosting.upload  ━━━━━━━━━━━━━━  31%  1.2/3.8 MiB  ~12 s left             6.1 s
· hosting.release make the new version live
· verify          ask the site, its health route and the database"""


def test_the_middle_of_a_run():
    assert drawn(BEGIN) == MIDDLE


def test_the_middle_of_a_run_in_ascii():
    text = drawn(BEGIN, unicode=False)
    assert text.isascii()
    assert "/ hosting.upload  ####----------  31%  1.2/3.8 MiB  ~12 s left" in text.replace(
        "\\", "/"
    )
    assert "+ preflight" in text
    assert ". verify" in text


@pytest.mark.parametrize("width", [1, 2, 10, 20, 40, 60, 80, 100, 200])
def test_every_line_fits_the_terminal(width):
    for line in drawn([*BEGIN, *FAILURE], width=width).splitlines():
        assert len(line) <= min(width, 100)


def test_a_wide_terminal_shows_what_is_being_done_too():
    assert "~5 s left  Comment " in drawn(BEGIN, width=100)


def test_time_goes_on_between_events(monkeypatch):
    state = RunState()
    for each in BEGIN:
        state.apply(each)
    table = RunTable(state, threading.Lock(), unicode=True)
    seen = []
    for moment in (1000.0, 1000.0, 1005.0):
        monkeypatch.setattr(rich_table.time, "monotonic", lambda moment=moment: moment)
        console = terminal()
        console.print(table)
        seen.append(console.file.getvalue())
    assert "9.1 s" in seen[1]
    assert "14 s" in seen[2]


# Hostile names


def test_hostile_names_are_shown_as_they_are_and_do_nothing():
    console = terminal(width=400)
    with RichView(console=console) as view:
        for each in hostile():
            view(each)
    output = console.file.getvalue()
    assert "\x1b]" not in output
    assert "\x07" not in output
    assert "\x1b[2J" not in output
    text = "\n".join(screen(output))
    assert text.count("[red]x[/red]<script>alert('1')</script>") >= 5
    assert f"Deploying {one_line(HOSTILE)}"[:40] in text


def test_a_caller_whose_console_takes_markup_is_not_fooled():
    console = Console(file=io.StringIO(), width=200, force_terminal=True, color_system="standard")
    with RichView(console=console) as view:
        view(BEGIN[0])
        view(event(Notice, 1.0, 0, message="[bold red]x[/] :smile: https://a.test"))
    assert "[bold red]x[/] :smile: https://a.test" in console.file.getvalue()


# Leaving


def run_until(failure: type[BaseException], view: RichView) -> None:
    with view:
        for each in BEGIN:
            view(each)
        raise failure


def nothing_goes_on_since(threads: list[threading.Thread]) -> bool:
    return threading.enumerate() == threads


@pytest.mark.parametrize("failure", [KeyboardInterrupt, RuntimeError, SystemExit])
def test_an_error_leaves_the_terminal_clean(failure):
    console = terminal()
    before, threads = (sys.stdout, sys.stderr), threading.enumerate()
    with pytest.raises(failure):
        run_until(failure, RichView(console=console))
    assert (sys.stdout, sys.stderr) == before
    assert nothing_goes_on_since(threads)
    output = console.file.getvalue()
    assert output.rfind("\x1b[?25h") > output.rfind("\x1b[?25l")
    final = screen(output)
    assert not any("⠋" in line for line in final)
    assert any(line.startswith("■ hosting.upload") for line in final)
    assert final[-2:] == ["■ interrupted", ""]


def test_a_view_without_a_block_ends_with_the_run():
    console, threads = terminal(), threading.enumerate()
    view = RichView(console=console)
    for each in [*BEGIN, *SUCCESS]:
        view(each)
    assert nothing_goes_on_since(threads)
    assert screen(console.file.getvalue())[-2] == "✔ active: https://gb.pages.dev"


def test_a_view_can_show_one_run_after_the_other():
    console = terminal()
    with RichView(console=console) as view:
        for each in [*BEGIN, *FAILURE, *BEGIN, *SUCCESS]:
            view(each)
    text = "\n".join(screen(console.file.getvalue()))
    assert text.count("Deploying guestbook") == 2
    assert text.index("✘ failed") < text.index("✔ active")


def test_a_block_without_events_writes_nothing():
    console = terminal()
    with RichView(console=console):
        pass
    assert console.file.getvalue() == ""


def test_events_after_the_end_do_not_start_the_display_again():
    console, threads = terminal(), threading.enumerate()
    with RichView(console=console) as view:
        for each in [*BEGIN, *SUCCESS]:
            view(each)
    view(event(Notice, 30.0, 100, message="late"))
    view(event(StepProgress, 30.0, 100, step="verify", message="late"))
    assert nothing_goes_on_since(threads)


def test_events_of_many_threads_are_shown_without_a_deadlock():
    console = terminal()
    with RichView(console=console) as view:
        view(BEGIN[0])

        def work(number: int) -> None:
            for turn in range(60):
                view(
                    event(
                        StepProgress, turn, 1, step=f"step-{number}", message="m", step_percent=turn
                    )
                )
                view(event(Notice, turn, 1, message=f"{number} {turn}"))

        threads = [
            threading.Thread(target=work, args=(number,), daemon=True) for number in range(5)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert not any(thread.is_alive() for thread in threads)
    lines = screen(console.file.getvalue())
    assert len([line for line in lines if line.startswith("! ")]) == 300


# Odd terminals


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "cp437", "utf-8"])
def test_a_terminal_of_any_encoding_is_drawn_on(encoding, monkeypatch):
    raw = io.BytesIO()

    class Terminal(io.TextIOWrapper):
        def isatty(self) -> bool:
            return True

    stream = Terminal(raw, encoding=encoding, errors="strict", newline="\n")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "80")
    with RichView(stream) as view:
        for each in [*BEGIN, event(Notice, 10.0, 50, message="café 日本"), *SUCCESS]:
            view(each)
    text = raw.getvalue().decode(encoding)
    assert ("✔" in text) == (encoding == "utf-8")
    assert "caf" in text
    assert "\\u2714" not in text


@pytest.mark.parametrize(
    "environment",
    [
        {"NO_COLOR": "1"},
        {"TERM": "dumb"},
        {"TERM": ""},
        {"COLUMNS": "1", "LINES": "1"},
        {"COLUMNS": "x"},
        {"FORCE_COLOR": "1"},
    ],
)
def test_no_environment_breaks_the_view(environment, monkeypatch):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    stream = io.StringIO()
    with RichView(stream) as view:
        for each in [*BEGIN, *FAILURE, *hostile()]:
            view(each)
    assert "\x1b]" not in stream.getvalue()


def test_without_colours_there_are_none(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    console = Console(file=io.StringIO(), width=80, force_terminal=True)
    with RichView(console=console) as view:
        for each in [*BEGIN, *SUCCESS]:
            view(each)
    assert "\x1b[32m" not in console.file.getvalue()
    assert "\x1b[36m" not in console.file.getvalue()


def test_a_stream_that_breaks_on_the_way_raises_nothing():
    read, write = os.pipe()
    stream = os.fdopen(write, "w", buffering=1)
    os.close(read)
    try:
        with RichView(stream) as view:
            for each in [*BEGIN, *SUCCESS]:
                view(each)
    finally:
        with pytest.raises(BrokenPipeError):
            stream.close()


def test_what_the_program_prints_goes_above_only_on_the_same_kind_of_stream(capsys):
    console = terminal()
    with RichView(console=console) as view:
        view(BEGIN[0])
        sys.stdout.write("to a file\n")
    # Standard output is captured here, which is no terminal: it must not be diverted to one.
    assert capsys.readouterr().out == "to a file\n"
    assert "to a file" not in console.file.getvalue()


def test_without_rich_the_way_to_it_is_told(monkeypatch):
    for name in [name for name in sys.modules if name.partition(".")[0] == "rich"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "rich", None)
    with pytest.raises(ConfigurationError) as caught:
        RichView()
    assert 'pip install "oneclick-deploy[rich]"' in caught.value.hint
