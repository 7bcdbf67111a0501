# Generated from tests/providers/turso/_async/test_client.py by tools/unasync.py. Do not edit.
"""What the client sends, and how it reads what the specification and reality answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import httpx
import pytest

from oneclick_deploy.errors import (
    AlreadyExistsError,
    ConfigurationError,
    NotFoundError,
    PermissionDeniedError,
    UnexpectedAnswerError,
)
from oneclick_deploy.providers.turso import (
    Database,
    DatabaseParent,
    Instance,
    Seed,
    TursoClient,
    Usage,
)
from oneclick_deploy.secrets import Secret

ORG = "/v1/organizations/iku"
CREATED = {
    "database": {"DbId": "id-1", "Hostname": "my-db-iku.aws-us-east-1.turso.io", "Name": "my-db"}
}


def ok(body):
    return httpx.Response(200, json=body)


def make(server, **options):
    return TursoClient("platform-token", organization="iku", transport=server.transport, **options)


def test_every_call_carries_the_token_and_asks_for_json(app):
    server = app({"GET /v1/auth/validate": ok({"exp": 1767225600})})

    info = make(server).validate_token()

    (request,) = server.requests
    assert str(request.url) == "https://api.turso.tech/v1/auth/validate"
    assert request.headers["authorization"] == "Bearer platform-token"
    assert request.headers["accept"] == "application/json"
    assert request.headers["user-agent"].startswith("oneclick-deploy/")
    assert info.expires_at == datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("exp", [-1, 10**15])
def test_a_token_without_an_end_has_none(app, exp):
    server = app({"GET /v1/auth/validate": ok({"exp": exp})})

    assert (make(server).validate_token()).expires_at is None


@pytest.mark.off_contract
def test_organizations_are_a_bare_array(app):
    organization = {"name": "personal", "slug": "iku", "type": "personal", "blocked_reads": True}
    server = app({"GET /v1/organizations": ok([{**organization, "new_field": {"x": 1}}])})

    (found,) = make(server).organizations()

    assert (found.slug, found.type, found.blocked_reads) == ("iku", "personal", True)


def test_the_own_plan_is_found_by_the_subscription(app):
    quotas = {"rowsRead": 10**9, "rowsWritten": 25_000_000, "databases": None, "storage": 9 * 10**9}
    plans = [
        {"name": "scaler", "price": "29"},
        {"name": "starter", "price": "0", "prices": [{"value": "0"}], "quotas": quotas},
    ]
    server = app(
        {
            f"GET {ORG}/subscription": ok({"subscription": {"plan": "starter", "overages": False}}),
            f"GET {ORG}/plans": ok({"plans": plans}),
        }
    )

    plan = make(server).organization_plan()

    assert plan.name == "starter"
    assert plan.quotas.rows_read == 10**9
    assert plan.quotas.databases is None
    assert plan.quotas.storage == 9 * 10**9


@pytest.mark.off_contract
def test_a_plan_that_is_not_listed_keeps_its_name(app):
    server = app(
        {
            f"GET {ORG}/subscription": ok({"subscription": "enterprise"}),
            f"GET {ORG}/plans": ok({"plans": None}),
        }
    )

    plan = make(server).organization_plan()

    assert (plan.name, plan.quotas.storage) == ("enterprise", None)


def test_usage_of_the_organization_is_read(app):
    usage = {"rows_read": 5, "storage_bytes": 4096, "bytes_synced": 1}
    server = app({f"GET {ORG}/usage": ok({"organization": {"uuid": "u", "usage": usage}})})

    found = make(server).organization_usage()

    assert (found.rows_read, found.storage_bytes, found.databases) == (5, 4096, 0)


def test_databases_are_read_whatever_case_their_keys_have(app):
    listed = {
        "Name": "my-db",
        "DbId": "id-1",
        "Hostname": "my-db-iku.turso.io",
        "block_reads": True,
        "primaryRegion": "aws-us-east-1",
        "group": "default",
        "delete_protection": True,
        "parent": {"id": "p", "name": "prod", "branched_at": "2025-04-15T13:14:34.468213117Z"},
        "regions": ["aws-us-east-1"],
        "type": "logical",
    }
    server = app({f"GET {ORG}/databases": ok({"databases": [listed]})})

    (found,) = make(server).databases()

    assert found == Database(
        name="my-db",
        db_id="id-1",
        hostname="my-db-iku.turso.io",
        group="default",
        primary_region="aws-us-east-1",
        block_reads=True,
        delete_protection=True,
        parent=DatabaseParent(
            id="p",
            name="prod",
            branched_at=datetime(2025, 4, 15, 13, 14, 34, 468213, tzinfo=UTC),
        ),
    )
    assert found.url == "libsql://my-db-iku.turso.io"
    assert found.http_url == "https://my-db-iku.turso.io"


@pytest.mark.off_contract
def test_keys_in_snake_case_are_the_same_database(app):
    server = app(
        {
            f"GET {ORG}/databases/a": ok(
                {"database": {"name": "a", "db_id": "i", "hostname": "h", "parent": None}}
            )
        }
    )

    assert make(server).database("a") == Database(name="a", db_id="i", hostname="h")


@pytest.mark.off_contract
def test_pages_of_databases_are_followed_to_the_end(app):
    def page(name, following):
        entry = {"Name": name, "DbId": name, "Hostname": name}
        return ok({"databases": [entry], "pagination": {"next": following}})

    server = app({f"GET {ORG}/databases": [page("a", "c1"), page("b", "c2"), page("c", None)]})

    found = make(server).databases(group="my group")

    assert [database.name for database in found] == ["a", "b", "c"]
    assert [str(request.url.query, "ascii") for request in server.requests] == [
        "group=my+group",
        "group=my+group&cursor=c1",
        "group=my+group&cursor=c2",
    ]


@pytest.mark.off_contract
def test_pages_that_go_round_in_a_circle_are_not_followed_forever(app):
    page = ok({"databases": [], "pagination": {"next": "again"}})
    server = app({f"GET {ORG}/databases": [page, page, page]})

    with pytest.raises(UnexpectedAnswerError, match="repeats"):
        make(server).databases()

    assert len(server.requests) == 2


def test_a_database_is_created_with_what_was_asked_and_nothing_else(app):
    server = app({f"POST {ORG}/databases": ok(CREATED)})

    found = make(server).create_database("my-db", group="default", size_limit="256mb")

    assert server.body == {"name": "my-db", "group": "default", "size_limit": "256mb"}
    assert found.hostname == "my-db-iku.aws-us-east-1.turso.io"


def test_a_database_can_start_from_a_moment_of_another_one(app):
    server = app({f"POST {ORG}/databases": ok(CREATED)})
    at = datetime(2026, 1, 1, 1, tzinfo=timezone(timedelta(hours=2)))

    make(server).create_database(
        "my-db", group="default", seed=Seed.from_database("prod", at=at), size_limit=10_000
    )

    assert server.body["seed"] == {
        "type": "database",
        "name": "prod",
        "timestamp": "2025-12-31T23:00:00Z",
    }
    assert server.body["size_limit"] == "10000"


def test_a_database_can_wait_for_an_upload(app):
    server = app({f"POST {ORG}/databases": ok(CREATED)})

    make(server).create_database("my-db", group="default", seed=Seed.upload())

    assert server.body["seed"] == {"type": "database_upload"}


@pytest.mark.parametrize(
    "name", ["", "My-Db", "a_b", "a b", "a" * 65, "../x", "a/b", "naïve", "a\n", None, 7]
)
def test_a_name_that_turso_would_refuse_is_refused_before_sending(app, name):
    server = app({})

    with pytest.raises(ConfigurationError, match="cannot be the name") as caught:
        make(server).create_database(name, group="default")

    assert "lowercase letters, digits and dashes" in caught.value.hint
    assert server.requests == []


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("a/../../b", "a%2F..%2F..%2Fb"),
        ("a?x=1#y", "a%3Fx%3D1%23y"),
        ("%2e%2e", "%252e%252e"),
        ("a b\u00e9", "a%20b%C3%A9"),
        ("a\r\nHost: evil", "a%0D%0AHost%3A%20evil"),
    ],
)
@pytest.mark.off_contract
def test_a_hostile_name_cannot_change_the_path(app, name, path):
    server = app({})

    with pytest.raises(NotFoundError):
        make(server).database(name)

    assert server.asked == [f"GET {ORG}/databases/{path}"]


@pytest.mark.parametrize("name", ["", ".", "..", " ", "...", None])
def test_a_name_that_would_vanish_from_the_path_is_refused(app, name):
    server = app({})

    with pytest.raises(ConfigurationError, match="is not the name"):
        make(server).delete_database(name)

    assert server.requests == []


def test_text_that_is_not_unicode_is_refused_before_sending(app):
    server = app({})
    client = make(server)

    with pytest.raises(ConfigurationError, match="surrogate"):
        client.create_database_token("a", expiration="\ud800")
    with pytest.raises(ConfigurationError, match="surrogate"):
        client.create_database("a", group="\ud800")

    assert server.requests == []


def test_a_deleted_database_gives_nothing(app):
    server = app({f"DELETE {ORG}/databases/a": ok({"database": "a"})})

    assert make(server).delete_database("a") is None


def test_only_the_settings_that_were_given_are_sent(app):
    answer = {"size_limit": "10000", "block_reads": False, "allowed_ips": ["203.0.113.7"]}
    path = f"{ORG}/databases/a/configuration"
    server = app({f"PATCH {path}": ok(answer), f"GET {path}": ok(answer)})
    client = make(server)

    client.update_database_configuration("a", block_writes=False, allowed_ips=[])
    assert server.body == {"block_writes": False, "allowed_ips": []}
    client.protect_database("a")
    assert server.body == {"delete_protection": True}
    client.unprotect_database("a")
    assert server.body == {"delete_protection": False}
    found = client.database_configuration("a")

    assert (found.size_limit, found.allowed_ips) == ("10000", ("203.0.113.7",))


def test_tokens_are_secrets_and_say_what_they_may(app):
    server = app(
        {
            f"POST {ORG}/databases/a/auth/tokens": ok({"jwt": "jwt-1"}),
            f"POST {ORG}/groups/g/auth/tokens": ok({"jwt": "jwt-2"}),
        }
    )
    client = make(server)

    token = client.create_database_token("a")
    assert token == Secret("jwt-1")
    assert server.asked[-1].endswith("?expiration=never&authorization=full-access")
    assert server.requests[-1].content == b""
    client.create_database_token(
        "a", expiration="2w1d30m", authorization="read-only", read_attach=["b"]
    )
    assert server.asked[-1].endswith("?expiration=2w1d30m&authorization=read-only")
    assert server.body == {"permissions": {"read_attach": {"databases": ["b"]}}}
    assert client.create_group_token("g") == Secret("jwt-2")

    with pytest.raises(ConfigurationError, match="authorization"):
        client.create_database_token("a", authorization="root")
    with pytest.raises(ConfigurationError, match="list"):
        client.create_database_token("a", read_attach="other")


@pytest.mark.off_contract
def test_an_empty_token_is_not_taken_for_one(app):
    server = app({f"POST {ORG}/databases/a/auth/tokens": [ok({"jwt": ""}), ok({"jwt": 1}), ok([])]})
    client = make(server)

    for _ in range(3):
        with pytest.raises(UnexpectedAnswerError, match="`jwt`"):
            client.create_database_token("a")


def test_rotating_tokens_takes_an_empty_answer(app):
    server = app(
        {
            f"POST {ORG}/databases/a/auth/rotate": httpx.Response(200),
            f"POST {ORG}/groups/g/auth/rotate": httpx.Response(200),
        }
    )
    client = make(server)

    client.rotate_database_tokens("a")
    client.rotate_group_tokens("g")


def test_usage_is_asked_for_in_utc(app):
    usage = {"rows_read": 1, "rows_written": 2, "storage_bytes": 3, "bytes_synced": 4}
    answer = {
        "database": {"uuid": "u", "instances": [{"uuid": "i", "usage": usage}], "total": usage}
    }
    server = app({f"GET {ORG}/databases/a/usage": ok(answer)})
    start = datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=1)))

    found = make(server).database_usage("a", start=start, end=datetime(2026, 2, 1, tzinfo=UTC))

    assert dict(server.requests[0].url.params) == {
        "from": "2025-12-31T23:00:00Z",
        "to": "2026-02-01T00:00:00Z",
    }
    assert found.total == found.instances[0].usage
    assert found.total == Usage(rows_read=1, rows_written=2, storage_bytes=3, bytes_synced=4)


@pytest.mark.off_contract
def test_the_sum_of_usage_may_be_called_usage(app):
    answer = {"database": {"uuid": "u", "instances": None, "usage": {"storage_bytes": 9}}}
    server = app({f"GET {ORG}/databases/a/usage": ok(answer)})

    assert (make(server).database_usage("a")).total.storage_bytes == 9


def test_a_time_without_a_zone_is_refused(app):
    naive = datetime(2026, 1, 1)  # noqa: DTZ001 - the subject
    with pytest.raises(ConfigurationError, match="without a zone"):
        make(app({})).database_usage("a", start=naive)
    with pytest.raises(ConfigurationError, match="without a zone"):
        Seed.from_database("a", at=naive)


def test_statistics_may_be_null(app):
    query = {"query": "SELECT 1", "rows_read": 1, "rows_written": 0}
    path = f"GET {ORG}/databases/a/stats"
    server = app({path: [ok({"top_queries": None}), ok({"top_queries": [query]})]})
    client = make(server)

    assert client.database_stats("a") == ()
    assert [each.query for each in client.database_stats("a")] == ["SELECT 1"]


def test_instances_are_listed(app):
    instance = {"uuid": "u", "name": "aws-us-east-1", "type": "primary", "hostname": "h"}
    server = app({f"GET {ORG}/databases/a/instances": ok({"instances": [instance]})})

    assert make(server).instances("a") == (
        Instance(uuid="u", name="aws-us-east-1", type="primary", hostname="h"),
    )


def test_groups_are_managed_by_name(app):
    group = {"name": "g", "uuid": "u", "locations": ["aws-us-east-1"], "primary": "aws-us-east-1"}
    settings = {"delete_protection": True}
    server = app(
        {
            f"GET {ORG}/groups": ok({"groups": [group]}),
            f"GET {ORG}/groups/g": ok({"group": group}),
            f"POST {ORG}/groups": ok({"group": group}),
            f"DELETE {ORG}/groups/g": ok({"group": group}),
            f"POST {ORG}/groups/g/unarchive": ok({"group": group}),
            f"POST {ORG}/groups/g/transfer": ok(group),
            f"GET {ORG}/groups/g/configuration": ok(settings),
            f"PATCH {ORG}/groups/g/configuration": ok(settings),
        }
    )
    client = make(server)

    assert [each.name for each in client.groups()] == ["g"]
    assert (client.group("g")).locations == ("aws-us-east-1",)
    assert (client.create_group("g", location="aws-us-east-1")).uuid == "u"
    assert server.body == {"name": "g", "location": "aws-us-east-1"}
    assert (client.unarchive_group("g")).name == "g"
    assert (client.update_group_configuration("g", delete_protection=True)).delete_protection
    assert server.body == settings
    assert (client.group_configuration("g")).delete_protection
    client.transfer_group("g", organization="other")
    assert server.body == {"organization": "other"}
    assert client.delete_group("g") is None


def groups_of(*names, archived=False):
    return ok({"groups": [{"name": name, "archived": archived} for name in names]})


LOCATIONS = ok({"locations": {"aws-eu-west-1": "Ireland", "aws-us-east-1": "Virginia"}})


def test_a_group_of_the_wanted_name_is_used(app):
    server = app({f"GET {ORG}/groups": groups_of("default", "other")})
    client = make(server)

    assert (client.ensure_group()).name == "default"
    assert (client.ensure_group("other")).name == "other"
    assert len(server.requests) == 2


def test_the_only_group_is_used_when_none_is_named(app):
    server = app({f"GET {ORG}/groups": groups_of("production")})

    assert (make(server).ensure_group()).name == "production"


def test_several_groups_need_a_choice(app):
    server = app({f"GET {ORG}/groups": groups_of("b", "a")})

    with pytest.raises(ConfigurationError, match="several groups: a, b"):
        make(server).ensure_group()


@pytest.mark.parametrize("present", [(), ("default",), ("a", "b")])
def test_a_named_group_is_never_made(app, present):
    server = app({f"GET {ORG}/groups": groups_of(*present)})

    with pytest.raises(ConfigurationError, match="no group 'mine'"):
        make(server).ensure_group("mine")

    assert len(server.requests) == 1


def test_the_first_group_is_made_in_the_closest_place(app):
    server = app(
        {
            f"GET {ORG}/groups": groups_of(),
            "GET /v1/locations": LOCATIONS,
            "GET /": ok({"server": "aws-eu-west-1", "client": "lhr"}),
            f"POST {ORG}/groups": ok({"group": {"name": "default"}}),
        }
    )

    assert (make(server).ensure_group()).name == "default"
    asking = next(each for each in server.requests if each.url.host == "region.turso.io")
    assert "authorization" not in asking.headers
    assert server.body == {"name": "default", "location": "aws-eu-west-1"}


@pytest.mark.parametrize(
    "closest",
    [ok({"server": "lhr", "client": "lhr"}), httpx.Response(404), httpx.ConnectError("no")],
    ids=["retired code", "refused", "unreachable"],
)
@pytest.mark.off_contract
def test_a_closest_place_that_cannot_be_used_is_replaced(app, quick, closest):
    server = app(
        {
            f"GET {ORG}/groups": groups_of(),
            "GET /v1/locations": LOCATIONS,
            "GET /": closest,
            f"POST {ORG}/groups": ok({"group": {"name": "default"}}),
        }
    )

    make(server, settings=quick).ensure_group()

    assert server.body["location"] == "aws-us-east-1"


def test_a_named_location_is_not_looked_up(app):
    server = app(
        {f"GET {ORG}/groups": groups_of(), f"POST {ORG}/groups": ok({"group": {"name": "default"}})}
    )

    make(server).ensure_group(location="aws-ap-south-1")

    assert len(server.requests) == 2
    assert server.body["location"] == "aws-ap-south-1"


def test_a_sleeping_group_is_woken_up(app):
    server = app(
        {
            f"GET {ORG}/groups": groups_of("default", archived=True),
            f"POST {ORG}/groups/default/unarchive": ok({"group": {"name": "default"}}),
        }
    )

    assert not (make(server).ensure_group()).archived


def test_a_group_that_somebody_else_just_made_is_used(app):
    server = app(
        {
            f"GET {ORG}/groups": groups_of(),
            f"POST {ORG}/groups": httpx.Response(409, json={"error": "group already exists"}),
            f"GET {ORG}/groups/default": ok({"group": {"name": "default", "uuid": "theirs"}}),
        }
    )

    assert (make(server).ensure_group(location="aws-us-east-1")).uuid == "theirs"


FORBIDDEN = httpx.Response(403, json={"error": "forbidden"})


@pytest.mark.off_contract
def test_a_group_token_that_cannot_list_uses_the_named_group(app):
    unseen = app({f"GET {ORG}/groups": FORBIDDEN, f"GET {ORG}/groups/mine": FORBIDDEN})
    seen = app(
        {f"GET {ORG}/groups": FORBIDDEN, f"GET {ORG}/groups/mine": ok({"group": {"name": "mine"}})}
    )

    assert (make(unseen).ensure_group("mine")).name == "mine"
    assert (make(seen).ensure_group("mine")).name == "mine"


@pytest.mark.off_contract
def test_a_token_that_may_not_make_the_first_group_says_so(app):
    routes = {f"GET {ORG}/groups": groups_of(), f"POST {ORG}/groups": FORBIDDEN}
    hidden = app({**routes, f"GET {ORG}/groups/default": ok({"group": {"name": "default"}})})

    assert (make(hidden).ensure_group(location="aws-us-east-1")).name == "default"
    with pytest.raises(PermissionDeniedError) as caught:
        make(app(routes)).ensure_group(location="aws-us-east-1")

    assert "group-scoped token" in caught.value.hint


def test_the_closest_place_is_unknown_at_other_addresses(app):
    client = make(app({}), base_url="http://127.0.0.1:8080/")

    with pytest.raises(ConfigurationError, match="closest location"):
        client.closest_location()


def test_the_closest_place_can_be_asked_elsewhere(app):
    server = app({"GET /region": ok({"server": "aws-us-east-1", "client": "x"})})
    client = make(server, base_url="http://127.0.0.1:1", region_url="http://127.0.0.1:2/region")

    assert client.closest_location() == "aws-us-east-1"
    assert str(server.requests[0].url) == "http://127.0.0.1:2/region"


def test_locations_are_codes_with_names(app):
    assert make(app({"GET /v1/locations": LOCATIONS})).locations() == {
        "aws-eu-west-1": "Ireland",
        "aws-us-east-1": "Virginia",
    }


def test_the_organization_itself_can_be_read(app):
    server = app({f"GET {ORG}": ok({"organization": {"slug": "iku", "name": "Iku"}})})

    assert (make(server).organization()).name == "Iku"


def test_a_create_whose_name_is_taken_is_recognised_by_its_words(app):
    server = app(
        {
            f"POST {ORG}/databases": [
                httpx.Response(400, json={"error": "database with same name already exists"}),
                httpx.Response(409, json={"error": "database with name my-db already exists"}),
            ]
        }
    )
    client = make(server)

    for status in (400, 409):
        with pytest.raises(AlreadyExistsError, match="already exists") as caught:
            client.create_database("my-db", group="default")
        assert caught.value.status == status
