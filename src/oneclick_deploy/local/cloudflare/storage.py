"""The open SQLite files behind D1 databases and KV namespaces, shared by the API and the workers."""

from __future__ import annotations

from oneclick_deploy.local.cloudflare.d1_database import D1File
from oneclick_deploy.local.cloudflare.errors import database_not_found, namespace_not_found
from oneclick_deploy.local.cloudflare.kv_entries import KvFile
from oneclick_deploy.local.cloudflare.state import State


class Storage:
    """Opens each file once.

    Args:
        state: Where the files are.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self._databases: dict[str, D1File] = {}
        self._namespaces: dict[str, KvFile] = {}

    def d1(self, uuid: str) -> D1File:
        """The file of a D1 database.

        Raises:
            Refusal: There is no such database.
        """
        if self._state.database(uuid) is None:
            raise database_not_found(uuid)
        if uuid not in self._databases:
            self._databases[uuid] = D1File(self._state.database_file(uuid))
        return self._databases[uuid]

    def kv(self, namespace: str) -> KvFile:
        """The file of a KV namespace.

        Raises:
            Refusal: There is no such namespace.
        """
        if all(found.id != namespace for found in self._state.namespaces()):
            raise namespace_not_found()
        if namespace not in self._namespaces:
            self._namespaces[namespace] = KvFile(self._state.namespace_file(namespace))
        return self._namespaces[namespace]

    def drop_d1(self, uuid: str) -> None:
        """Close a D1 database and remove it."""
        file = self._databases.pop(uuid, None)
        if file is not None:
            file.close()
        self._state.delete_database(uuid)

    def drop_kv(self, namespace: str) -> None:
        """Close a KV namespace and remove it."""
        file = self._namespaces.pop(namespace, None)
        if file is not None:
            file.close()
        self._state.delete_namespace(namespace)

    def close(self) -> None:
        """Close all files."""
        for database in self._databases.values():
            database.close()
        for namespace in self._namespaces.values():
            namespace.close()
        self._databases, self._namespaces = {}, {}
