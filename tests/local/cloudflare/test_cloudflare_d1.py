"""D1 over REST and from a worker, on the same database."""

from __future__ import annotations

import threading

import pytest

from oneclick_deploy.local.cloudflare import d1_database
from oneclick_deploy.local.cloudflare.d1_database import D1File, Statement, split_statements


@pytest.fixture
def database(api):
    return api.result("POST", api.account("/d1/database"), json={"name": "app-db"})


@pytest.fixture
def query(api, database):
    def run(sql, *params, operation="query"):
        path = api.account(f"/d1/database/{database['uuid']}/{operation}")
        body = {"sql": sql, "params": list(params)} if params else {"sql": sql}
        return api.result("POST", path, json=body)

    return run


@pytest.fixture
def refusal(api, database):
    def run(body):
        path = api.account(f"/d1/database/{database['uuid']}/query")
        document = api.call("POST", path, json=body).json()
        assert document["success"] is False
        return document["errors"][0]["code"], document["errors"][0]["message"]

    return run


def test_a_database_lives_its_whole_life(api, database):
    path = api.account("/d1/database")
    assert database["name"] == "app-db"
    assert database["version"] == "production"
    assert api.result("GET", path) == [database]
    assert api.result("GET", path, params={"name": "none"}) == []
    assert api.result("GET", f"{path}/{database['uuid']}") == database
    fields = api.result("GET", f"{path}/app-db", params={"fields": "uuid,name"})
    assert fields == {"uuid": database["uuid"], "name": "app-db"}
    assert api.error("POST", path, json={"name": "app-db"}) == (400, 7502)
    api.result("DELETE", f"{path}/{database['uuid']}")
    assert api.error("GET", f"{path}/{database['uuid']}") == (404, 7404)
    assert api.error("DELETE", f"{path}/{database['uuid']}") == (404, 7404)


@pytest.mark.parametrize("name", ["", "a b", "../x", "é", "-a", "x" * 65, None, 1])
def test_a_database_needs_a_plain_name(api, name):
    assert api.error("POST", api.account("/d1/database"), json={"name": name})[0] == 400


def test_rows_come_as_objects_or_as_lists(query):
    query("CREATE TABLE t (id INTEGER PRIMARY KEY, v)")
    inserted = query("INSERT INTO t (v) VALUES (?), (?)", "a;b", None)[0]
    assert inserted["results"] == []
    assert (inserted["meta"]["changes"], inserted["meta"]["last_row_id"]) == (2, 2)
    rows = [{"id": 1, "v": "a;b"}, {"id": 2, "v": None}]
    assert query("SELECT * FROM t ORDER BY id")[0]["results"] == rows
    raw = query("SELECT * FROM t WHERE id = ?", 1, operation="raw")[0]
    assert raw["results"] == {"columns": ["id", "v"], "rows": [[1, "a;b"]]}


def test_several_statements_are_one_transaction(query, refusal):
    query("CREATE TABLE t (id INTEGER PRIMARY KEY)")
    results = query("INSERT INTO t VALUES (1); -- ;\nSELECT 'x;y' AS v; /* ; */ SELECT 2 AS n;")
    assert [result["results"] for result in results] == [[], [{"v": "x;y"}], [{"n": 2}]]
    code, message = refusal({"sql": "INSERT INTO t VALUES (2); INSERT INTO t VALUES (1)"})
    assert code == 7500
    assert message == "UNIQUE constraint failed: t.id: SQLITE_CONSTRAINT"
    assert query("SELECT count(*) AS n FROM t")[0]["results"] == [{"n": 1}]


def test_a_batch_has_parameters_for_each_statement(api, database, query):
    query("CREATE TABLE t (v)")
    batch = [{"sql": "INSERT INTO t VALUES (?)", "params": [str(n)]} for n in range(3)]
    path = api.account(f"/d1/database/{database['uuid']}/query")
    assert len(api.result("POST", path, json={"batch": batch})) == 3
    assert query("SELECT group_concat(v) AS v FROM t")[0]["results"] == [{"v": "0,1,2"}]


@pytest.mark.parametrize(
    "sql",
    [
        "ATTACH '/etc/passwd' AS x",
        "DETACH main",
        "BEGIN",
        "COMMIT",
        "ROLLBACK",
        "SAVEPOINT a",
        "PRAGMA journal_mode = DELETE",
        "PRAGMA temp_store_directory = '/tmp'",
        "PRAGMA writable_schema = 1",
    ],
)
def test_what_belongs_to_d1_is_refused(refusal, sql):
    assert refusal({"sql": sql}) == (7500, "not authorized: SQLITE_AUTH")


def test_no_file_is_written_beside_the_database(refusal, tmp_path):
    target = tmp_path / "stolen.db"
    refusal({"sql": f"VACUUM INTO '{target}'"})
    refusal({"sql": "SELECT load_extension('x')"})
    assert not target.exists()


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"sql": ""},
        {"sql": 1},
        {"sql": "-- only a comment"},
        {"sql": "SELECT"},
        {"sql": "SELECT 1 FROM none"},
        {"sql": "SELECT ?"},
        {"sql": "SELECT 1", "params": "x"},
        {"sql": "SELECT 1", "params": [1]},
        {"sql": "SELECT ?", "params": [{}]},
        {"sql": "SELECT ?", "params": [[300]]},
        {"sql": "SELECT ?", "params": [["x"]]},
        {"sql": "SELECT ?; SELECT ?", "params": [1]},
        {"sql": "SELECT ?", "params": [2**70]},
        {"sql": "SELECT '\x00"},
        {"batch": {}},
        {"batch": [1]},
        {"batch": []},
    ],
)
def test_bad_statements_are_refused(refusal, query, body):
    assert refusal(body)[0] in (7500, 8000010)
    assert query("SELECT 1 AS one")[0]["results"] == [{"one": 1}]


def test_an_endless_statement_is_ended(refusal, monkeypatch):
    monkeypatch.setattr(d1_database, "TIME_LIMIT", 0.1)
    endless = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT max(x) FROM c"
    assert refusal({"sql": endless}) == (7500, "D1 DB exceeded its CPU time limit and was reset.")


def test_foreign_keys_are_enforced_and_can_be_deferred(query, refusal):
    query("CREATE TABLE a (id INTEGER PRIMARY KEY); CREATE TABLE b (a REFERENCES a (id))")
    assert "FOREIGN KEY" in refusal({"sql": "INSERT INTO b VALUES (1)"})[1]
    query("PRAGMA defer_foreign_keys = ON; INSERT INTO b VALUES (1); INSERT INTO a VALUES (1)")


def test_blobs_and_odd_numbers_survive_json(query):
    assert query("SELECT x'00ff' AS b, 9e999 AS i, ? AS p", [1, 2])[0]["results"] == [
        {"b": [0, 255], "i": None, "p": [1, 2]}
    ]


@pytest.mark.parametrize(
    ("script", "parts"),
    [
        ("", []),
        (";;", []),
        ("SELECT 1", ["SELECT 1"]),
        ("SELECT 1;", ["SELECT 1"]),
        ("SELECT ';'; SELECT 2", ["SELECT ';'", "SELECT 2"]),
        (
            "CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END; SELECT 2",
            ["CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END", "SELECT 2"],
        ),
        ("-- a\n-- b", []),
        ("SELECT 'open", ["SELECT 'open"]),
    ],
)
def test_scripts_are_split_into_statements(script, parts):
    assert split_statements(script) == parts


def test_callers_in_several_threads_wait_for_each_other(tmp_path):
    file = D1File(tmp_path / "x.sqlite")
    file.run([Statement(sql="CREATE TABLE t (v)")])
    threads = [
        threading.Thread(target=lambda: file.run([Statement(sql="INSERT INTO t VALUES (1)")] * 20))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert file.run([Statement(sql="SELECT count(*) FROM t")])[0].rows == ((80,),)
    file.close()


def test_a_worker_and_the_api_share_the_database(api, http, database, query, workerd):
    api.create_project()
    bind(api, database["uuid"])
    query("CREATE TABLE t (id INTEGER PRIMARY KEY, v)")
    source = """export default { async fetch(request, env) {
      const insert = env.DB.prepare('INSERT INTO t (v) VALUES (?1)');
      const results = await env.DB.batch([insert.bind('a'), insert.bind(null), insert.bind(new Uint8Array([1, 2]))]);
      await env.DB.exec("INSERT INTO t (v) VALUES ('x')\\nINSERT INTO t (v) VALUES ('y')");
      const all = await env.DB.prepare('SELECT v FROM t ORDER BY id').all();
      const first = await env.DB.prepare('SELECT count(*) AS n FROM t').first('n');
      const raw = await env.DB.prepare('SELECT id FROM t LIMIT 1').raw({columnNames: true});
      let error = null;
      try { await env.DB.prepare('INSERT INTO t (id) VALUES (1)').run(); } catch (e) { error = e.message; }
      return Response.json({changes: results.map(r => r.meta.changes), all: all.results, first, raw, error});
    } }"""
    deployment = api.deploy(worker=source)
    answer = http.get(deployment["url"])
    assert answer.status_code == 200, api.emulator.worker_log(deployment["id"])
    assert answer.json() == {
        "changes": [1, 1, 1],
        "all": [{"v": "a"}, {"v": None}, {"v": [1, 2]}, {"v": "x"}, {"v": "y"}],
        "first": 5,
        "raw": [["id"], [1]],
        "error": "D1_ERROR: UNIQUE constraint failed: t.id: SQLITE_CONSTRAINT",
    }
    assert query("SELECT count(*) AS n FROM t")[0]["results"] == [{"n": 5}]


@pytest.mark.parametrize(
    "identifier", ["", "not-a-uuid", "00000000-0000-0000-0000-000000000000", "app-db"]
)
def test_a_wrong_database_id_fails_the_deployment_as_vaguely_as_the_real_host(
    api, database, workerd, identifier
):
    api.create_project()
    bind(api, identifier)
    deployment = api.deploy(worker="export default {}")
    assert deployment["latest_stage"]["status"] == "failure"
    assert api.log(deployment)[-1].endswith("Unknown internal error occurred.")


def test_rows_are_there_after_a_restart(start_emulator, connect):
    emulator = start_emulator()
    api = connect(emulator)
    uuid = api.result("POST", api.account("/d1/database"), json={"name": "kept"})["uuid"]
    path = f"/d1/database/{uuid}/query"
    api.result(
        "POST", api.account(path), json={"sql": "CREATE TABLE t (v); INSERT INTO t VALUES (7)"}
    )
    emulator.stop()
    api = connect(start_emulator())
    again = api.result("POST", api.account(path), json={"sql": "SELECT v FROM t"})
    assert again[0]["results"] == [{"v": 7}]


def test_the_state_file_is_private(api, tmp_path):
    state = tmp_path / "cloudflare" / "cloudflare.db"
    assert state.stat().st_mode & 0o077 == 0
    assert state.parent.stat().st_mode & 0o077 == 0


def bind(api, identifier):
    settings = {"d1_databases": {"DB": {"id": identifier}}}
    body = {"deployment_configs": {"production": settings}}
    api.result("PATCH", api.pages("/site"), json=body)
