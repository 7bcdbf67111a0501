"""What counts as a letter: Prisma's tables are those of Unicode 17, Python's are often older.

The patterns of the lexer know ASCII only. `simplified` makes a text for them to look at: as long
as the real one, with every other letter shown as ``x`` and every other space as a space. Neither
can turn a word into a keyword, and offsets stay what they are.
"""

from __future__ import annotations

from re import compile as compiled

# The letters that Unicode 15 to 17 added, as far as Prisma 7.10 accepts them in a name.
_NEW_LETTERS = (
    "88f c5c cdc 1c89-1c8a a7cb-a7cf a7d2 a7d4 a7da-a7dc a7f1 105c0-105f3 10940-10959 10d4a-10d65 "
    "10d6f-10d85 10ec2-10ec7 1123f-11240 11380-11389 1138b 1138e 11390-113b5 113b7 113d1 113d3 "
    "11bc0-11be0 11db0-11ddb 11f02 11f04-11f10 11f12-11f33 1342f 13441-13446 13460-143fa "
    "16100-1611d 16d40-16d6c 16ea0-16eb8 16ebb-16ed3 16ff2-16ff3 187f8-187ff 18cff 18d09-18d1e "
    "18d80-18df2 1b132 1b155 1df25-1df2a 1e030-1e06d 1e4d0-1e4eb 1e5d0-1e5ed 1e5f0 1e6c0-1e6de "
    "1e6e0-1e6e2 1e6e4-1e6e5 1e6e7-1e6ed 1e6f0-1e6f4 1e6fe-1e6ff 2b739-2b73f 2cea2-2cead "
    "2ebf0-2ee5d 31350-33479"
)

# Ends of lines and paragraphs elsewhere; Prisma's spaces are those of Unicode's category Zs.
_NO_SPACES = "\x85\u2028\u2029"


def simplified(text: str) -> str:
    """The text as the patterns see it; the same object when it is plain ASCII."""
    if text.isascii():
        return text
    # str's own methods know what is asked here, and spare loading all tables of Unicode.
    foreign = [each for each in set(text) if not each.isascii()]
    spaces = [each for each in foreign if each.isspace() and each not in _NO_SPACES]
    letters = [each for each in foreign if each.isalpha() or _is_new_letter(ord(each))]
    for characters, shown in ((spaces, " "), (letters, "x")):
        if characters:
            text = compiled(f"[{''.join(characters)}]").sub(shown, text)
    return text


def _is_new_letter(code: int) -> bool:
    return any(first <= code <= last for first, last in _new_letters())


def _new_letters() -> list[tuple[int, int]]:
    if not _RANGES:
        for each in _NEW_LETTERS.split():
            first, _, last = each.partition("-")
            _RANGES.append((int(first, 16), int(last or first, 16)))
    return _RANGES


_RANGES: list[tuple[int, int]] = []
