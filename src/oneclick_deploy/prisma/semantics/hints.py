"""What to write instead: the nearest name, or what is allowed."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

# A name is compared with each known one, and both lengths are the input's to choose.
_MOST_NAMES = 2000
_MOST_LETTERS = 100


def nearest(name: str, known: Iterable[str], form: str = "{}") -> str:
    """``Did you mean `Post`?`` for ``Pots``; empty when nothing known looks alike."""
    candidates = {each.lower(): each for each in islice(known, _MOST_NAMES) if each != name}
    if name.lower() in candidates:
        return _did_you_mean(form, candidates[name.lower()])
    from difflib import get_close_matches

    alike = [each for each in candidates if len(each) <= _MOST_LETTERS]
    found = get_close_matches(name.lower()[:_MOST_LETTERS], alike, n=1, cutoff=0.6)
    return _did_you_mean(form, candidates[found[0]]) if found else ""


def _did_you_mean(form: str, name: str) -> str:
    return f"Did you mean `{form.format(name)}`?"
