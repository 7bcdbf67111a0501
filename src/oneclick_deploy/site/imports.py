"""Finding what a JavaScript module imports, without a JavaScript engine.

The runtime cannot load what is not in the bundle, and says so only after the upload. The scan is
exact enough to tell code from text: it knows comments, strings, templates and regular expressions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from attrs import frozen

# Every repetition here is bounded or cannot be taken back, so that no source, however odd, takes
# more than a time proportional to its length.
_GAP = r"(?:\s|/\*(?:[^*]|\*(?!/)){0,100}\*/)*+"
_CANDIDATE = re.compile(rf"""\b(?:from|import){_GAP}\(?{_GAP}(["'`])([^"'`$\\\n]+)\1""")

_TOKEN = re.compile(
    r"""
      (?P<space>\s+ | //[^\n]* | /\*[\s\S]*?(?:\*/|\Z))
    | (?P<string>"(?:[^"\\\n]|\\[\s\S])*" | '(?:[^'\\\n]|\\[\s\S])*' | `[^`\\$]*`)
    | (?P<word>[\w$\u0080-\uffff]+)
    | (?P<sign>\+\+ | -- | [\s\S])
    """,
    re.VERBOSE,
)
_TEMPLATE_TEXT = re.compile(r"(?:[^`\\$]|\\[\s\S]?|\$(?!\{))*+(?:`|\$\{)?")
# One that does not end takes the rest of its line.
_REGULAR_EXPRESSION = re.compile(
    r"/(?:[^/\\\[\n]|\\.?|\[(?:[^\]\\\n]|\\.?)*+(?:\]|(?=\n)|\Z))*+(?:/\w*)?"
)
# After these words and signs a slash starts a regular expression; after any other it divides.
_BEFORE_EXPRESSION = re.compile(
    r"""return | typeof | case | in | of | do | else | void | delete | throw | new | instanceof
    | yield | await | \$\{ | [(\[{,;:=!&|?+\-*%<>~^]""",
    re.VERBOSE,
)
_CONDITIONS = frozenset({"if", "while", "for", "with"})


@frozen(kw_only=True)
class Import:
    """One import with a literal specifier.

    Args:
        specifier: What is imported, such as ``./lib.js`` or ``node:buffer``.
        dynamic: Whether it is ``import("…")``, which fails only when it is reached.
    """

    specifier: str
    dynamic: bool


def possible_imports(source: str) -> set[str]:
    """List every specifier that might be imported: quick, and with strings taken for code."""
    return {found[2] for found in _CANDIDATE.finditer(source)}


def imports(source: str) -> list[Import]:
    """List the imports and re-exports of a module, in their order.

    Args:
        source: The text of the module.
    """
    found: list[Import] = []
    before = ["", "", ""]
    for kind, text in _tokens(source):
        if kind == "string":
            specifier = text[1:-1]
            if before[2] in {"from", "import"} and before[1] != "." and text[0] != "`":
                found.append(Import(specifier=specifier, dynamic=False))
            elif before[1:] == ["import", "("] and before[0] != ".":
                found.append(Import(specifier=specifier, dynamic=True))
        before = [*before[1:], text]
    return found


def _tokens(source: str) -> Iterator[tuple[str, str]]:
    """Yield words, signs and strings; comments, templates' text and expressions are dropped."""
    position = 0
    previous = ""
    braces: list[bool] = []  # for each open brace: whether it is a template's "${"
    parens: list[bool] = []  # for each open parenthesis: whether it holds a condition
    slash_divides = False
    while token := _TOKEN.match(source, position):
        kind, text = str(token.lastgroup), token[0]
        if kind == "space":
            position = token.end()
            continue
        if text == "/" and not slash_divides:
            token = _REGULAR_EXPRESSION.match(source, position) or token
            kind, text = "expression", "/"
        if text == "`" or (text == "}" and braces and braces.pop()):
            token = _TEMPLATE_TEXT.match(source, token.end()) or token
            kind, text = "expression", "${" if token[0].endswith("${") else "`"
            if text == "${":
                braces.append(True)
        elif text == "{":
            braces.append(False)
        position = token.end()
        if text == "(":
            parens.append(previous in _CONDITIONS)
        condition = text == ")" and bool(parens) and parens.pop()
        slash_divides = not condition and not _BEFORE_EXPRESSION.fullmatch(text)
        previous = text
        yield kind, text
