"""Serving one application on one address until a signal asks to stop, with what is wrong with the address in words."""

import asyncio
import errno
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from peyvand.errors import PeyvandError
from peyvand.proxies import Behind, Proxies

# A live page's stream never ends by itself; webhooks that are being answered get this long to finish.
GRACE_SECONDS = 2


class AddressTaken(PeyvandError):
    """The address cannot be listened on; the message names the way out."""


def listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens; raises AddressTaken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host, port))
        made.listen(2048)
    except OSError as error:
        made.close()
        raise AddressTaken(_in_words(error, host, port)) from error
    return made


def _in_words(error: OSError, host: str, port: int) -> str:
    other = 8081 if port != 8081 else 8082
    way_out = (
        f"Choose another one: ./peyvand up --port {other} or server.port in peyvand.yaml (PEYVAND_PORT for a service)."
    )
    match error.errno:
        case errno.EADDRINUSE:
            return f"Port {port} on {host} is in use by another program. {way_out}"
        case errno.EACCES:
            return f"Port {port} on {host} is reserved for the system (below 1024). {way_out}"
        case _:
            return f"{host} is no address of this machine ({error.strerror or error}). Use 127.0.0.1 or 0.0.0.0."


def address(listener: socket.socket, host: str) -> str:
    """Return the URL under which a browser on this machine finds the listener."""
    port = listener.getsockname()[1]
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else f"[{host}]" if ":" in host else host  # noqa: S104
    return f"http://{shown}:{port}"


class _Server(uvicorn.Server):
    """uvicorn, except that a signal first ends the live streams, and is not raised again over our own clean-up."""

    stopping: asyncio.Event

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Listen to signals until the process ends."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._asked_to_stop)
        yield

    def _asked_to_stop(self) -> None:
        self.force_exit = self.should_exit
        self.should_exit = True
        self.stopping.set()


async def serve(app: ASGIApp, listener: socket.socket, stopping: asyncio.Event, proxies: Proxies | None = None) -> None:
    """Answer requests until SIGTERM or SIGINT, which set `stopping` and leave what follows alone.

    Who called is taken from the headers of trusted `proxies`; without any named, of one on this machine.
    """
    settings = uvicorn.Config(
        Behind(app, proxies or Proxies()),
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # it knows no host and no Forwarded, and obeys a variable of the environment
        lifespan="off",
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    server = _Server(settings)
    server.stopping = stopping
    await server.serve([listener])
