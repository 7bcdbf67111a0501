"""The checker against the documents of Turso and Cloudflare, and against wrangler's recorded requests."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from attrs import field, frozen

from .checker import ContractChecker
from .openapi import Contract
from .schemas import Schemas

TOKEN = {"Authorization": "Bearer platform-token"}
SENT_JSON = {**TOKEN, "Content-Type": "application/json"}
JSON = {"content-type": "application/json"}
DATABASES = "/v1/organizations/acme/databases"
PROJECTS = "/client/v4/accounts/acc/pages/projects"
NEW_DATABASE: dict[str, Any] = {"name": "guestbook", "group": "default"}
DATABASE = {"Name": "guestbook", "DbId": "id", "Hostname": "guestbook-acme.turso.io"}


def asked(
    contract: Contract,
    method: str,
    path: str,
    body: Any = None,
    *,
    query: list[tuple[str, str]] | None = None,
    headers: dict[str, str] | None = None,
) -> list[str]:
    """Check a request that has a JSON body, or none."""
    if body is None:
        return contract.check_request(method, path, query or [], headers or TOKEN, b"")
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return contract.check_request(method, path, query or [], headers or SENT_JSON, content)


def answered(contract: Contract, method: str, path: str, status: int, body: Any) -> list[str]:
    """Check an answer that has a JSON body."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return contract.check_response(method, path, status, JSON, content)


class TestRequests:
    def test_a_documented_request_passes_and_is_counted(self, shared: Path) -> None:
        contract = Contract.load(shared / "specs/turso.json", provider="turso")
        assert asked(contract, "POST", DATABASES, NEW_DATABASE) == []
        assert asked(contract, "GET", DATABASES, query=[("group", "default")]) == []
        template = "/v1/organizations/{organizationSlug}/databases"
        assert contract.exercised == {("POST", template): 1, ("GET", template): 1}
        assert set(contract.exercised) <= set(contract.operations())

    @pytest.mark.parametrize(
        ("method", "path", "complaint"),
        [
            ("GET", "/v1/organisations/acme/databases", "the path is not documented"),
            ("GET", f"{DATABASES}/", "the path is not documented"),
            ("GET", f"{DATABASES}/a/b/c/d/e", "the path is not documented"),
            ("GET", "/", "the path is not documented"),
            ("GET", "", "the path is not documented"),
            (
                "PUT",
                DATABASES,
                "/v1/organizations/{organizationSlug}/databases has no documented PUT",
            ),
        ],
    )
    def test_a_wrong_path_or_method_is_reported(
        self, turso: Contract, method: str, path: str, complaint: str
    ) -> None:
        assert asked(turso, method, path) == [complaint]

    def test_a_path_outside_the_prefix_is_not_documented(self, cloudflare: Contract) -> None:
        assert asked(cloudflare, "GET", "/accounts/acc/pages/projects") == [
            "the path is not documented"
        ]
        assert asked(cloudflare, "GET", PROJECTS) == []

    def test_literal_segments_are_preferred_to_parameters(self, cloudflare: Contract) -> None:
        upload = "/client/v4/accounts/acc/pages/projects/guestbook/upload-token"
        named = cloudflare.operation("GET", upload)
        assert named is not None
        assert named[1].endswith("/upload-token")

    @pytest.mark.parametrize(
        ("query", "complaint"),
        [
            ([("grp", "x")], "query key 'grp' is not documented"),
            ([("group", "x"), ("group", "y")], "query key 'group' is repeated"),
            ([("limit", "ten")], 'query limit: the value is not of type "integer"'),
            ([("Group", "x")], "query key 'Group' is not documented"),
        ],
    )
    def test_a_wrong_query_is_reported(
        self, turso: Contract, query: list[tuple[str, str]], complaint: str
    ) -> None:
        assert asked(turso, "GET", DATABASES, query=query) == [complaint]

    def test_a_query_value_outside_its_choices_is_reported(self, turso: Contract) -> None:
        tokens = f"{DATABASES}/guestbook/auth/tokens"
        assert asked(turso, "POST", tokens, query=[("authorization", "read-only")]) == []
        (complaint,) = asked(turso, "POST", tokens, query=[("authorization", "write")])
        assert complaint.startswith("query authorization: the value is not one of")

    def test_a_required_query_key_may_not_be_missing(self, cloudflare: Contract) -> None:
        form = {**TOKEN, "Content-Type": "multipart/form-data; boundary=b"}
        path = "/client/v4/accounts/acc/workers/assets/upload"
        assert asked(cloudflare, "POST", path, b"--b--", headers=form) == [
            "query key 'base64' is missing"
        ]

    def test_filters_and_lists_in_a_query_are_understood(self, cloudflare: Contract) -> None:
        zones = "/client/v4/zones"
        good = [("account.id", "acc"), ("type", "full"), ("type", "partial"), ("page", "1")]
        assert asked(cloudflare, "GET", zones, query=good) == []
        bad = [("account.ids", "acc"), ("account", "acc"), ("type", "half")]
        assert len(asked(cloudflare, "GET", zones, query=bad)) == 3

    @pytest.mark.parametrize(
        ("body", "complaint"),
        [
            (
                {**NEW_DATABASE, "use_tursodb": True},
                "body: Additional properties are not allowed ('use_tursodb' was unexpected)",
            ),
            (
                {**NEW_DATABASE, "seed": {"type": "database", "value": "old"}},
                "body/seed: Additional properties are not allowed ('value' was unexpected)",
            ),
            (
                {**NEW_DATABASE, "seed": {"type": "dump"}},
                'body/seed/type: the value is not one of "database" or "database_upload"',
            ),
            ({"name": "guestbook"}, 'body: "group" is a required property'),
            (
                {**NEW_DATABASE, "size_limit": 256},
                'body/size_limit: the value is not of type "string"',
            ),
            ([NEW_DATABASE], 'body: the value is not of type "object"'),
            (
                b'{"name": "guestbook"',
                "body: is not JSON: Expecting ',' delimiter: line 1 column 21 (char 20)",
            ),
            (b'{"name": NaN}', "body: is not JSON: NaN is not JSON"),
            (b"[" * 100_000, "body: is not JSON: it is nested too deeply"),
            (b'"\\ud800"', "body: holds what JSON cannot carry"),
        ],
    )
    def test_a_wrong_body_is_reported_with_its_place(
        self, turso: Contract, body: Any, complaint: str
    ) -> None:
        assert asked(turso, "POST", DATABASES, body) == [complaint]

    def test_a_missing_or_unexpected_body_is_reported(self, turso: Contract) -> None:
        assert asked(turso, "POST", DATABASES) == ["the body is missing"]
        assert asked(turso, "DELETE", f"{DATABASES}/guestbook", {}) == [
            "a body is sent, and none is documented"
        ]

    def test_an_optional_body_may_be_left_out(self, turso: Contract) -> None:
        tokens = f"{DATABASES}/guestbook/auth/tokens"
        assert asked(turso, "POST", tokens) == []
        assert asked(turso, "POST", tokens, {"permissions": {}}) == []
        assert asked(turso, "POST", tokens, {"permissions": {"write": {}}}) != []

    @pytest.mark.parametrize("content_type", ["text/plain;charset=UTF-8", "", "application/jsonp"])
    def test_a_wrong_content_type_is_reported(self, turso: Contract, content_type: str) -> None:
        headers = {**TOKEN, "content-type": content_type}
        (complaint,) = asked(turso, "POST", DATABASES, NEW_DATABASE, headers=headers)
        assert complaint.endswith("documented is application/json")

    def test_parameters_of_the_content_type_do_not_matter(self, turso: Contract) -> None:
        headers = {**TOKEN, "CONTENT-TYPE": "Application/JSON; charset=utf-8"}
        assert asked(turso, "POST", DATABASES, NEW_DATABASE, headers=headers) == []

    @pytest.mark.parametrize("value", ["Bearer None", "Bearer ", "token", "Basic eDp5"])
    def test_a_malformed_token_is_reported_and_not_quoted(
        self, turso: Contract, value: str
    ) -> None:
        assert asked(turso, "GET", "/v1/organizations", headers={"Authorization": value}) == [
            "the Authorization header is not 'Bearer <token>'"
        ]

    def test_a_missing_token_is_reported(self, turso: Contract) -> None:
        assert asked(turso, "GET", "/v1/organizations", headers={"Accept": "*/*"}) == [
            "the Authorization header is missing"
        ]

    def test_a_deeply_nested_unknown_field_is_reported(self, cloudflare: Contract) -> None:
        variable = {"type": "secret_text", "value": "s3cret", "scope": "all"}
        body = {"deployment_configs": {"production": {"env_vars": {"KEY": variable}}}}
        (complaint,) = asked(cloudflare, "PATCH", f"{PROJECTS}/guestbook", body)
        assert complaint.startswith("body/deployment_configs/production/env_vars/KEY: Additional")
        assert "'scope'" in complaint

    def test_null_deletes_a_key_of_a_project(self, cloudflare: Contract) -> None:
        body = {"deployment_configs": {"preview": {"env_vars": {"KEY": None}}}}
        assert asked(cloudflare, "PATCH", f"{PROJECTS}/guestbook", body) == []

    def test_no_complaint_quotes_a_value(self, cloudflare: Contract) -> None:
        variable = {"type": "s3cret-one", "value": ["s3cret-two"]}
        body = {"deployment_configs": {"production": {"env_vars": {"KEY": variable}}}, "name": 5}
        found = asked(cloudflare, "PATCH", f"{PROJECTS}/guestbook", body)
        assert len(found) >= 2
        assert "s3cret" not in " ".join(found)


class TestAnswers:
    def test_documented_answers_pass(self, turso: Contract) -> None:
        assert answered(turso, "POST", DATABASES, 200, {"database": DATABASE}) == []
        assert answered(turso, "GET", DATABASES, 200, {"databases": [DATABASE]}) == []
        assert answered(turso, "DELETE", f"{DATABASES}/a", 200, {"database": "a"}) == []
        assert answered(turso, "POST", DATABASES, 409, {"error": "exists"}) == []

    @pytest.mark.parametrize(
        ("status", "body", "complaint"),
        [
            (201, {"database": DATABASE}, "status 201 is not documented"),
            (307, b"", "status 307 is not documented"),
            (404, {"database": DATABASE}, 'body: "error" is a required property'),
            (200, {}, 'body: "database" is a required property'),
            (200, {"database": {"Name": "a"}}, 'body/database: "DbId" is a required property'),
            (200, {"database": DATABASE, "ok": True}, "body: Additional properties"),
            (200, {"database": {**DATABASE, "hostname": "a"}}, "body/database: Additional"),
            (200, b"<html>", "body: is not JSON"),
            (200, b"", "body: is not JSON"),
            (418, {"error": "teapot"}, "status 418 is not documented"),
        ],
    )
    def test_a_wrong_answer_is_reported(
        self, turso: Contract, status: int, body: Any, complaint: str
    ) -> None:
        found = answered(turso, "POST", DATABASES, status, body)
        assert any(row.startswith(complaint) for row in found), found

    @pytest.mark.parametrize("status", [500, 502, 503, 524])
    def test_a_failing_server_may_answer_anything(self, turso: Contract, status: int) -> None:
        assert turso.check_response("GET", DATABASES, status, {}, b"<html>Bad gateway") == []

    def test_an_answer_documented_without_content_is_empty(self, turso: Contract) -> None:
        rotate = f"{DATABASES}/guestbook/auth/rotate"
        assert turso.check_response("POST", rotate, 200, {}, b"") == []
        assert answered(turso, "POST", rotate, 200, {}) == [
            "the answer has a body, and none is documented"
        ]

    def test_an_answer_of_another_content_type_is_reported(self, turso: Contract) -> None:
        body = json.dumps({"databases": []}).encode()
        assert turso.check_response("GET", DATABASES, 200, {"content-type": "text/html"}, body) == [
            "the content type is text/html, documented is application/json"
        ]

    def test_what_nobody_documented_may_fail_but_not_succeed(self, turso: Contract) -> None:
        assert answered(turso, "GET", "/v9/nothing", 404, {"error": "not found"}) == []
        assert answered(turso, "GET", "/v9/nothing", 200, {}) == [
            "status 200 for an undocumented operation"
        ]

    def test_composed_schemas_are_closed_as_a_whole(self, turso: Contract) -> None:
        groups = "/v1/organizations/acme/groups"
        group = {"name": "default", "uuid": "u", "primary": "aws-us-east-1", "archived": False}
        assert answered(turso, "GET", groups, 200, {"groups": [group]}) == []
        (complaint,) = answered(turso, "GET", groups, 200, {"groups": [{**group, "zz": 1}]})
        assert complaint == (
            "body/groups/0: Unevaluated properties are not allowed ('zz' was unexpected)"
        )

    def test_null_is_accepted_only_where_documented(self, turso: Contract) -> None:
        orphan = {**DATABASE, "parent": None}
        assert answered(turso, "GET", DATABASES, 200, {"databases": [orphan]}) == []
        headless = {**DATABASE, "Hostname": None}
        assert answered(turso, "GET", DATABASES, 200, {"databases": [headless]}) == [
            'body/databases/0/Hostname: the value is not of type "string"'
        ]

    def test_dates_must_be_dates(self, turso: Contract) -> None:
        child = {**DATABASE, "parent": {"id": "i", "name": "n", "branched_at": "yesterday"}}
        assert answered(turso, "GET", DATABASES, 200, {"databases": [child]}) == [
            'body/databases/0/parent/branched_at: the value is not a "date-time"'
        ]

    def test_every_cloudflare_failure_has_the_envelope(self, cloudflare: Contract) -> None:
        project = f"{PROJECTS}/guestbook"
        failure = {"success": False, "errors": [{"code": 8000007, "message": "not found"}]}
        assert answered(cloudflare, "GET", project, 404, failure) == []
        assert answered(cloudflare, "GET", project, 404, {**failure, "success": True}) != []
        assert answered(cloudflare, "GET", project, 404, {"error": "not found"}) != []

    def test_the_elements_of_a_list_are_checked(self, cloudflare: Contract) -> None:
        envelope = {"success": True, "errors": [], "messages": []}
        found = answered(cloudflare, "GET", PROJECTS, 200, {**envelope, "result": [{"id": "p"}]})
        assert 'body/result/0: "name" is a required property' in found

    def test_an_expired_upload_token_may_be_answered_in_plain_text(
        self, cloudflare: Contract
    ) -> None:
        text = {"content-type": "text/plain"}
        upload = "/client/v4/pages/assets/upload"
        assert cloudflare.check_response("POST", upload, 403, text, b"Expired JWT") == []
        assert cloudflare.check_response("GET", PROJECTS, 403, text, b"Expired JWT") != []


class TestDocuments:
    @pytest.mark.parametrize("file", ["turso.json", "cloudflare-sdk.json"])
    def test_every_schema_of_a_document_compiles(self, shared: Path, file: str) -> None:
        document = json.loads((shared / "specs" / file).read_text())
        schemas = Schemas(document)
        for name in document["components"]["schemas"]:
            validator = schemas.validator({"$ref": f"#/components/schemas/{name}"})
            assert isinstance(validator.is_valid({"no such field": 1}), bool)

    def test_openapi_3_0_words_keep_their_meaning(self) -> None:
        validator = Schemas({}).validator(
            {
                "type": "object",
                "properties": {
                    "low": {"type": "number", "minimum": 0, "exclusiveMinimum": True},
                    "high": {"type": "number", "maximum": 9, "exclusiveMaximum": False},
                    "kind": {"type": "string", "enum": ["a"], "nullable": True},
                    "free": {"type": "object"},
                    "map": {"type": "object", "additionalProperties": {"type": "integer"}},
                    "example": {"type": "string", "example": 5, "x-note": 1},
                },
            }
        )
        good = {"low": 0.1, "high": 9, "kind": None, "free": {"x": 1}, "map": {"x": 1}}
        assert validator.is_valid({**good, "example": "a field of this name is no annotation"})
        for bad in ({"low": 0}, {"high": 10}, {"kind": "b"}, {"map": {"x": "1"}}, {"zz": 1}):
            assert not validator.is_valid(bad)

    def test_recursive_schemas_are_closed_on_every_level(self) -> None:
        node = {
            "type": "object",
            "properties": {"child": {"$ref": "#/components/schemas/Node"}},
        }
        schemas = Schemas({"components": {"schemas": {"Node": node}}})
        validator = schemas.validator({"$ref": "#/components/schemas/Node"})
        assert validator.is_valid({"child": {"child": {}}})
        assert not validator.is_valid({"child": {"child": {"zz": 1}}})


@frozen
class Sent:
    """A recorded request in the checker's terms."""

    method: str
    url: str
    headers: dict[str, str] = field(factory=dict)
    content: bytes = b""


def form_of(parts: list[dict[str, Any]], boundary: str) -> bytes:
    """Write a recorded form as the bytes it was."""
    lines = b""
    for part in parts:
        disposition = f'form-data; name="{part["name"]}"'
        if "filename" in part:
            disposition += f'; filename="{part["filename"]}"'
        head = f"--{boundary}\r\nContent-Disposition: {disposition}\r\n"
        if "content_type" in part:
            head += f"Content-Type: {part['content_type']}\r\n"
        lines += f"{head}\r\n".encode() + content_of(part) + b"\r\n"
    return lines + f"--{boundary}--\r\n".encode()


def content_of(message: dict[str, Any], boundary: str = "inner-boundary") -> bytes:
    """Write a recorded body as the bytes it was."""
    if "multipart" in message:
        return form_of(message["multipart"], boundary)
    if "json" in message:
        return json.dumps(message["json"], ensure_ascii=False, separators=(",", ":")).encode()
    if "omitted" in message:
        return b"export default {};"
    return str(message.get("text", "")).encode()


def recorded_requests(trace: Path) -> list[Sent]:
    """Read a trace. Its placeholders, such as ``<UPLOAD_JWT #2>``, become words."""
    text = re.sub(r"<(\w+)(?: #(\d+))?>", r"\1\2", trace.read_text())
    requests = []
    for exchange in json.loads(text)["exchanges"]:
        request = exchange["request"]
        query = f"?{urlencode(request['query'])}" if request["query"] else ""
        requests.append(
            Sent(
                method=request["method"],
                url=f"https://api.cloudflare.com/client/v4{request['path']}{query}",
                headers=request["headers"],
                content=content_of(request, boundary="BOUNDARY"),
            )
        )
    return requests


def _project(method: str, below: str = "") -> str:
    return f"cloudflare {method} /accounts/{{account_id}}/pages/projects{below}"


# It serialises the body itself, and its fetch calls every string text; we send application/json.
_TEXT_PLAIN = "the content type is text/plain;charset=UTF-8, documented is application/json"
# It sends the commit's message as it is. The server has refused cut and many-lined ones (8000111);
# we send one short line of ASCII.
_FREE_MESSAGE = "form part commit_message: does not match [ -~]+"
_DEPLOYMENTS = "/{project_name}/deployments"

# (trace, operation) -> what wrangler does that we must not do.
WRANGLERS_OWN_WAYS = {
    ("project-create", _project("POST")): _TEXT_PLAIN,
    ("project-create-compat", _project("POST")): _TEXT_PLAIN,
    ("secret-bulk", _project("PATCH", "/{project_name}")): _TEXT_PLAIN,
    ("secret-delete", _project("PATCH", "/{project_name}")): _TEXT_PLAIN,
    ("secret-put", _project("PATCH", "/{project_name}")): _TEXT_PLAIN,
    ("deployment-tail", _project("POST", f"{_DEPLOYMENTS}/{{deployment_id}}/tails")): _TEXT_PLAIN,
    ("deploy-static", _project("POST", _DEPLOYMENTS)): _FREE_MESSAGE,
    ("deploy-git-dirty", _project("POST", _DEPLOYMENTS)): _FREE_MESSAGE,
}


def test_wranglers_recorded_requests_pass_except_for_its_known_own_ways(shared: Path) -> None:
    traces = sorted((shared / "traces/cloudflare-pages/pages").glob("*.json"))
    assert len(traces) >= 32
    seen: dict[tuple[str, str], str] = {}
    checker = ContractChecker(shared, strict=True)
    for trace in traces:
        for request in recorded_requests(trace):
            checker.on_exchange(request, None)
        for violation in checker.violations:
            key = (trace.stem, violation.operation)
            assert seen.setdefault(key, violation.message) == violation.message
        checker.violations.clear()
    assert seen == WRANGLERS_OWN_WAYS
    assert "cloudflare: documented operations exercised 15/120" in checker.coverage_table()
