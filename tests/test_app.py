"""The app and its targets: what a user hands in, checked at once and said clearly."""

from __future__ import annotations

from pathlib import Path

import pytest
from attrs.exceptions import FrozenInstanceError
from hypothesis import given, strategies as st

from oneclick_deploy.app import App
from oneclick_deploy.errors import ConfigurationError, SourceError, UnknownProviderError
from oneclick_deploy.secrets import Secret
from oneclick_deploy.targets import CloudflarePages, Turso, Web


def refusal(**given_) -> ConfigurationError:
    with pytest.raises(ConfigurationError) as caught:
        App(**({"name": "guestbook", "source": "."} | given_))
    assert caught.value.hint
    return caught.value


# Names


@pytest.mark.parametrize("name", ["a", "0", "guestbook", "my-app-2", "a--b", "a" * 58])
def test_usable_names(name):
    assert App(name=name, source=".").name == name


@pytest.mark.parametrize(
    ("name", "proposal"),
    [
        ("Guestbook", "guestbook"),
        ("my app", "my-app"),
        ("my_app", "my-app"),
        ("-app-", "app"),
        ("Ünïcode", "n-code"),
        ("日本", "my-app"),
        ("", "my-app"),
        ("---", "my-app"),
        ("app\n", "app"),
        ("../../etc", "etc"),
        ("a" * 59, "a" * 58),
        ("'; DROP TABLE x", "drop-table-x"),
        (None, "none"),
        (7, "7"),
    ],
)
def test_other_names_are_refused_with_one_that_works(name, proposal):
    assert f"Use a name such as {proposal!r}." in refusal(name=name).hint


@given(st.text(alphabet=st.characters(), max_size=100))
def test_a_name_is_usable_or_its_proposal_is(name):
    try:
        App(name=name, source=".")
    except ConfigurationError as error:
        proposal = error.hint.partition("'")[2].partition("'")[0]
        App(name=proposal, source=".")


# Environment


def test_values_are_texts_and_secrets():
    env = {"A": "1", "_b2": Secret("canary")}
    app = App(name="a", source=".", env=env)
    assert app.env == env
    assert "canary" not in repr(app)


def test_later_changes_of_the_callers_mapping_do_not_count():
    env = {"A": "1"}
    app = App(name="a", source=".", env=env)
    env["B"] = "2"
    assert app.env == {"A": "1"}


@pytest.mark.parametrize("name", ["", "1A", "A-B", "A B", "A=B", "Ä", "A\n", "A\x00", None, 7])
def test_names_that_no_environment_takes_are_refused(name):
    assert "environment variable" in refusal(env={name: "x"}).message


@pytest.mark.parametrize("value", [None, 1, 1.5, True, b"x", ["x"], {"a": "b"}])
def test_values_of_other_types_are_refused_without_showing_them(value):
    error = refusal(env={"A": value})
    assert type(value).__name__ in error.message
    assert "Secret(text)" in error.hint


@pytest.mark.parametrize("env", [None, [("A", "b")], "A=b", 7])
def test_an_environment_is_a_mapping(env):
    assert "mapping" in refusal(env=env).message


# Places


@pytest.mark.parametrize("source", [None, 7, "", "  ", b"x", "a\x00b", ["."]])
def test_a_source_is_a_path(source):
    assert "App.source" in refusal(source=source).message


@pytest.mark.parametrize("data", [7, ["x"], object(), bytearray(b"x")])
def test_preview_data_is_a_path_or_bytes(data):
    assert "preview_data" in refusal(preview_data=data).message


def test_paths_may_be_given_as_text():
    app = App(name="a", source="some/where", preview_data="preview.db")
    assert app.source == Path("some/where")
    assert app.preview_data == Path("preview.db")
    assert app.schema_path == Path("some/where/prisma/schema.prisma")
    assert app.migrations_path == Path("some/where/prisma/migrations")


def test_preview_data_is_not_shown():
    assert "canary" not in repr(App(name="a", source=".", preview_data=b"canary"))


def test_an_app_is_a_value():
    assert App(name="a", source=".") == App(name="a", source=Path())
    with pytest.raises(FrozenInstanceError):
        App(name="a", source=".").name = "b"
    with pytest.raises(TypeError):
        App("a", ".")


# The built site


def site_of(root: Path, **more) -> Path:
    return App(name="a", source=root, **more).site_path()


def no_site(root: Path, **more) -> SourceError:
    with pytest.raises(SourceError) as caught:
        site_of(root, **more)
    assert caught.value.hint
    return caught.value


def test_the_usual_output_directories_are_found_in_order(tmp_path):
    for name in (".vercel/output/static", "build", "dist", "out"):
        (tmp_path / name).mkdir(parents=True)
        assert site_of(tmp_path) == tmp_path / name


def test_public_alone_is_no_built_site(tmp_path):
    # In a Next.js app it holds the sources of assets, and exists without any build.
    (tmp_path / "public").mkdir()
    with pytest.raises(SourceError, match="no built site"):
        site_of(tmp_path)


def test_a_named_output_directory_is_used(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "web" / "final").mkdir(parents=True)
    assert site_of(tmp_path, site="web/final") == tmp_path / "web" / "final"


def test_a_file_in_place_of_the_directory_is_passed_over(tmp_path):
    (tmp_path / "out").write_text("x")
    (tmp_path / "dist").mkdir()
    assert site_of(tmp_path) == tmp_path / "dist"


def test_a_missing_source_or_site_is_told_apart(tmp_path):
    assert "does not exist" in no_site(tmp_path / "none").message
    assert "is empty" in no_site(tmp_path).message
    (tmp_path / "package.json").write_text("{}")
    assert "no built site" in no_site(tmp_path).message
    assert "looked for web" in no_site(tmp_path, site="web").message
    assert "does not exist" in no_site(tmp_path / "package.json").message


@pytest.mark.parametrize(
    "site", ["..", "../other", "/etc", "a/../../other", "link", "loop", "a\x00b"]
)
def test_no_site_is_read_from_outside_the_app(tmp_path, site):
    root = tmp_path / "app"
    (root / "a").mkdir(parents=True)
    (tmp_path / "other").mkdir()
    (root / "link").symlink_to(tmp_path / "other")
    (root / "loop").symlink_to(root / "loop")
    assert "outside the app" in no_site(root, site=site).message


def test_a_link_of_an_output_directory_must_not_leave_the_app_either(tmp_path):
    root = tmp_path / "app"
    root.mkdir()
    (tmp_path / "other").mkdir()
    (root / "out").symlink_to(tmp_path / "other")
    assert "outside the app" in no_site(root).message


def test_a_link_inside_the_app_is_followed(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "out").symlink_to(tmp_path / "real")
    assert site_of(tmp_path) == tmp_path / "real"


def test_a_source_that_is_a_link_to_itself_does_not_exist(tmp_path):
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert "does not exist" in no_site(tmp_path / "loop").message


# Targets


def test_the_web_goes_to_turso_and_pages_by_default():
    assert Web() == Web(database=Turso(), hosting=CloudflarePages(), on_failure="undo")


def test_providers_may_be_named():
    assert Web(database="turso", hosting="cloudflare-pages") == Web()


@pytest.mark.parametrize(
    "wrong", ["mysql", "", "TURSO", None, 7, Turso, CloudflarePages(), ["turso"]]
)
def test_an_unknown_database_is_refused_with_the_known_ones(wrong):
    with pytest.raises(UnknownProviderError) as caught:
        Web(database=wrong)
    assert "Turso() or 'turso'" in caught.value.hint
    assert len(caught.value.message) < 200


@pytest.mark.parametrize("wrong", ["netlify", "x" * 10_000, None, Turso(), CloudflarePages])
def test_an_unknown_host_is_refused_with_the_known_ones(wrong):
    with pytest.raises(UnknownProviderError) as caught:
        Web(hosting=wrong)
    assert "CloudflarePages() or 'cloudflare-pages'" in caught.value.hint
    assert len(caught.value.message) < 200


@pytest.mark.parametrize("wrong", ["", "UNDO", None, "delete everything", ["undo"], 7])
def test_an_unknown_failure_policy_is_refused(wrong):
    with pytest.raises(ConfigurationError) as caught:
        Web(on_failure=wrong)
    assert "'undo' or 'keep'" in caught.value.hint


@pytest.mark.parametrize("wrong", ["nodejs_compat", None, 7, [1], [None], b"nodejs_compat"])
def test_flags_are_a_list_of_texts(wrong):
    with pytest.raises(ConfigurationError) as caught:
        CloudflarePages(compatibility_flags=wrong)
    assert '("nodejs_compat",)' in caught.value.hint


def test_flags_are_kept_as_a_tuple():
    assert CloudflarePages(compatibility_flags=["a", "b"]).compatibility_flags == ("a", "b")
    assert hash(CloudflarePages(compatibility_flags=["a"]))
