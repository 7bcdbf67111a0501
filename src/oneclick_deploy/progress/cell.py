"""A run as the HTML of an output cell. Every text is escaped; styles are inline, as notebooks demand."""

from __future__ import annotations

from html import escape
from typing import Final

from oneclick_deploy.progress.state import RunState, StepRow, StepState, duration

# Tones of middle brightness, which are readable on white and on black.
_COLOURS: Final = {
    StepState.WAITING: "#888888",
    StepState.RUNNING: "#2f81f7",
    StepState.DONE: "#2e9e5b",
    StepState.KEPT: "#2e9e5b",
    StepState.FAILED: "#e5534b",
    StepState.STOPPED: "#c2861a",
}
_MARKS: Final = {
    StepState.WAITING: "·",
    StepState.RUNNING: "●",
    StepState.DONE: "✔",
    StepState.KEPT: "✔",
    StepState.FAILED: "✘",
    StepState.STOPPED: "■",
}
_REMARK_COLOURS: Final = {"+": "#2e9e5b", "=": "#2f81f7", "-": "#e5534b", "!": "#c2861a"}
_TABLE: Final = "border-collapse:collapse;border:none;margin:4px 0;color:inherit;font-size:inherit"
_CELL: Final = "padding:1px 10px 1px 0;text-align:left;vertical-align:middle;border:none"
_MOST_REMARKS: Final = 50


def html_of(state: RunState) -> str:
    """The whole display."""
    rows = "".join(_row(row, state.elapsed) for row in state.steps.values())
    return (
        '<div style="font-size:13px;line-height:1.5;max-width:760px">'
        f"{_header(state)}{_remarks(state)}"
        f'<table style="{_TABLE}">{rows}</table>'
        f"{_result(state)}</div>"
    )


def text_of(state: RunState) -> str:
    """The same for front ends that show only text."""
    lines = [f"{state.title}  {state.percent:.0f}%", *state.remarks]
    lines += [
        f"{_MARKS[row.state]} {row.step}  {_words(row)}".rstrip() for row in state.steps.values()
    ]
    return "\n".join([*lines, *([state.result] if state.result else [])])


def _header(state: RunState) -> str:
    colour = _COLOURS[state.verdict]
    return (
        '<div style="display:flex;align-items:center;gap:10px">'
        f"<b>{escape(state.title)}</b>"
        f'<div style="flex:1">{_bar(state.percent, colour)}</div>'
        f"<span>{state.percent:.0f}%</span><span>{escape(duration(state.elapsed))}</span></div>"
    )


def _remarks(state: RunState) -> str:
    lines = [
        f'<div><b style="color:{_REMARK_COLOURS.get(remark[:1], "inherit")}">'
        f"{escape(remark[:1])}</b>{escape(remark[1:])}</div>"
        for remark in state.remarks[-_MOST_REMARKS:]
    ]
    return f'<div style="margin:4px 0;opacity:.85">{"".join(lines)}</div>' if lines else ""


def _row(row: StepRow, now: float) -> str:
    colour = _COLOURS[row.state]
    faded = ";opacity:.6" if row.state is StepState.WAITING else ""
    return (
        f'<tr style="background:none{faded}">'
        f'<td style="{_CELL};color:{colour}">{_MARKS[row.state]}</td>'
        f'<td style="{_CELL};white-space:nowrap"><b>{escape(row.step)}</b></td>'
        f'<td style="{_CELL};width:100%">{_body(row, colour)}</td>'
        f'<td style="{_CELL};white-space:nowrap;text-align:right">{escape(row.time(now))}</td></tr>'
    )


def _body(row: StepRow, colour: str) -> str:
    if row.state is StepState.RUNNING and row.percent is not None:
        return (
            '<div style="display:flex;align-items:center;gap:10px">'
            f'<div style="width:160px">{_bar(row.percent, colour)}</div>'
            f'<span style="white-space:nowrap">{escape(_words(row))}</span></div>'
        )
    shown = f"color:{colour}" if row.state is StepState.FAILED else ""
    return f'<span style="{shown}">{escape(_words(row))}</span>'


def _words(row: StepRow) -> str:
    if row.state is StepState.RUNNING:
        return " · ".join(row.facts)
    return row.text or row.title


def _bar(percent: float, colour: str) -> str:
    width = min(100.0, max(0.0, percent))
    return (
        '<div style="height:8px;border-radius:4px;background:rgba(128,128,128,.25);overflow:hidden">'
        f'<div style="height:8px;width:{width:.1f}%;background:{colour}"></div></div>'
    )


def _result(state: RunState) -> str:
    if not state.result:
        return ""
    colour, mark = _COLOURS[state.verdict], _MARKS[state.verdict]
    return f'<div style="color:{colour}"><b>{mark} {escape(state.result)}</b></div>'
