"""The notebook view: one display, updated in place, with every text escaped."""

from __future__ import annotations

import io
import sys
import threading
from html.parser import HTMLParser

import pytest
from tests.progress.recorded import BEGIN, FAILURE, SUCCESS, TITLES, event, hostile

from oneclick_deploy.events import RunStarted, StepProgress
from oneclick_deploy.progress import JupyterView, jupyter
from oneclick_deploy.progress.cell import html_of, text_of
from oneclick_deploy.progress.state import RunState


class Page(HTMLParser):
    """Tags and text of a display; every tag must be closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.styles: list[str] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        assert {name for name, _ in attributes} <= {"style"}
        self.tags.append(tag)
        self.styles += [value or "" for _, value in attributes]
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


class Screen:
    """Stands for a front end: displays by their id, and how often each was sent."""

    def __init__(self) -> None:
        self.displays: list[dict[str, str]] = []
        self.sent = 0

    def display(self, bundle, *, raw, display_id):
        assert raw
        assert display_id
        self.displays.append(bundle)
        self.sent += 1
        return Handle(self, len(self.displays) - 1)


class Handle:
    def __init__(self, screen: Screen, number: int) -> None:
        self.screen, self.number = screen, number

    def update(self, bundle, *, raw) -> None:
        assert raw
        self.screen.displays[self.number] = bundle
        self.screen.sent += 1


@pytest.fixture
def front(monkeypatch) -> Screen:
    screen = Screen()
    monkeypatch.setattr("IPython.display.display", screen.display)
    return screen


def state_of(events) -> RunState:
    state = RunState()
    for each in events:
        state.apply(each)
    return state


def test_one_display_is_updated_in_place(front):
    with JupyterView() as view:
        for each in [*BEGIN, *SUCCESS]:
            view(each)
    assert len(front.displays) == 1
    page = Page(front.displays[0]["text/html"])
    assert "Deploying guestbook" in page.text
    assert "active: https://gb.pages.dev" in page.text
    assert front.displays[0]["text/plain"].endswith("active: https://gb.pages.dev")


def test_a_run_in_the_middle_has_bars_and_numbers():
    page = Page(html_of(state_of(BEGIN)))
    assert "58% · 1,204/2,080 rows · ~5 s left · Comment" in page.text
    assert "31% · 1.2/3.8 MiB · ~12 s left · 44/140 files" in page.text
    bars = [style for style in page.styles if "%;" in style and "background" in style]
    assert [style.partition("width:")[2].partition("%")[0] for style in bars] == [
        "50.0",
        "58.0",
        "31.0",
    ]
    assert all(title in page.text for title in [*TITLES][:5])


def test_a_failure_is_told_with_its_way_out():
    page = Page(html_of(state_of([*BEGIN, *FAILURE])))
    assert "HTTP 502) - Try again; what was uploaded is kept." in page.text
    assert "✘ failed: hosting.upload failed" in page.text
    assert "- removed turso.database guestbook" in page.text


def test_hostile_names_are_text_and_nothing_else():
    page = Page(html_of(state_of(hostile())))
    assert "script" not in page.tags
    assert page.text.count("<script>alert('1')</script>") >= 5
    assert "[red]x[/red]" in page.text
    assert page.text.isprintable()
    assert not any("red]" in style for style in page.styles)
    plain = text_of(state_of(hostile()))
    assert all(line.isprintable() for line in plain.splitlines())


@pytest.mark.parametrize("percent", [-5.0, 0.0, 50.0, 100.0, 250.0])
def test_bars_stay_in_their_frame(percent):
    progress = event(StepProgress, 9.5, percent, step="verify", message="m", step_percent=percent)
    page = Page(html_of(state_of([*BEGIN, progress])))
    widths = [
        float(s.partition("width:")[2].partition("%")[0])
        for s in page.styles
        if "width:" in s and "%;background" in s
    ]
    assert all(0.0 <= width <= 100.0 for width in widths)


def test_colours_do_not_depend_on_the_theme():
    for events in (BEGIN, [*BEGIN, *FAILURE], [*BEGIN, *SUCCESS]):
        styles = " ".join(Page(html_of(state_of(events))).styles)
        assert "white" not in styles.replace("white-space", "")
        assert "black" not in styles
        assert "color:inherit" in styles


def test_many_notices_do_not_make_the_output_endless():
    state = state_of(BEGIN)
    state.remarks += [f"! note {number}" for number in range(10_000)]
    html = html_of(state)
    assert "note 9999" in html
    assert len(html) < 30_000


def test_progress_is_not_sent_for_every_row(front, monkeypatch):
    monkeypatch.setattr(jupyter.time, "monotonic", lambda: 1000.0)
    with JupyterView() as view:
        for each in BEGIN[:8]:
            view(each)
        before = front.sent
        for done in range(1000):
            view(event(StepProgress, 9.0, 20, step="database.import", message="m", rows_done=done))
        assert front.sent - before <= 1
        view(SUCCESS[0])
        assert front.sent - before <= 2
    assert "2080 rows" in front.displays[0]["text/html"]


@pytest.mark.parametrize("failure", [KeyboardInterrupt, RuntimeError])
def test_an_interrupted_run_is_shown_as_one(front, failure):
    def run() -> None:
        with JupyterView() as view:
            for each in BEGIN:
                view(each)
            raise failure

    with pytest.raises(failure):
        run()
    page = Page(front.displays[0]["text/html"])
    assert "interrupted" in page.text
    assert "●" not in page.text


def test_each_run_has_a_display_of_its_own(front):
    with JupyterView() as view:
        for each in [*BEGIN, *FAILURE, *BEGIN, *SUCCESS]:
            view(each)
    assert ["failed" in each["text/plain"] for each in front.displays] == [True, False]


def test_a_block_without_events_displays_nothing(front):
    with JupyterView():
        pass
    assert not front.displays


def test_events_of_many_threads_make_one_display(front):
    with JupyterView() as view:
        view(BEGIN[0])

        def work(number: int) -> None:
            for turn in range(50):
                view(
                    event(StepProgress, turn, 1, step=f"s{number}", message="m", step_percent=turn)
                )

        threads = [threading.Thread(target=work, args=(number,)) for number in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(front.displays) == 1


def test_the_real_ipython_gets_one_display_and_updates_of_it():
    from IPython.core.displaypub import CapturingDisplayPublisher
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    quiet = Config({"HistoryManager": {"enabled": False}})
    shell = InteractiveShell.instance(config=quiet)
    shell.display_pub = CapturingDisplayPublisher(parent=shell)
    try:
        with JupyterView() as view:
            for each in [*BEGIN, *SUCCESS]:
                view(each)
        sent = shell.display_pub.outputs
    finally:
        InteractiveShell.clear_instance()
    assert len({each["transient"]["display_id"] for each in sent}) == 1
    assert [each["update"] for each in sent] == [False] + [True] * (len(sent) - 1)
    assert set(sent[-1]["data"]) == {"text/html", "text/plain"}


def test_without_ipython_lines_are_written(monkeypatch):
    monkeypatch.setitem(sys.modules, "IPython.display", None)
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    with JupyterView() as view:
        view(event(RunStarted, 0.0, 0, app="guestbook", steps=()))
    assert stream.getvalue() == "[  0%    0.0s] deploying guestbook: 0 steps\n"
