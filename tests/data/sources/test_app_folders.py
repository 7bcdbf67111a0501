"""An app's directory: the file that its datasource names is found, inside the app only."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.data.previews import ordinary

from oneclick_deploy import errors
from oneclick_deploy.data import SqliteSource, inspect
from oneclick_deploy.data.sources.app_folder import find_database
from oneclick_deploy.data.sources.env_files import look_up

DATASOURCE = 'datasource db {{\n  provider = "{}"\n  {}\n}}\n'
URL = 'datasource db {{\n  provider = "sqlite"\n  url = "{}"\n}}\n'
FROM_ENV = DATASOURCE.format("sqlite", 'url = env("DATABASE_URL")')
WITHOUT = DATASOURCE.format("sqlite", "")
SCHEMA = "prisma/schema.prisma"


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def database(root: Path, name: str) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    return ordinary(path)


def refusal(root: Path) -> errors.OneClickError:
    with pytest.raises(errors.DataSourceError) as caught:
        find_database(root)
    assert type(caught.value) is errors.DataSourceError
    assert caught.value.hint
    return caught.value


@pytest.fixture
def app(tmp_path: Path) -> Path:
    (tmp_path / "app").mkdir()
    return tmp_path / "app"


@pytest.mark.parametrize("as_text", [True, False])
def test_a_path_counts_from_the_schema(app, as_text):
    write(app, {SCHEMA: URL.format("file:./dev.db")})
    database(app, "prisma/dev.db")
    assert inspect(str(app) if as_text else app).rows == 9


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("file:dev.db", "prisma/dev.db"),
        ("file:./data/my preview.db", "prisma/data/my preview.db"),
        ("file:../db/dev.db", "db/dev.db"),
        ("file:./dev.db?connection_limit=1&socket_timeout=5", "prisma/dev.db"),
        ("file:./dev.db", "dev.db"),
        ("FILE:./dev.db", "prisma/dev.db"),
    ],
)
def test_the_forms_of_a_url(app, url, place):
    write(app, {SCHEMA: URL.format(url)})
    assert database(app, place).resolve() == find_database(app)


def test_an_absolute_path_inside_the_app_is_taken(app):
    path = database(app, "db/dev.db")
    write(app, {SCHEMA: URL.format(f"file:{path}")})
    assert find_database(app) == path.resolve()
    write(app, {SCHEMA: URL.format(f"file://{path}")})
    assert find_database(app) == path.resolve()


def test_the_schema_s_directory_comes_before_the_app_s(app):
    write(app, {SCHEMA: URL.format("file:./dev.db")})
    database(app, "dev.db")
    wanted = database(app, "prisma/dev.db")
    assert find_database(app) == wanted.resolve()


def test_a_schema_of_several_files(app):
    write(
        app,
        {
            "prisma/schema/models.prisma": "model A {\n  id Int @id\n}\n",
            "prisma/schema/main/db.prisma": URL.format("file:../../dev.db"),
        },
    )
    assert database(app, "prisma/dev.db").resolve() == find_database(app)


def test_a_schema_beside_package_json(app):
    write(app, {"schema.prisma": URL.format("file:./dev.db")})
    assert database(app, "dev.db").resolve() == find_database(app)


def test_a_schema_with_mistakes_elsewhere_is_read(app):
    write(app, {SCHEMA: URL.format("file:./dev.db") + "model A {\n nonsense\n}\n"})
    assert database(app, "prisma/dev.db").resolve() == find_database(app)


@pytest.mark.parametrize(
    "line",
    [
        'DATABASE_URL="file:./dev.db"',
        "DATABASE_URL='file:./dev.db'",
        "DATABASE_URL=file:./dev.db # the preview",
        "export DATABASE_URL = `file:./dev.db`",
        'A=1\r\nDATABASE_URL="file:./dev.db"\r\nB=2\r\n',
        '# DATABASE_URL="file:./other.db"\nDATABASE_URL="file:./dev.db"',
        'DATABASE_URL="file:./old.db"\nDATABASE_URL="file:./dev.db"',
        'TEXT="two\nDATABASE_URL=file:./other.db\nlines"\nDATABASE_URL="file:./dev.db"',
    ],
)
@pytest.mark.parametrize("file", [".env", "prisma/.env", ".env.local"])
def test_a_variable_is_looked_up_in_the_app_s_files(app, line, file):
    write(app, {SCHEMA: FROM_ENV})
    (app / file).write_bytes(line.encode())
    assert database(app, "prisma/dev.db").resolve() == find_database(app)


def test_a_variable_of_this_process_is_not_looked_at(app, monkeypatch):
    write(app, {SCHEMA: FROM_ENV})
    database(app, "prisma/dev.db")
    monkeypatch.setenv("DATABASE_URL", "file:./dev.db")
    error = refusal(app)
    assert "DATABASE_URL is in none of its .env files" in error.message
    assert "prisma/dev.db" in error.hint


def test_nothing_in_a_file_of_variables_is_expanded_or_run(app):
    write(app, {".env": 'A="$(touch made)${HOME}"\nB=`touch made`'})
    assert look_up(app, "A") == "$(touch made)${HOME}"
    assert look_up(app, "B") == "touch made"
    assert look_up(app, "C") is None


@pytest.mark.parametrize(
    "text",
    [
        'export default defineConfig({ datasource: { url: "file:./dev.db" } })',
        "export default { datasource: { url: env('DATABASE_URL') } }",
        "export default { datasource: { url: process.env.DATABASE_URL! } }",
        'export default { datasource: { url: process.env["DATABASE_URL"] } }',
        "export default { datasource: { url: process.env.NONE ?? 'file:./dev.db' } }",
        "// url: 'file:./other.db'\nexport default { datasource: {\n url: env<Env>('DATABASE_URL'),\n} }",
    ],
)
def test_the_configuration_s_text_is_the_last_resort(app, text):
    write(
        app,
        {
            SCHEMA: WITHOUT,
            "prisma.config.ts": text,
            ".env": "DATABASE_URL=file:./dev.db",
        },
    )
    assert database(app, "dev.db").resolve() == find_database(app)


# What is refused


def test_an_app_without_a_schema_is_told_so(app):
    database(app, "data/dev.db")
    error = refusal(app)
    assert "no Prisma schema" in error.message
    assert "data/dev.db" in error.hint
    write(app, {SCHEMA: "model A {\n id Int @id\n}\n"})
    refusal(app)


@pytest.mark.parametrize("provider", ["postgresql", "mysql"])
def test_another_database_is_told_so(app, provider):
    write(app, {SCHEMA: DATASOURCE.format(provider, 'url = "file:./dev.db"')})
    assert provider in refusal(app).message


@pytest.mark.parametrize(
    "url",
    ["libsql://name.turso.io?authToken=secret", "postgres://user:secret@host/db", "secret", ""],
)
def test_an_address_is_no_file_and_is_not_shown(app, url):
    write(app, {SCHEMA: URL.format(url)})
    error = refusal(app)
    assert "secret" not in f"{error.message} {error.hint}"


def test_a_missing_file_is_named(app):
    write(app, {SCHEMA: URL.format("file:./dev.db")})
    error = refusal(app)
    assert "there is no prisma/dev.db" in error.message
    (app / "prisma" / "dev.db").mkdir()
    refusal(app)


@pytest.mark.parametrize(
    "url", ["file:../../outside.db", "file:../../../etc/passwd", "file:/etc/passwd"]
)
def test_nothing_outside_the_app_is_read(app, url):
    database(app.parent, "outside.db")
    write(app, {SCHEMA: URL.format(url)})
    assert "outside the app" in refusal(app).message


def test_links_do_not_lead_out_of_the_app(app):
    outside = database(app.parent, "outside.db")
    write(app, {SCHEMA: FROM_ENV})
    (app / "prisma" / "dev.db").symlink_to(outside)
    (app.parent / "variables").write_text("DATABASE_URL=file:./dev.db")
    (app / ".env").symlink_to(app.parent / "variables")
    assert "none of its .env files" in refusal(app).message
    (app / ".env").unlink()
    write(app, {".env": "DATABASE_URL=file:./dev.db"})
    assert "outside the app" in refusal(app).message
    (app.parent / "schema.prisma").write_text(URL.format("file:./dev.db"))
    (app / "prisma" / "schema.prisma").unlink()
    (app / "prisma" / "schema.prisma").symlink_to(app.parent / "schema.prisma")
    assert "no Prisma schema" in refusal(app).message


@pytest.mark.parametrize(
    "text",
    ["", "datasource", 'datasource db { provider = "sqlite" url = ', "\x00" * 100, "env(" * 999],
)
def test_a_broken_schema_is_refused(app, text):
    write(app, {SCHEMA: text})
    refusal(app)


def test_a_schema_that_is_no_text_is_refused(app):
    write(app, {SCHEMA: ""})
    (app / "prisma" / "schema.prisma").write_bytes(b"\xff\xfe")
    refusal(app)


@pytest.mark.parametrize("value", ["file:\x00", "file:", "file:.", "file:" + "x/" * 3000])
def test_a_broken_path_is_refused(app, value):
    write(app, {SCHEMA: FROM_ENV})
    (app / ".env").write_text(f"DATABASE_URL='{value}'")
    refusal(app)


def test_a_found_file_is_checked_like_any_other(app):
    write(app, {SCHEMA: URL.format("file:./dev.db")})
    (app / "prisma" / "dev.db").write_bytes(b"")
    with pytest.raises(errors.EmptyDatabaseError, match=r"dev\.db"):
        SqliteSource(app)
