"""An ASGI application behind real HTTP on a free loopback port, in a thread beside the test."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from parts.loopback import HOST, free_port, wait_until


@contextmanager
def served(application: ASGIApp, port: int | None = None) -> Iterator[str]:
    """Yield the address at which the application answers."""
    port = port or free_port()
    config = uvicorn.Config(
        application, host=HOST, port=port, log_level="warning", ws="none", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, name="served", daemon=True)
    thread.start()
    wait_until(lambda: server.started or not thread.is_alive(), "the start of the local server")
    try:
        yield f"http://{HOST}:{port}"
    finally:
        server.should_exit = True
        thread.join(10)
