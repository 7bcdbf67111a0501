"""The tables of the SQLite store."""

from __future__ import annotations

from typing import Final

VERSION: Final = 1

CREATE: Final = """
CREATE TABLE deployed_apps (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    user_id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    platform TEXT NOT NULL,
    status TEXT NOT NULL,
    deployment_url TEXT NOT NULL,
    custom_domain TEXT NOT NULL,
    database_provider TEXT NOT NULL,
    database_id TEXT NOT NULL,
    database_url_encrypted BLOB NOT NULL,
    hosting_provider TEXT NOT NULL,
    hosting_project_id TEXT NOT NULL,
    tier TEXT NOT NULL,
    config TEXT NOT NULL,
    secrets_encrypted BLOB NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    last_deployed_at TEXT
) STRICT;
CREATE UNIQUE INDEX one_live_app ON deployed_apps (user_id, name, platform)
    WHERE status <> 'destroyed';
CREATE TABLE runs (
    id TEXT PRIMARY KEY,
    deployment_id TEXT NOT NULL REFERENCES deployed_apps (id),
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    fence INTEGER NOT NULL,
    lease_owner TEXT NOT NULL,
    lease_until TEXT,
    error TEXT NOT NULL,
    started_at TEXT NOT NULL,
    finished_at TEXT
) STRICT;
CREATE INDEX runs_of_a_deployment ON runs (deployment_id, started_at);
CREATE TABLE steps (
    run_id TEXT NOT NULL REFERENCES runs (id),
    step TEXT NOT NULL,
    position INTEGER NOT NULL,
    status TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    output TEXT NOT NULL,
    secrets_encrypted BLOB NOT NULL,
    summary TEXT NOT NULL,
    error TEXT NOT NULL,
    seconds REAL NOT NULL,
    PRIMARY KEY (run_id, step)
) STRICT;
CREATE TABLE resources (
    deployment_id TEXT NOT NULL REFERENCES deployed_apps (id),
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    status TEXT NOT NULL,
    run_id TEXT NOT NULL REFERENCES runs (id),
    position INTEGER NOT NULL,
    remote_id TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    adopted INTEGER NOT NULL,
    PRIMARY KEY (deployment_id, kind, name)
) STRICT;
CREATE TABLE transitions (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id TEXT NOT NULL REFERENCES runs (id),
    subject TEXT NOT NULL,
    status TEXT NOT NULL,
    at TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;
"""
