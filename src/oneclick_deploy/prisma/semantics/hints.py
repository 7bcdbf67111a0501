"""What to write instead: the nearest name, or what is allowed."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(name: str, known: Iterable[str], form: str = "{}") -> str:
    """``Did you mean `Post`?`` for ``Pots``; empty when nothing known looks alike."""
    candidates = {each.lower(): each for each in known if each != name}
    if name.lower() in candidates:
        return _did_you_mean(form, candidates[name.lower()])
    from difflib import get_close_matches

    # Comparing is quadratic in the length, which an input can choose.
    found = get_close_matches(name.lower()[:100], candidates, n=1, cutoff=0.6)
    return _did_you_mean(form, candidates[found[0]]) if found else ""


def _did_you_mean(form: str, name: str) -> str:
    return f"Did you mean `{form.format(name)}`?"


def nearest_of_each(names: Iterable[str], known: Iterable[str]) -> str:
    """The nearest known names of several unknown ones."""
    known = list(known)
    return " ".join(filter(None, (nearest(name, known) for name in names)))
