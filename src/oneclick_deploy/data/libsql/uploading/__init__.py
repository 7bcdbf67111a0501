"""Brings a whole preview into a new Turso database by the upload of its file."""

from __future__ import annotations

from oneclick_deploy.data.libsql.uploading._async import AsyncTursoUpload
from oneclick_deploy.data.libsql.uploading._sync import TursoUpload

__all__ = ["AsyncTursoUpload", "TursoUpload"]
