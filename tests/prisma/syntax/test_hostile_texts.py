"""Texts made to hurt: large ones end soon, because the time grows with the length alone.

Each of these took minutes or a full stack in some draft or other parser; nothing is measured here,
a text that is read in more than linear time simply would not come to an end.
"""

from __future__ import annotations

import pytest

from oneclick_deploy.prisma.parsing import parse

MODEL = "model A {\n  id Int @id\n"

TEXTS = {
    "brackets": "{" * 500_000,
    "unclosed blocks of no kind": "a {\n" * 30_000,
    "unclosed models": "model A {\n" * 30_000,
    "unclosed blocks of every kind": "model A {\nenum B {\ndatasource c {\na Int\nA\nx = 1\n"
    * 5000,
    "unclosed comments": "/*\n" * 50_000,
    "unclosed comments in a model": f"{MODEL}{'/*' * 50_000}\n" + "/*\n" * 20_000 + "}\n",
    "unclosed comments after fields": f"{MODEL}{'a Int /* x' * 10_000}" + "\na Int /*" * 20_000,
    "round brackets": f"{MODEL}a Int @x({'(' * 200_000}\n}}\n",
    "calls": f"{MODEL}a Int @x({'a(' * 100_000}\n}}\n",
    "closed calls": f"{MODEL}a Int @x({'a(' * 100_000}{')' * 100_000})\n}}\n",
    "arrays": f"{MODEL}a Int @x({'[' * 200_000}{']' * 200_000})\n}}\n",
    "objects": f"{MODEL}a Int @x(a: {'{a:' * 100_000}\n}}\n",
    "attributes on one line": f"{MODEL}a Int {'@x ' * 50_000}\n}}\n",
    "arguments on one line": f"{MODEL}a Int @x({'a: [b, c(1)], ' * 10_000}a)\n}}\n",
    "escapes": f'{MODEL}a Int @x("' + "\\n" * 200_000 + '")\n}\n',
    "unknown escapes": f'{MODEL}a Int @x("' + "\\q" * 20_000 + '")\n}\n',
    "unclosed strings": f'{MODEL}a Int @x("' + "a\\" * 200_000 + "\n}\n",
    "spaces": f"{MODEL}a{' ' * 400_000}Int{' ' * 400_000}x\n}}\n" + " " * 400_000,
    "dots": f"{MODEL}a Int @a{'.' * 400_000}(\n}}\n",
    "dashes": f"{MODEL}a Int @x(1{'-' * 400_000})\n}}\n",
    "blank lines": "\n" * 500_000,
    "returns": "\r" * 500_000,
    "comments": "/// a\n" * 100_000,
    "names for types": "type A = B " * 20_000,
    "closing brackets": "}\n" * 30_000,
    "signs": f"{MODEL}{'@' * 300_000}\n}}\n",
    "one long line": "model A {" * 50_000,
    "paths": "a/b\n" * 30_000,
    "foreign letters": "é中" * 100_000 + "\n" + "model é {\n  é é\n}\n" * 2000,
    "empty blocks": "model A {\n}\n" * 20_000,
    "surrogates": "model \ud800 {\n}\n" * 5000 + "// \udfff\n",
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_hostile_text_is_read_and_printed_back(name: str) -> None:
    schema = parse(TEXTS[name])
    assert str(schema) == TEXTS[name]
    for error in schema.syntax_errors:
        assert 0 <= error.start < error.end <= len(TEXTS[name])
