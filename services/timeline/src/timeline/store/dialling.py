"""Opening one connection of the driver's to PostgreSQL, in bounded time and with the signs of life that TCP has."""

import os
import socket
from collections.abc import Mapping
from typing import Any

import asyncpg
from sqlalchemy import URL

from peyvand.errors import Unavailable
from timeline.store.away import away

# For work without limits, and for connections that only listen: a machine that is gone sends no word of it.
_KEEP_ALIVE = (
    (socket.SOL_SOCKET, "SO_KEEPALIVE", 1),
    (socket.IPPROTO_TCP, "TCP_KEEPIDLE", 30),
    (socket.IPPROTO_TCP, "TCP_KEEPINTVL", 10),
    (socket.IPPROTO_TCP, "TCP_KEEPCNT", 3),
    (socket.IPPROTO_TCP, "TCP_USER_TIMEOUT", 30_000),
)


async def dial(where: URL, seconds: float, session: Mapping[str, str]) -> Any:
    """Return a new connection of the driver's; raises Unavailable."""
    try:
        connection = await asyncpg.connect(**_arguments(where), timeout=seconds, server_settings=dict(session))
    except (OSError, asyncpg.PostgresError, asyncpg.InternalClientError) as error:
        why = away(error) or f"it refuses connections ({type(error).__name__})"
        raise Unavailable(f"the database does not take this now: {why}") from error
    _keep_alive(connection)
    return connection


def _arguments(where: URL) -> Mapping[str, Any]:
    arguments = where.get_dialect()().create_connect_args(where)[1]
    return {k: v for k, v in arguments.items() if not k.startswith("prepared_statement")}


def _keep_alive(connection: Any) -> None:
    # the driver has no setting for it; a socket of the file system has no use for it
    seen = connection._transport.get_extra_info("socket")
    if seen is None or seen.family == socket.AF_UNIX:
        return
    with socket.socket(fileno=os.dup(seen.fileno())) as ours:
        for level, option, value in _KEEP_ALIVE:
            if hasattr(socket, option):
                ours.setsockopt(level, getattr(socket, option), value)
