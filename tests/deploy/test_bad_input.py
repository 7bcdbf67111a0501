"""Bad input: a typed error with a hint, nothing left behind, and nothing of the input lost."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import attrs
import pytest

import oneclick_deploy as od
from oneclick_deploy import errors
from oneclick_deploy.deploy.access import local_access
from oneclick_deploy.http.retry import RetryPolicy
from tests.deploy.apps import add_migration, make_app, write_preview
from tests.deploy.world import NOTHING, resources

Orchestrators = Callable[..., od.DeploymentOrchestrator]


@pytest.fixture
def with_access(cloud: od.LocalCloud) -> Iterator[Orchestrators]:
    """Make orchestrators with changed access."""
    made: list[od.DeploymentOrchestrator] = []

    def make(**changes: object) -> od.DeploymentOrchestrator:
        access = attrs.evolve(
            local_access(cloud),
            http=od.HttpSettings(route=cloud.route, retry=RetryPolicy(attempts=2, first_wait=0.01)),
        )
        orchestrator = od.DeploymentOrchestrator(
            access=attrs.evolve(access, **changes),
            store=od.SqliteStore(cloud.state_dir / f"store-{len(made)}.db"),
            vault=od.Vault([cloud.encryption_key]),
        )
        made.append(orchestrator)
        return orchestrator

    yield make
    for orchestrator in made:
        orchestrator.close()


def refused(
    orchestrator: od.DeploymentOrchestrator, app: od.App, cloud: od.LocalCloud
) -> errors.OneClickError:
    """Deploy, expect a failure that leaves nothing behind, and return its cause."""
    with pytest.raises(errors.StepError) as caught:
        orchestrator.deploy(app)
    assert resources(cloud) == NOTHING
    assert caught.value.left == ()
    assert caught.value.hint
    return caught.value.cause


@pytest.mark.parametrize("given", [{"database": "postgre"}, {"hosting": "heroku"}, {"database": 7}])
def test_an_unknown_provider_is_refused_with_the_known_ones(given: dict[str, object]) -> None:
    with pytest.raises(errors.UnknownProviderError, match="is not a known") as caught:
        od.Web(**given)  # type: ignore[arg-type]
    assert "turso" in caught.value.hint or "cloudflare-pages" in caught.value.hint


@pytest.mark.parametrize("name", ["", "A", "a" * 59, "-a", "a-", "a_b", "ü", "a b", "../etc"])
def test_an_unusable_name_is_refused_with_a_proposal(name: str, tmp_path: Path) -> None:
    with pytest.raises(errors.ConfigurationError) as caught:
        od.App(name=name, source=tmp_path)
    assert "Use a name such as" in caught.value.hint


def test_a_directory_that_does_not_exist_is_refused(
    orchestrator: od.DeploymentOrchestrator, cloud: od.LocalCloud, tmp_path: Path
) -> None:
    cause = refused(orchestrator, od.App(name="x", source=tmp_path / "no"), cloud)
    assert isinstance(cause, errors.SourceError)


def test_an_empty_directory_is_refused(
    orchestrator: od.DeploymentOrchestrator, cloud: od.LocalCloud, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    cause = refused(orchestrator, od.App(name="x", source=tmp_path / "empty"), cloud)
    assert isinstance(cause, errors.SourceError)
    assert "empty" in cause.message


def test_a_plan_refuses_the_same(orchestrator: od.DeploymentOrchestrator, tmp_path: Path) -> None:
    with pytest.raises(errors.SourceError):
        orchestrator.plan(od.App(name="x", source=tmp_path / "no"))


def test_a_missing_schema_is_refused(
    orchestrator: od.DeploymentOrchestrator, cloud: od.LocalCloud, source: Path
) -> None:
    (source / "prisma" / "schema.prisma").unlink()
    assert isinstance(refused(orchestrator, make_app(source), cloud), errors.SchemaError)


def test_missing_migrations_are_refused_with_the_command_that_makes_them(
    orchestrator: od.DeploymentOrchestrator, cloud: od.LocalCloud, source: Path
) -> None:
    shutil.rmtree(source / "prisma" / "migrations")
    cause = refused(orchestrator, make_app(source), cloud)
    assert isinstance(cause, errors.MigrationFilesError)
    assert "prisma migrate dev" in cause.hint


def test_an_app_that_was_not_built_is_refused(
    orchestrator: od.DeploymentOrchestrator, cloud: od.LocalCloud, source: Path
) -> None:
    shutil.rmtree(source / "out")
    cause = refused(orchestrator, make_app(source), cloud)
    assert isinstance(cause, errors.SourceError)
    assert "build" in cause.hint


def test_a_site_directory_outside_the_app_is_refused(
    orchestrator: od.DeploymentOrchestrator, cloud: od.LocalCloud, source: Path
) -> None:
    cause = refused(orchestrator, make_app(source, site="../.."), cloud)
    assert isinstance(cause, errors.SourceError)
    assert "outside" in cause.message


@pytest.mark.parametrize("site", ["", ".", "out/.."])
def test_the_apps_own_directory_is_never_published(
    site: str, orchestrator: od.DeploymentOrchestrator, cloud: od.LocalCloud, source: Path
) -> None:
    cause = refused(orchestrator, make_app(source, site=site), cloud)
    assert isinstance(cause, errors.SourceError)
    assert "public" in cause.hint


def test_a_link_that_leaves_the_site_is_refused_before_anything_is_sent(
    orchestrator: od.DeploymentOrchestrator, cloud: od.LocalCloud, source: Path
) -> None:
    (source / "out" / "passwd").symlink_to("/etc/passwd")
    assert isinstance(refused(orchestrator, make_app(source), cloud), errors.SiteError)


def write_corrupt(path: Path) -> None:
    content = bytearray(write_preview(path, rows=5000).read_bytes())
    content[8192:20000] = os.urandom(20000 - 8192)
    path.write_bytes(content)


def write_truncated(path: Path) -> None:
    content = write_preview(path, rows=2000).read_bytes()
    path.write_bytes(content[: len(content) // 2 - 100])


def write_encrypted(path: Path) -> None:
    path.write_bytes(os.urandom(16384))


@pytest.mark.parametrize(
    ("write", "expected"),
    [
        (lambda path: path.write_bytes(b""), errors.EmptyDatabaseError),
        (lambda path: path.write_text("CREATE TABLE x (y);\n"), errors.NotADatabaseError),
        (
            lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 500),
            errors.NotADatabaseError,
        ),
        (write_encrypted, errors.EncryptedDatabaseError),
        (write_corrupt, errors.CorruptDatabaseError),
        (write_truncated, errors.CorruptDatabaseError),
    ],
    ids=["zero bytes", "dump", "picture", "encrypted", "corrupt", "truncated"],
)
def test_unreadable_preview_data_is_told_apart_and_never_touched(
    write: Callable[[Path], object],
    expected: type[errors.OneClickError],
    orchestrator: od.DeploymentOrchestrator,
    cloud: od.LocalCloud,
    source: Path,
) -> None:
    preview = source / "preview.db"
    preview.unlink()
    write(preview)
    before = hashlib.sha256(preview.read_bytes()).digest()
    assert type(refused(orchestrator, make_app(source), cloud)) is expected
    assert hashlib.sha256(preview.read_bytes()).digest() == before


def test_locked_preview_data_is_refused_and_may_be_tried_again(
    orchestrator: od.DeploymentOrchestrator, cloud: od.LocalCloud, source: Path
) -> None:
    holder = sqlite3.connect(source / "preview.db", isolation_level=None)
    holder.execute("PRAGMA locking_mode = EXCLUSIVE")
    holder.execute("BEGIN EXCLUSIVE")
    try:
        cause = refused(orchestrator, make_app(source), cloud)
    finally:
        holder.close()
    assert isinstance(cause, errors.LockedDatabaseError)
    assert cause.retryable
    assert orchestrator.deploy(make_app(source)).url


def test_a_migration_that_fails_half_way_is_named_and_undone(
    orchestrator: od.DeploymentOrchestrator, cloud: od.LocalCloud, source: Path
) -> None:
    add_migration(
        source,
        "20260301000000_half",
        'CREATE TABLE "Tag" ("id" INTEGER PRIMARY KEY);\nINSERT INTO "Nowhere" VALUES (1);\n',
    )
    cause = refused(orchestrator, make_app(source), cloud)
    assert isinstance(cause, errors.MigrationApplyError)
    assert "20260301000000_half failed at statement 2" in cause.message
    assert "Nowhere" in cause.message


def test_preview_rows_without_a_table_to_go_to_are_refused(
    orchestrator: od.DeploymentOrchestrator, cloud: od.LocalCloud, source: Path
) -> None:
    with sqlite3.connect(source / "preview.db") as connection:
        connection.execute('CREATE TABLE "Extra" ("x")')
        connection.execute('INSERT INTO "Extra" VALUES (1)')
    connection.close()
    cause = refused(orchestrator, make_app(source), cloud)
    assert isinstance(cause, errors.DataSourceError)
    assert "Extra (1 rows)" in cause.message


def test_a_name_that_others_have_is_refused_and_theirs_is_kept(
    orchestrator: od.DeploymentOrchestrator, cloud: od.LocalCloud, source: Path
) -> None:
    with od.CloudflarePagesClient(
        cloud.cloudflare_token, account_id=cloud.account_id, base_url=cloud.cloudflare_url
    ) as pages:
        theirs = pages.create_project("notes")
    with pytest.raises(errors.StepError) as caught:
        orchestrator.deploy(make_app(source))
    assert isinstance(caught.value.cause, errors.NameTakenError)
    assert resources(cloud) == NOTHING | {"projects": ["notes"]}
    assert [project.id for project in cloud.cloudflare.projects()] == [theirs.id]


@pytest.mark.parametrize("token", ["turso_token", "cloudflare_token"])
def test_a_wrong_token_is_a_401_with_a_hint(
    token: str, with_access: Orchestrators, cloud: od.LocalCloud, source: Path
) -> None:
    orchestrator = with_access(**{token: od.Secret("wrong-token-canary")})
    cause = refused(orchestrator, make_app(source), cloud)
    assert isinstance(cause, errors.AuthenticationError | errors.PermissionDeniedError)
    assert cause.hint
    assert "wrong-token-canary" not in str(cause)


@pytest.mark.parametrize("place", ["turso_url", "cloudflare_url"])
def test_an_unreachable_api_is_named(
    place: str, with_access: Orchestrators, cloud: od.LocalCloud, source: Path
) -> None:
    orchestrator = with_access(**{place: "http://127.0.0.1:9/v"})
    cause = refused(orchestrator, make_app(source), cloud)
    assert isinstance(cause, errors.ConnectionFailedError)
    assert "127.0.0.1:9" in cause.message


def test_missing_environment_variables_are_all_named_at_once() -> None:
    with pytest.raises(errors.ConfigurationError) as caught:
        od.DeploymentOrchestrator.from_env({"TURSO_ORG_ID": "x"})
    for name in ("TURSO_API_TOKEN", "CLOUDFLARE_API_TOKEN", "CLOUDFLARE_ACCOUNT_ID"):
        assert name in caught.value.message
        assert name in caught.value.hint


def test_an_unknown_deployment_is_refused(orchestrator: od.DeploymentOrchestrator) -> None:
    for call in (
        orchestrator.status,
        orchestrator.history,
        orchestrator.destroy,
        orchestrator.resume,
    ):
        with pytest.raises(errors.DeploymentNotFoundError):
            call("no-such-deployment")


@pytest.mark.parametrize("given", [None, "notes", 7, {"name": "notes"}])
def test_something_else_than_an_app_is_refused(
    given: object, orchestrator: od.DeploymentOrchestrator
) -> None:
    with pytest.raises(errors.ConfigurationError, match="expected an App"):
        orchestrator.deploy(given)  # type: ignore[arg-type]


@pytest.mark.parametrize("env", [{"1X": "v"}, {"A B": "v"}, {"": "v"}, {"X": 7}, {"X": None}])
def test_unusable_environment_variables_are_refused(env: dict[str, object], tmp_path: Path) -> None:
    with pytest.raises(errors.ConfigurationError) as caught:
        od.App(name="x", source=tmp_path, env=env)  # type: ignore[arg-type]
    assert caught.value.hint
