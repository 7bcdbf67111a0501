"""``import oneclick_deploy`` loads nothing of others; every public name works when it is asked for."""

from __future__ import annotations

import subprocess
import sys

import pytest

import oneclick_deploy

LIST = """
import sys
before = set(sys.modules)
{statement}
for name in sorted(set(sys.modules) - before):
    print(name)
"""


def modules_after(statement: str) -> set[str]:
    """The modules that a statement loads in a new interpreter."""
    run = subprocess.run(
        [sys.executable, "-I", "-c", LIST.format(statement=statement)],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(run.stdout.split())


def foreign(modules: set[str]) -> set[str]:
    tops = {name.partition(".")[0] for name in modules}
    return {top for top in tops if top not in sys.stdlib_module_names} - {"oneclick_deploy"}


def test_importing_the_library_loads_no_third_party_module():
    loaded = modules_after("import oneclick_deploy")
    assert "oneclick_deploy" in loaded
    assert foreign(loaded) == set()
    assert {name for name in loaded if name.startswith("oneclick_deploy.")} == set()


def test_errors_and_secrets_load_no_third_party_module_either():
    assert (
        foreign(modules_after("import oneclick_deploy as od; od.OneClickError; od.Secret('x')"))
        == set()
    )


def test_heavy_modules_wait_for_their_use():
    loaded = foreign(
        modules_after("import oneclick_deploy as od; od.App; od.Web; od.progress_view")
    )
    assert loaded <= {"attr", "attrs"}


def test_a_client_does_not_load_the_local_cloud():
    loaded = modules_after(
        "import oneclick_deploy as od; od.TursoClient; od.DeploymentOrchestrator"
    )
    assert not any(name.startswith("oneclick_deploy.local") for name in loaded)
    assert not foreign(loaded) & {"starlette", "uvicorn", "IPython", "libsql_client"}


@pytest.mark.parametrize("name", oneclick_deploy.__all__)
def test_every_public_name_can_be_used(name):
    value = getattr(oneclick_deploy, name)
    assert value.__module__.startswith("oneclick_deploy.")
    assert vars(oneclick_deploy)[name] is value  # found without __getattr__ the next time


def test_the_orchestrator_can_be_touched_first():
    statement = "import oneclick_deploy; print(oneclick_deploy.DeploymentOrchestrator.__name__)"
    run = subprocess.run(
        [sys.executable, "-I", "-c", statement], capture_output=True, text=True, check=True
    )
    assert run.stdout == "DeploymentOrchestrator\n"


def test_public_names_are_listed_completely_and_in_order():
    assert list(oneclick_deploy.__all__) == sorted(oneclick_deploy.__all__)
    assert set(oneclick_deploy._NAMES) == set(oneclick_deploy.__all__)
    assert set(dir(oneclick_deploy)) == {*oneclick_deploy.__all__, "__version__"}
    assert oneclick_deploy.__version__


def test_every_public_class_has_its_twin():
    names = set(oneclick_deploy.__all__)
    for name in names:
        if name.startswith("Async"):
            assert name.removeprefix("Async") in names


def test_an_unknown_name_is_an_ordinary_attribute_error():
    with pytest.raises(AttributeError, match="has no attribute 'Nonsense'"):
        getattr(oneclick_deploy, "Nonsense")  # noqa: B009 - the access is the subject
    assert not hasattr(oneclick_deploy, "nonsense")


def test_type_checkers_see_the_same_names():
    import ast
    from pathlib import Path

    tree = ast.parse(Path(oneclick_deploy.__file__).read_text("utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    seen = {
        alias.asname: (node.module.removeprefix("oneclick_deploy."), alias.name)
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.asname  # re-exported; the others are for the module itself
    }
    names = {name: (place, name) for name, place in oneclick_deploy._NAMES.items()}
    modules = {name: ("oneclick_deploy", name) for name in oneclick_deploy._SUBMODULES}
    assert seen == names | modules
