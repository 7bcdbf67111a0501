"""Why a text is not JSON, in the words and places of the library that Prisma parses with.

Python's own parser says other words, allows ``NaN``, and reads deeper nesting. The rules are those
of serde_json: an error is at the byte that was last read, or at the one that was looked at.
"""

from __future__ import annotations

_SPACE = frozenset(b" \n\t\r")
_DIGITS = frozenset(b"0123456789")
_HEX_DIGITS = frozenset(b"0123456789abcdefABCDEF")
_WORDS = {ord("n"): b"ull", ord("t"): b"rue", ord("f"): b"alse"}
# serde_json gives up when the 128th bracket opens.
_DEEPEST = 127
_LARGEST_EXPONENT = 2**31 - 1


class _Refused(Exception):  # noqa: N818 - not an error of ours, the answer
    """The text is not JSON."""


def json_mistake(text: str) -> str:
    """The mistake in a text; empty when it is JSON."""
    parser = _Parser(text.encode("utf-8", "surrogatepass"))
    try:
        parser.read_document()
    except _Refused as reason:
        return str(reason)
    return ""


class _Parser:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0
        self.depth = 0

    def read_document(self) -> None:
        """One value, and nothing after it."""
        self.read_value()
        if self.next_byte() is not None:
            raise self.ahead("trailing characters")

    def read_value(self) -> None:
        first = self.next_byte()
        if first is None:
            raise self.ahead("EOF while parsing a value")
        if first in _WORDS:
            self.at += 1
            self.read_word(_WORDS[first])
        elif first == ord("-"):
            self.at += 1
            self.read_number()
        elif first in _DIGITS:
            self.read_number()
        elif first == ord('"'):
            self.at += 1
            self.read_string()
        elif first in b"[{":
            if self.depth == _DEEPEST:
                raise self.ahead("recursion limit exceeded")
            self.at += 1
            self.depth += 1
            if first == ord("["):
                self.read_list()
            else:
                self.read_object()
            self.depth -= 1
        else:
            raise self.ahead("expected value")

    def read_list(self) -> None:
        is_first = True
        while True:
            byte = self.next_byte()
            if byte is None:
                raise self.ahead("EOF while parsing a list")
            if byte == ord("]"):
                self.at += 1
                return
            if not is_first:
                self.read_comma(byte, ord("]"), "expected `,` or `]`")
            is_first = False
            self.read_value()

    def read_object(self) -> None:
        is_first = True
        while True:
            byte = self.next_byte()
            if byte is None:
                raise self.ahead("EOF while parsing an object")
            if byte == ord("}"):
                self.at += 1
                return
            if not is_first:
                byte = self.read_comma(byte, ord("}"), "expected `,` or `}`")
            is_first = False
            if byte != ord('"'):
                raise self.ahead("key must be a string")
            self.at += 1
            self.read_string()
            self.read_colon()
            self.read_value()

    def read_comma(self, byte: int, closing: int, otherwise: str) -> int:
        """A comma; gives the byte after it."""
        if byte != ord(","):
            raise self.ahead(otherwise)
        self.at += 1
        following = self.next_byte()
        if following is None:
            raise self.ahead("EOF while parsing a value")
        if following == closing:
            raise self.ahead("trailing comma")
        return following

    def read_colon(self) -> None:
        byte = self.next_byte()
        if byte is None:
            raise self.ahead("EOF while parsing an object")
        if byte != ord(":"):
            raise self.ahead("expected `:`")
        self.at += 1

    def read_word(self, rest: bytes) -> None:
        for expected in rest:
            if self.take("EOF while parsing a value") != expected:
                raise self.here("expected ident")

    def read_number(self) -> None:
        start = self.at
        first = self.take("EOF while parsing a value")
        if first not in _DIGITS:
            raise self.here("invalid number")
        if first == ord("0"):
            if self.peek() in _DIGITS:
                raise self.ahead("invalid number")
        else:
            self.skip_digits()
        if self.peek() == ord("."):
            self.at += 1
            self.read_fraction()
        if self.peek() in {ord("e"), ord("E")}:
            self.at += 1
            self.read_exponent(self.data[start : self.at - 1])
        if float(self.data[start : self.at]) == float("inf"):
            raise self.here("number out of range")

    def read_fraction(self) -> None:
        if self.peek() is None:
            raise self.ahead("EOF while parsing a value")
        if self.peek() not in _DIGITS:
            raise self.ahead("invalid number")
        self.skip_digits()

    def read_exponent(self, significand: bytes) -> None:
        sign = self.peek()
        if sign is not None and sign in b"+-":
            self.at += 1
        exponent = self.take("EOF while parsing a value") - ord("0")
        if not 0 <= exponent <= 9:
            raise self.here("invalid number")
        while (digit := self.peek()) is not None and digit in _DIGITS:
            self.at += 1
            exponent = exponent * 10 + digit - ord("0")
            if exponent > _LARGEST_EXPONENT:
                if sign != ord("-") and significand.strip(b"0."):
                    raise self.here("number out of range")
                self.skip_digits()

    def skip_digits(self) -> None:
        while self.peek() in _DIGITS:
            self.at += 1

    def read_string(self) -> None:
        while True:
            byte = self.take("EOF while parsing a string")
            if byte == ord('"'):
                return
            if byte == ord("\\"):
                self.read_escape()
            elif byte < 0x20:
                raise self.here("control character (\\u0000-\\u001F) found while parsing a string")

    def read_escape(self) -> None:
        byte = self.take("EOF while parsing a string")
        if byte == ord("u"):
            self.read_code_point()
        elif byte not in b'"\\/bfnrt':
            raise self.here("invalid escape")

    def read_code_point(self) -> None:
        unit = self.read_hex()
        if 0xDC00 <= unit <= 0xDFFF:
            raise self.here("lone leading surrogate in hex escape")
        if 0xD800 <= unit <= 0xDBFF:
            for expected in b"\\u":
                if self.take("EOF while parsing a string") != expected:
                    raise self.here("unexpected end of hex escape")
            if not 0xDC00 <= self.read_hex() <= 0xDFFF:
                raise self.here("lone leading surrogate in hex escape")

    def read_hex(self) -> int:
        digits = self.data[self.at : self.at + 4]
        if len(digits) < 4:
            self.at = len(self.data)
            raise self.here("EOF while parsing a string")
        for digit in digits:
            self.at += 1
            if digit not in _HEX_DIGITS:
                raise self.here("invalid escape")
        return int(digits, 16)

    def peek(self) -> int | None:
        return self.data[self.at] if self.at < len(self.data) else None

    def next_byte(self) -> int | None:
        """The next byte that is no space, without taking it."""
        while self.peek() in _SPACE:
            self.at += 1
        return self.peek()

    def take(self, otherwise: str) -> int:
        byte = self.peek()
        if byte is None:
            raise self.here(otherwise)
        self.at += 1
        return byte

    def here(self, reason: str) -> _Refused:
        return self.refusal(reason, self.at)

    def ahead(self, reason: str) -> _Refused:
        return self.refusal(reason, min(len(self.data), self.at + 1))

    def refusal(self, reason: str, place: int) -> _Refused:
        line_start = self.data.rfind(b"\n", 0, place) + 1
        line = 1 + self.data.count(b"\n", 0, line_start)
        return _Refused(f"{reason} at line {line} column {place - line_start}")
