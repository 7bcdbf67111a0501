"""Routing, collecting, reporting and merging."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from attrs import field, frozen

from oneclick_deploy.secrets import Secret

from .checker import ContractChecker
from .excerpts import LONGEST, excerpt

JWT = "eyJhbGciOiJFZERTQSJ9.eyJpYXQiOjE3NjM2MDAwMDB9.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg"
TURSO = "https://api.turso.tech"
REGION = "https://region.turso.io"
LOCAL = "http://127.0.0.1:8081"
TOKENS = "/v1/organizations/acme/databases/guestbook/auth/tokens"


@frozen(kw_only=True)
class Sent:
    method: str = "GET"
    url: str = f"{TURSO}/v1/organizations"
    headers: dict[str, str | Secret] = field(factory=lambda: {"Authorization": "Bearer x"})
    content: bytes = b""


@frozen(kw_only=True)
class Came:
    status: int = 200
    headers: dict[str, str] = field(factory=lambda: {"content-type": "application/json"})
    content: bytes = b"[]"


@pytest.fixture
def checker(shared: Path) -> ContractChecker:
    return ContractChecker(shared)


def deployment(form: bytes) -> Sent:
    return Sent(
        method="POST",
        url="https://api.cloudflare.com/client/v4/accounts/a/pages/projects/p/deployments",
        headers={"Authorization": "Bearer x", "Content-Type": "multipart/form-data; boundary=b"},
        content=form,
    )


def pipeline(url: str, *requests: Any) -> Sent:
    return Sent(
        method="POST",
        url=url,
        headers={"Content-Type": "application/json"},
        content=json.dumps({"requests": requests}).encode(),
    )


class TestRouting:
    def test_the_real_hosts_are_known(self, checker: ContractChecker) -> None:
        checker.on_exchange(Sent(), Came())
        checker.on_exchange(Sent(url="https://api.cloudflare.com/client/v4/user"), None)
        checker.on_exchange(
            pipeline("https://guestbook-acme.aws-us-east-1.turso.io/v2/pipeline"), None
        )
        closest = b'{"server":"aws-us-east-1","client":"aws-us-east-1"}'
        checker.on_exchange(Sent(url=REGION, headers={}), Came(content=closest))
        assert checker.violations == []
        table = checker.coverage_table()
        assert "turso: documented operations exercised 1/" in table
        assert "cloudflare: documented operations exercised 1/" in table

    def test_the_token_stays_away_from_the_service_that_names_the_closest_location(
        self, checker: ContractChecker
    ) -> None:
        checker.on_exchange(Sent(url=REGION), Came(content=b'{"server":"aws-us-east-1"}'))
        assert [violation.message for violation in checker.violations] == [
            "a token is sent, and none is asked for",
            'body: "client" is a required property',
        ]

    def test_registered_servers_are_checked_like_the_real_ones(
        self, checker: ContractChecker
    ) -> None:
        checker.register(LOCAL, "turso")
        checker.register(f"{LOCAL}/client/v4/", "cloudflare")
        checker.register(f"{LOCAL}/databases/guestbook", "hrana")
        for path in ("/v1/organizations", "/client/v4/user", "/databases/guestbook/health"):
            checker.on_exchange(Sent(url=f"{LOCAL}{path}"), None)
        assert checker.violations == []
        for path in ("/v1/nothing", "/client/v4/nothing", "/databases/guestbook/v1/nothing"):
            checker.on_exchange(Sent(url=f"{LOCAL}{path}"), None)
        assert [violation.operation for violation in checker.violations] == [
            "turso GET /v1/nothing",
            "cloudflare GET /nothing",
            "hrana GET /v1/nothing",
        ]

    def test_a_server_can_become_another_kind(self, checker: ContractChecker) -> None:
        checker.register(LOCAL, "turso")
        checker.register(LOCAL, "hrana")
        checker.on_exchange(Sent(url=f"{LOCAL}/health"), None)
        assert checker.violations == []

    def test_a_kind_without_a_contract_is_refused(self, checker: ContractChecker) -> None:
        with pytest.raises(
            ValueError, match="neon is not one of turso, cloudflare, turso-region, hrana"
        ):
            checker.register(LOCAL, "neon")  # type: ignore[arg-type]

    def test_unknown_hosts_are_reported_only_by_a_strict_checker(
        self, checker: ContractChecker, shared: Path
    ) -> None:
        strict = ContractChecker(shared, strict=True)
        for each in (checker, strict):
            each.on_exchange(Sent(url="http://127.0.0.1:9/v1/organizations"), Came())
        assert checker.violations == []
        (violation,) = strict.violations
        assert (violation.operation, violation.message) == (
            "127.0.0.1:9",
            "the host is not registered",
        )


class TestViolations:
    def test_each_side_of_an_exchange_is_checked(self, checker: ContractChecker) -> None:
        request = Sent(url=f"{TURSO}/v1/organizations?page=2")
        checker.on_exchange(request, Came(content=b"{}"))
        assert [(row.direction, row.operation, row.message) for row in checker.violations] == [
            ("request", "turso GET /v1/organizations", "query key 'page' is not documented"),
            (
                "response",
                "turso GET /v1/organizations",
                'body: the value is not of type "array"',
            ),
        ]
        assert str(checker.violations[1]) == (
            'turso GET /v1/organizations: response: body: the value is not of type "array"\n    {}'
        )

    def test_a_lost_answer_is_no_violation(self, checker: ContractChecker) -> None:
        checker.on_exchange(Sent(), None)
        assert checker.violations == []

    def test_headers_may_be_secret(self, checker: ContractChecker) -> None:
        checker.on_exchange(Sent(headers={"Authorization": Secret("Bearer token")}), None)
        assert checker.violations == []
        checker.on_exchange(Sent(headers={"Authorization": Secret("Bearer None")}), None)
        assert len(checker.violations) == 1

    def test_encoded_paths_and_queries_are_read(self, checker: ContractChecker) -> None:
        name = "a%2Fb%20%E6%97%A5"
        url = f"{TURSO}/v1/organizations/{name}/databases?group=a%2Fb+c&parent="
        checker.on_exchange(Sent(url=url), None)
        assert checker.violations == []

    def test_hand_written_rules_complete_the_document(self, checker: ContractChecker) -> None:
        checker.on_exchange(deployment(b"--b--\r\n"), None)
        checker.on_exchange(
            Sent(
                method="POST",
                url="https://api.cloudflare.com/client/v4/pages/assets/check-missing",
                headers={"Authorization": "Bearer x", "Content-Type": "application/json"},
                content=b'{"hashes":["abc"]}',
            ),
            None,
        )
        assert [violation.message for violation in checker.violations] == [
            "form: the body does not begin and end with the boundary",
            'body/hashes/0: the value does not match "^[0-9a-f]{32}$"',
        ]

    def test_results_are_matched_with_the_pipeline_that_asked(
        self, checker: ContractChecker
    ) -> None:
        body = b'{"baton":null,"base_url":null,"results":[]}'
        request = pipeline("https://guestbook-acme.turso.io/v2/pipeline", {"type": "close"})
        checker.on_exchange(request, Came(content=body))
        (violation,) = checker.violations
        assert violation.message == "body/results: 0 for 1 requests"

    def test_one_mistake_seen_twice_in_a_message_is_one_violation(
        self, checker: ContractChecker
    ) -> None:
        url = f"{TURSO}/v1/organizations?page=2&page=3"
        checker.on_exchange(Sent(url=url), None)
        assert len(checker.violations) == 1


class TestSecrets:
    def test_no_secret_of_a_faulty_message_is_reported(self, checker: ContractChecker) -> None:
        checker.on_exchange(
            Sent(method="POST", url=f"{TURSO}{TOKENS}"),
            Came(content=json.dumps({"jwt": JWT, "password": "hunter2", "zz": JWT}).encode()),
        )
        form = b'--b\r\nContent-Disposition: form-data; name="x"\r\n\r\nhunter2\r\n--b--\r\n'
        checker.on_exchange(deployment(form), None)
        text = "\n".join(map(str, checker.violations)) + json.dumps(checker.dump())
        assert len(checker.violations) >= 3
        assert "hunter2" not in text
        assert JWT[:12] not in text

    @pytest.mark.parametrize(
        ("body", "shown"),
        [
            (b"", "(no body)"),
            (b'{"name":"guestbook","n":5}', '{"name": "guestbook", "n": 5}'),
            (b'{"env":[{"value":"hunter2"}]}', '{"env": [{"value": "(7 characters)"}]}'),
            (b'{"jwt":["a","b"]}', '{"jwt": ["(1 characters)", "(1 characters)"]}'),
            (b'{"error":"bad token %s"}' % JWT.encode(), '{"error": "(86 characters)"}'),
            (b"Expired JWT", "Expired JWT"),
            (b"token " + JWT.encode(), "token (76 characters)"),
            (b"two\nlines", "(9 bytes that are not JSON)"),
            (bytes(1000), "(1000 bytes that are not JSON)"),
            (b"\xff", "(1 bytes that are not JSON)"),
        ],
    )
    def test_excerpts_show_the_shape_and_not_the_secrets(self, body: bytes, shown: str) -> None:
        assert excerpt(body) == shown

    def test_excerpts_are_short(self) -> None:
        assert len(excerpt(json.dumps(list(range(10_000))).encode())) == LONGEST + 1


class TestBringingTogether:
    def test_dumps_of_several_processes_become_one_checker(self, shared: Path) -> None:
        dumps = []
        for page in ("1", "2"):
            checker = ContractChecker(shared)
            checker.on_exchange(Sent(), Came())
            checker.on_exchange(Sent(url=f"{TURSO}/v1/organizations?page={page}"), None)
            checker.on_exchange(
                pipeline("https://a-b.turso.io/v2/pipeline", {"type": "close"}), None
            )
            dumps.append(json.loads(json.dumps(checker.dump())))
        merged = ContractChecker.merge(dumps)
        assert len(merged.violations) == 2
        assert merged.violations[0].message == "query key 'page' is not documented"
        lines = merged.coverage_table().splitlines()
        assert lines[0].startswith("turso: documented operations exercised 1/")
        assert lines[1].split() == ["4", "GET", "/v1/organizations"]
        assert lines[2].startswith("cloudflare: documented operations exercised 0/")
        assert lines[-1].split() == ["2", "POST", "/v2/pipeline", "close"]
        assert ContractChecker.merge([merged.dump()]).coverage_table() == merged.coverage_table()

    def test_nothing_cannot_be_merged(self) -> None:
        with pytest.raises(ValueError, match="nothing to merge"):
            ContractChecker.merge([])
