"""Removes known secret values from text, whatever form they took on the way."""

from __future__ import annotations

import base64
import html
import json
import re
import threading
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

from oneclick_deploy.secrets import MASK, Secret

SHORTEST = 4
"""Values shorter than this are not searched for: they would tear ordinary text apart."""
_ESCAPE = re.compile("%[0-9A-F]{2}")


class Redactor:
    """Replaces known secrets in text by a mask, by value and not by the name of a field.

    Args:
        secrets: The values to hide. Values under four characters cannot be hidden.
    """

    def __init__(self, secrets: Iterable[Secret] = ()) -> None:
        self._lock = threading.Lock()
        self._forms: set[str] = set()
        self._pattern: re.Pattern[str] | None = None
        self.add(*secrets)

    def add(self, *secrets: Secret) -> None:
        """Hide more values from now on."""
        with self._lock:
            for secret in secrets:
                self._forms |= _forms(secret.reveal())
            if self._forms:
                longest_first = sorted(self._forms, key=len, reverse=True)
                self._pattern = re.compile("|".join(map(re.escape, longest_first)))

    def clean(self, text: str) -> str:
        """Return ``text`` with every known secret replaced."""
        return self._pattern.sub(MASK, text) if self._pattern else text


def _forms(value: str) -> set[str]:
    """The spellings a value takes in addresses, forms, JSON, HTML and basic credentials."""
    if len(value) < SHORTEST:
        return set()
    encoded = value.encode("utf-8", "surrogatepass")
    in_addresses = {quote(encoded, safe=""), quote(encoded), quote_plus(encoded)}
    in_json = {json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]}
    spellings = {
        value,
        *in_addresses,
        *(_ESCAPE.sub(lambda found: found[0].lower(), each) for each in in_addresses),
        *in_json,
        *(each.replace("/", "\\/") for each in in_json),
        repr(value)[1:-1],
        repr(encoded)[2:-1],
        html.escape(value),
        html.escape(value, quote=False),
        base64.b64encode(encoded).decode().rstrip("="),
        base64.urlsafe_b64encode(encoded).decode().rstrip("="),
    }
    return {spelling for spelling in spellings if len(spelling) >= SHORTEST}
