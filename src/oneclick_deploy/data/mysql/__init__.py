"""Moves a preview's rows into MySQL or MariaDB, all of them or none.

`AsyncMysqlImport` and `MysqlImport` fill tables that exist, by LOAD DATA LOCAL with blocks that
SQLite writes meanwhile, or by large INSERTs, and compare what arrived before it is kept.
They need ``oneclick-deploy[mysql]``.
"""

from __future__ import annotations

from oneclick_deploy.data.mysql._async import AsyncMysqlImport
from oneclick_deploy.data.mysql._sync import MysqlImport

__all__ = ["AsyncMysqlImport", "MysqlImport"]
