"""Removes known secret values from text, whatever form they took on the way."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

from oneclick_deploy.secrets import MASK, Secret

SHORTEST = 4
"""Values shorter than this are not searched for: they would tear ordinary text apart."""


class Redactor:
    """Replaces known secrets in text by a mask, by value and not by the name of a field.

    Args:
        secrets: The values to hide. Values under four characters cannot be hidden.
    """

    def __init__(self, secrets: Iterable[Secret] = ()) -> None:
        self._forms: set[str] = set()
        self._pattern: re.Pattern[str] | None = None
        self.add(*secrets)

    def add(self, *secrets: Secret) -> None:
        """Hide more values from now on."""
        for secret in secrets:
            self._forms |= _forms(secret.reveal())
        if self._forms:
            longest_first = sorted(self._forms, key=len, reverse=True)
            self._pattern = re.compile("|".join(map(re.escape, longest_first)))

    def clean(self, text: str) -> str:
        """Return ``text`` with every known secret replaced."""
        return self._pattern.sub(MASK, text) if self._pattern else text


def _forms(value: str) -> set[str]:
    """The spellings a value takes in addresses, forms and JSON."""
    if len(value) < SHORTEST:
        return set()
    spellings = {
        value,
        quote(value, safe=""),
        quote(value),
        quote_plus(value),
        json.dumps(value)[1:-1],
        json.dumps(value, ensure_ascii=False)[1:-1],
        repr(value)[1:-1],
    }
    return {spelling for spelling in spellings if len(spelling) >= SHORTEST}
