"""The documentation names everything that is public, and nothing that does not exist."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest

import oneclick_deploy as od
from oneclick_deploy import errors, events
from tests.conftest import REPOSITORY

DOCS = REPOSITORY / "docs"
PAGES = sorted(DOCS.glob("*.md"))
TEXTS = {page.name: page.read_text("utf-8") for page in [REPOSITORY / "README.md", *PAGES]}
SOURCES = "".join(p.read_text("utf-8") for p in (REPOSITORY / "src").rglob("*.py"))
ERRORS = [
    value
    for value in vars(errors).values()
    if inspect.isclass(value) and issubclass(value, errors.OneClickError)
]


def documented(page: str) -> set[str]:
    """The names in a page's autodoc directives."""
    return {
        name.removeprefix("oneclick_deploy.")
        for name in re.findall(r"^\.\. auto(?!module)\w+:: (\S+)", TEXTS[page], re.MULTILINE)
    }


@pytest.mark.parametrize("name", od.__all__)
def test_every_public_name_is_in_the_reference(name: str) -> None:
    assert name in documented("reference.md")


def test_the_reference_names_nothing_that_is_not_there() -> None:
    for name in documented("reference.md") - set(od.__all__):
        module, _, attribute = f"oneclick_deploy.{name}".rpartition(".")
        assert hasattr(import_module(module), attribute), name


def test_every_event_is_in_the_reference() -> None:
    kinds = {kind.__name__ for kind in events.Event.__subclasses__()}
    assert kinds
    assert kinds <= {name.removeprefix("events.") for name in documented("reference.md")}


def public_members(name: str) -> Iterator[tuple[str, Any]]:
    """A public name and the public methods and properties of a class, inherited ones too."""
    value = getattr(od, name)
    yield name, value
    if inspect.isclass(value):
        for member, found in inspect.getmembers(value):
            place = inspect.getattr_static(value, member)
            if member.startswith("_") or type(place).__name__ == "member_descriptor":
                continue
            if callable(found) or isinstance(found, property):
                yield f"{name}.{member}", found


@pytest.mark.parametrize("name", od.__all__)
def test_every_public_name_has_a_docstring(name: str) -> None:
    bare = [member for member, value in public_members(name) if not inspect.getdoc(value)]
    assert bare == []


def parameters(value: object) -> list[str]:
    try:
        signature = inspect.signature(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return []
    return [name for name in signature.parameters if name not in {"self", "cls", "_"}]


@pytest.mark.parametrize("name", sorted(set(od.__all__) - {"AsyncRun", "Run", "OneClickError"}))
def test_what_is_made_with_arguments_describes_each_of_them(name: str) -> None:
    """`AsyncRun` and `Run` are made by the orchestrator alone; errors are not made by callers."""
    value = getattr(od, name)
    text = inspect.getdoc(value) or ""
    wanted = parameters(value)
    assert [each for each in wanted if not re.search(rf"^ +{each}: ", text, re.MULTILINE)] == []
    assert "Args:" in text or not wanted


@pytest.mark.parametrize("name", od.__all__)
def test_a_list_of_arguments_is_whole_and_true(name: str) -> None:
    for member, value in public_members(name):
        text = inspect.getdoc(value) or ""
        if "Args:" not in text or inspect.isclass(value):
            continue
        section = re.split(r"\n\n", text.split("Args:\n", 1)[1])[0]
        listed = re.findall(r"^    (\w+): ", section, re.MULTILINE)
        assert listed == parameters(value), member


def test_the_tree_of_errors_is_the_tree_of_the_code() -> None:
    for kind in ERRORS:
        parent = "OneClickError" if kind is errors.OneClickError else kind.__base__.__name__
        assert tree_of(TEXTS["errors.md"]).get(kind.__name__, "OneClickError") == parent
        assert tree_of(errors.__doc__ or "").get(kind.__name__, "OneClickError") == parent


def test_the_tree_of_errors_shows_every_error_and_no_other() -> None:
    names = {kind.__name__ for kind in ERRORS} - {"OneClickError"}
    assert tree_of(TEXTS["errors.md"]).keys() == names
    assert tree_of(errors.__doc__ or "").keys() == names


def tree_of(text: str) -> dict[str, str]:
    """The parents of the classes in a drawn tree, by their indentation."""
    parents: dict[str, str] = {}
    above: list[tuple[int, str]] = [(-1, "OneClickError")]
    for line in text.splitlines():
        found = re.match(r"([ │|]*[├└+][─-] )(\w+Error)\b", line)
        if found is None:
            continue
        depth = len(found[1])
        while above[-1][0] >= depth:
            above.pop()
        parents[found[2]] = above[-1][1]
        above.append((depth, found[2]))
    return parents


def test_every_page_is_in_one_table_of_contents() -> None:
    blocks = re.findall(r"```\{toctree\}\n(.*?)```", TEXTS["index.md"], re.DOTALL)
    entries = [
        line for block in blocks for line in block.splitlines() if line and not line.startswith(":")
    ]
    reached = [page.name for entry in entries for page in DOCS.glob(f"{entry}.md")]
    assert sorted(reached) == sorted({page.name for page in PAGES} - {"index.md"})


def headings(text: str) -> set[str]:
    """The anchors of a page's headings, as GitHub and MyST make them."""
    lines = re.sub(r"```.*?```", "", text, flags=re.DOTALL).splitlines()
    titles = [line.lstrip("#").strip().lower() for line in lines if re.match(r"#{1,3} ", line)]
    return {re.sub(r"[^\w\- ]", "", title).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", TEXTS)
def test_every_local_link_leads_somewhere(page: str) -> None:
    folder = REPOSITORY if page == "README.md" else DOCS
    for target in re.findall(r"\]\(([^)\s]+)\)", TEXTS[page]):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        place = folder / path if path else folder / page
        assert place.exists(), target
        if anchor:
            assert anchor in headings(place.read_text("utf-8")), target


@pytest.mark.parametrize("page", TEXTS)
def test_every_variable_that_is_named_is_read_or_set(page: str) -> None:
    named = re.findall(
        r"\b(?:TURSO|CLOUDFLARE|ONECLICK|CREDENTIALS|NEXTAUTH)(?:_[A-Z]+)+\b", TEXTS[page]
    )
    assert [name for name in named if f'"{name}"' not in SOURCES] == []


def test_every_variable_that_is_read_is_described() -> None:
    read = set(re.findall(r'"((?:TURSO|CLOUDFLARE|ONECLICK|CREDENTIALS)(?:_[A-Z]+)+)"', SOURCES))
    described = "".join(TEXTS.values())
    assert sorted(name for name in read if name not in described) == []


def test_what_is_promised_to_run_in_the_tests_does() -> None:
    """No block is written in a way that the tests would miss."""
    for name, text in TEXTS.items():
        fences = re.findall(r"^(`{3,}|~{3,})(\S*)", text, re.MULTILINE)
        odd = {info for _, info in fences} & {"py", "python3", "pycon", "ipython"}
        assert odd == set(), name


def test_every_example_says_how_to_run_it() -> None:
    examples = sorted((REPOSITORY / "examples").glob("*.py"))
    assert examples
    for path in examples:
        assert f"python examples/{path.name}" in path.read_text("utf-8")
