"""Plain lines: one for each event, not too many, on any stream."""

from __future__ import annotations

import io
import threading

import pytest
from tests.progress.recorded import BEGIN, FAILURE, SUCCESS, event, hostile

from oneclick_deploy.events import RunStarted, StepProgress
from oneclick_deploy.progress import PlainView


def lines_of(events) -> list[str]:
    stream = io.StringIO()
    with PlainView(stream) as view:
        for each in events:
            view(each)
    return stream.getvalue().splitlines()


def test_a_run_reads_as_a_log():
    assert lines_of([*BEGIN, *SUCCESS]) == [
        "[  0%    0.0s] deploying guestbook: 5 steps",
        "[  0%    0.1s] preflight: check credentials, names and the app",
        "[ 10%    0.9s] preflight: done in 0.80 s (2 accounts, 2 migrations)",
        "[ 12%    2.0s] created turso.database guestbook",
        "[ 12%    2.1s] adopted cloudflare.pages.project gb",
        "[ 12%    2.2s] note (build): 2 source maps are left out",
        "[ 12%    3.0s] database.import: move the preview data",
        "[ 12%    3.0s] hosting.upload: upload the site's files",
        "[ 48%    9.0s] database.import: Comment, 1204/2080 rows, about 4 s left",
        "[ 50%    9.1s] hosting.upload: 44/140 files, 1240000/4000000 bytes, about 12 s left",
        "[ 60%   13.0s] database.import: done in 10.00 s (2080 rows)",
        "[ 70%   14.0s] hosting.upload: done in 11.00 s (140 files)",
        "[ 80%   14.0s] hosting.release: kept (unchanged)",
        "[ 90%   20.0s] verify: ask the site, its health route and the database",
        "[100%   21.0s] verify: done in 1.00 s (all answer)",
        "[100%   21.2s] active: https://gb.pages.dev (21.2 s)",
    ]


def test_a_failure_is_told_with_its_way_out():
    assert lines_of(FAILURE)[0] == (
        "[ 50%   14.2s] hosting.upload: FAILED: cloudflare: the connection broke before the answer "
        "was complete (HTTP 502) - Try again; what was uploaded is kept."
    )


def progress(elapsed: float, step: str = "a", percent: float = 10.0) -> StepProgress:
    return event(StepProgress, elapsed, 0, step=step, message=f"{elapsed}", step_percent=percent)


def test_progress_is_thinned_out_step_by_step():
    events = [progress(tick / 100, step) for tick in range(200) for step in ("a", "b")]
    shown = lines_of(events)
    assert len(shown) == 8
    assert [line.partition("] ")[2] for line in shown] == [
        f"{step}: {moment}" for moment in (0.0, 0.5, 1.0, 1.5) for step in ("a", "b")
    ]


def test_the_end_of_a_step_is_always_shown():
    assert len(lines_of([progress(0.0), progress(0.01), progress(0.02, percent=100.0)])) == 2


def test_a_new_run_starts_to_count_anew():
    again = event(RunStarted, 0.0, 0, app="x", steps=())
    assert len(lines_of([progress(5.0), again, progress(0.1)])) == 3


def test_hostile_names_stay_single_harmless_lines():
    shown = lines_of(hostile())
    assert len(shown) == len(hostile())
    for line in shown:
        assert line.isprintable()
        assert "[red]x[/red]<script>" in line or "unknown" in line
    assert "\\x1b]0;owned\\x07\\x1b[2J  \\u202etxt\\x00\\udce9" in shown[0]


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-8", "utf-16"])
def test_a_stream_of_any_encoding_takes_every_text(encoding):
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding, errors="strict")
    with PlainView(stream) as view:
        view(event(StepProgress, 0.0, 0, step="b", message="café 日本 ✔"))
    text = raw.getvalue().decode(encoding)
    assert "caf" in text
    assert text.endswith("\n")
    if encoding == "ascii":
        assert "caf\\xe9 \\u65e5\\u672c \\u2714" in text


class Broken(io.StringIO):
    def write(self, text: str) -> int:
        raise BrokenPipeError(32, "Broken pipe")

    def flush(self) -> None:
        raise BrokenPipeError(32, "Broken pipe")


@pytest.mark.parametrize("kind", ["broken", "closed"])
def test_a_stream_that_is_gone_takes_nothing_and_raises_nothing(kind):
    stream = Broken() if kind == "broken" else io.StringIO()
    if kind == "closed":
        stream.close()
    with PlainView(stream) as view:
        for each in BEGIN:
            view(each)


def test_a_program_without_a_console_is_no_error(monkeypatch):
    monkeypatch.setattr("sys.stderr", None)
    with PlainView() as view:
        view(BEGIN[0])


def test_lines_of_many_threads_do_not_mix():
    stream = io.StringIO()
    view = PlainView(stream)

    def work(number: int) -> None:
        for turn in range(100):
            view(event(RunStarted, turn, 0, app=f"app-{number}" * 20, steps=()))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = stream.getvalue().splitlines()
    assert len(lines) == 600
    assert all(line.count("deploying") == 1 for line in lines)
