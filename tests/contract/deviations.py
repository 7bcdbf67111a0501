"""Where the recorded facts overrule a specification, or say what it leaves open.

One row, one place, one reason. Nothing is loosened by pattern: what stands neither in the document
nor here is reported. Not here, because the documents already agree with the facts: Turso's mixed
case (``Name``, ``DbId``, ``Hostname`` beside ``block_reads``), its 400 for a group that does not
exist, and its duplicate create: a 400 is documented, so the text decides, not the status.
What Turso's own clients still send and the document dropped (``seed.type: dump``,
``use_tursodb``, ``fine_grained_permissions``) is left out on purpose: this library must not send it.
"""

from __future__ import annotations

from .overlay import (
    Deviation,
    ErrorConvention,
    ExtraAnswer,
    ExtraFields,
    ExtraOperation,
    ExtraQuery,
    ListItems,
    RequiredFields,
)
from .schemas import Json

_TEXT: Json = {"type": "string"}
_FLAG: Json = {"type": "boolean"}
_WHOLE: Json = {"type": "integer"}
_ORGANIZATION = "/v1/organizations/{organizationSlug}"
_DATABASE = f"{_ORGANIZATION}/databases/{{databaseName}}"
_GROUP = f"{_ORGANIZATION}/groups/{{groupName}}"

# Facts: errors are {"error": <string or other JSON>, "code"?}. The code is optional.
_TURSO_ERROR: Json = {
    "type": "object",
    "properties": {"error": {}, "code": _TEXT},
    "required": ["error"],
}


def _turso_requires(where: str, *names: str) -> RequiredFields:
    return RequiredFields(
        provider="turso",
        where=where,
        names=names,
        reason="the specification requires nothing in answers; every client reads these",
        facts="turso.md",
    )


_TURSO: tuple[Deviation, ...] = (
    ExtraOperation(
        provider="turso",
        where=f"GET {_GROUP}/locations/{{location}}/wait",
        responses={"200": {}},
        reason="the command line client calls it after it has created a group",
        facts="turso.md",
    ),
    ErrorConvention(
        provider="turso",
        where="errors",
        anywhere=("401", "402", "403", "408", "429"),
        for_input=("400",),
        for_names=("404",),
        schema=_TURSO_ERROR,
        reason="few errors are documented; these are documented somewhere or read by the client",
        facts="turso.md",
    ),
    ExtraAnswer(
        provider="turso",
        where=f"POST {_ORGANIZATION}/databases 422",
        content={"application/json": {"schema": _TURSO_ERROR}},
        reason="the command line client reads 422 as: the name is not available",
        facts="turso.md",
    ),
    ExtraAnswer(
        provider="turso",
        where=f"POST {_ORGANIZATION}/groups 422",
        content={"application/json": {"schema": _TURSO_ERROR}},
        reason="the command line client reads 422 as: the name is not available",
        facts="turso.md",
    ),
    ExtraFields(
        provider="turso",
        where="Database",
        fields={
            "type": _TEXT,
            "database_type": {"type": "string", "enum": ["libsql", "tursodb"]},
            "version": _TEXT,
            "sleeping": _FLAG,
            "archived": _FLAG,
            "schema": _TEXT,
            "is_schema": _FLAG,
            "encryption_cipher": _TEXT,
        },
        reason="seen by the official clients",
        facts="turso.md",
    ),
    ExtraFields(
        provider="turso",
        where="BaseGroup",
        fields={"archived": _FLAG, "status": _TEXT},
        reason="in the command line client's type; archived also in the specification's examples",
        facts="turso.md",
    ),
    ExtraFields(
        provider="turso",
        where="DatabaseUsageOutput",
        fields={"usage": {"$ref": "#/components/schemas/DatabaseUsageObject"}},
        reason="both official clients read usage where the specification says total",
        facts="turso.md",
    ),
    ExtraQuery(
        provider="turso",
        where=f"GET {_ORGANIZATION}/databases",
        keys={"limit": _WHOLE, "cursor": _TEXT},
        reason="pages of databases, undocumented",
        facts="turso.md",
    ),
    ExtraFields(
        provider="turso",
        where=f"GET {_ORGANIZATION}/databases 200",
        fields={
            "pagination": {
                "type": "object",
                "properties": {"next": {"type": "string", "nullable": True}},
            }
        },
        reason="pages of databases, undocumented",
        facts="turso.md",
    ),
    _turso_requires("Database", "Name", "DbId", "Hostname"),
    _turso_requires("CreateDatabaseOutput", "Name", "DbId", "Hostname"),
    _turso_requires("BaseGroup", "name"),
    _turso_requires(f"GET {_ORGANIZATION}/databases 200", "databases"),
    _turso_requires(f"POST {_ORGANIZATION}/databases 200", "database"),
    _turso_requires(f"GET {_DATABASE} 200", "database"),
    _turso_requires(f"DELETE {_DATABASE} 200", "database"),
    _turso_requires(f"POST {_DATABASE}/auth/tokens 200", "jwt"),
    _turso_requires(f"GET {_DATABASE}/usage 200", "database"),
    _turso_requires(f"GET {_ORGANIZATION}/groups 200", "groups"),
    _turso_requires(f"POST {_ORGANIZATION}/groups 200", "group"),
    _turso_requires(f"GET {_GROUP} 200", "group"),
    _turso_requires(f"DELETE {_GROUP} 200", "group"),
    _turso_requires(f"POST {_GROUP}/auth/tokens 200", "jwt"),
    _turso_requires("GET /v1/locations 200", "locations"),
    _turso_requires("GET /v1/auth/validate 200", "exp"),
)

_PROJECTS = "/accounts/{account_id}/pages/projects"
_PROJECT = f"{_PROJECTS}/{{project_name}}"


def _cloudflare_lists(operation: str, items: Json) -> ListItems:
    return ListItems(
        provider="cloudflare",
        where=f"{operation} 200",
        items=items,
        reason="the document lost the element type that its x-pagination still names",
        facts="cloudflare.md",
    )


def _expired_jwt(operation: str) -> ExtraAnswer:
    return ExtraAnswer(
        provider="cloudflare",
        where=f"{operation} 403",
        content={"text/plain": {"schema": _TEXT}},
        reason="an expired upload token is also answered with the plain text 'Expired JWT'",
        facts="cloudflare.md",
    )


def _empty_result(component: str) -> ExtraFields:
    return ExtraFields(
        provider="cloudflare",
        where=component,
        fields={"result": {"nullable": True}},
        reason="the SDK ignores the result here; the envelope has one in every answer",
        facts="cloudflare.md",
    )


_CLOUDFLARE: tuple[Deviation, ...] = (
    _expired_jwt("POST /pages/assets/check-missing"),
    _expired_jwt("POST /pages/assets/upload"),
    _expired_jwt("POST /pages/assets/upsert-hashes"),
    _empty_result("pages.AssetUploadResponse"),
    _empty_result("pages.AssetUpsertHashesResponse"),
    ExtraQuery(
        provider="cloudflare",
        where=f"GET {_PROJECT}/deployments/{{deployment_id}}/history/logs",
        keys={"size": _WHOLE},
        reason="wrangler asks for the whole log with size=10000000",
        facts="cloudflare.md",
    ),
    ExtraQuery(
        provider="cloudflare",
        where="PUT /accounts/{account_id}/workers/scripts/{script_name}",
        keys={"excludeScript": _FLAG},
        reason="wrangler uploads Workers with excludeScript=true",
        facts="cloudflare.md",
    ),
    ExtraAnswer(
        provider="cloudflare",
        where="POST /accounts/{account_id}/workers/assets/upload 201",
        content={
            "application/json": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "success": _FLAG,
                        "errors": {"$ref": "#/components/schemas/Messages"},
                        "messages": {"$ref": "#/components/schemas/Messages"},
                        "result": {
                            "$ref": "#/components/schemas/workers.assets.UploadCreateResponse"
                        },
                    },
                    "required": ["success", "errors", "messages", "result"],
                }
            }
        },
        reason="the last bucket is answered with 201 and the completion token",
        facts="cloudflare.md",
    ),
    _cloudflare_lists(f"GET {_PROJECTS}", {"$ref": "#/components/schemas/pages.Project"}),
    _cloudflare_lists(
        f"GET {_PROJECT}/deployments", {"$ref": "#/components/schemas/pages.Deployment"}
    ),
    _cloudflare_lists(
        f"GET {_PROJECT}/domains",
        {"$ref": "#/components/schemas/pages.projects.DomainGetResponse"},
    ),
    _cloudflare_lists("POST /pages/assets/check-missing", _TEXT),
    _cloudflare_lists(
        "GET /accounts/{account_id}/storage/kv/namespaces",
        {"$ref": "#/components/schemas/kv.Namespace"},
    ),
    _cloudflare_lists("GET /zones", {"$ref": "#/components/schemas/zones.Zone"}),
    _cloudflare_lists("GET /accounts", {"$ref": "#/components/schemas/accounts.Account"}),
)

DEVIATIONS = (*_TURSO, *_CLOUDFLARE)


def deviations_of(provider: str) -> list[Deviation]:
    """The rows for one provider's document, in the order they apply."""
    return [row for row in DEVIATIONS if row.provider == provider]
