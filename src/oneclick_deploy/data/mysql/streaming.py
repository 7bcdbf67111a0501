"""A connection that answers the server's request for a file with blocks that are made meanwhile.

Import this module late: it needs PyMySQL.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pymysql
from attrs import frozen
from pymysql.constants import CLIENT, COMMAND, CR
from pymysql.protocol import OKPacketWrapper

# Its published types know only what is not underlined.
_Connection: Any = pymysql.Connection


@frozen
class Answer:
    """What the server said about a statement that changes rows."""

    rows: int
    warnings: int


class StreamingConnection(_Connection):  # type: ignore[misc]
    """Tells the server that it may ask for files, and never reads one.

    With PyMySQL's ``local_infile`` a server could ask for any file of this machine, at any
    statement. Here it gets the blocks of `load` whatever it names, and nothing at other statements.
    """

    def __init__(self, **arguments: Any) -> None:
        super().__init__(
            **arguments,
            local_infile=False,
            client_flag=CLIENT.LOCAL_FILES,
            charset="utf8mb4",
            autocommit=True,
        )

    def load(self, sql: str, blocks: Iterable[bytes]) -> Answer:
        """Run ``LOAD DATA LOCAL``, and send the blocks as the file's content."""
        self._execute_command(COMMAND.COM_QUERY, sql)
        packet = self._read_packet()
        if not packet.is_load_local_packet():
            # Whoever is at the other end does not load anything.
            self._force_close()
            raise pymysql.err.OperationalError(CR.CR_COMMANDS_OUT_OF_SYNC, "no file was wanted")
        try:
            for block in blocks:
                self.write_packet(block)
        except pymysql.err.Error:
            raise
        except BaseException:
            # An end of the file would make the server take what came so far for all of it.
            self._force_close()
            raise
        self.write_packet(b"")
        told = OKPacketWrapper(self._read_packet())
        return Answer(told.affected_rows, told.warning_count)

    def send(self, sql: bytes) -> Answer:
        """Run one statement, given as bytes."""
        self._execute_command(COMMAND.COM_QUERY, sql)
        told = OKPacketWrapper(self._read_packet())
        return Answer(told.affected_rows, told.warning_count)

    def interrupt(self) -> None:
        """End what another thread waits for on this connection."""
        import socket

        if self._sock is not None:
            self._sock.shutdown(socket.SHUT_RDWR)
