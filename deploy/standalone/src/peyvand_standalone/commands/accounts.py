"""The kept sign-ins, opened for a command that needs no server."""

import os
import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from peyvand.oauth import Accounts
from peyvand_standalone.commands.opened import opened
from peyvand_standalone.places import Places
from timeline.store import SqlCursors


@asynccontextmanager
async def kept_accounts(places: Places) -> AsyncIterator[Accounts]:
    """Open them while the body runs; a running Peyvand may have them open too. Raises Unavailable."""
    places.folder.mkdir(parents=True, exist_ok=True)
    holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
    async with opened(places) as database:
        yield Accounts(SqlCursors(database), places.key, holder)
