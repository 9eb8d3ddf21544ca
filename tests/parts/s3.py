"""An S3-compatible object store on loopback: moto's server."""

import logging
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version

import httpx
from moto.server import ThreadedMotoServer

from parts.loopback import HOST


@dataclass(frozen=True, slots=True)
class S3:
    """A running object store, and the credentials that it takes."""

    url: str
    access_key: str = "test"
    secret_key: str = "test"
    region: str = "us-east-1"

    def bucket(self) -> str:
        """Make an empty bucket and return its name."""
        name = f"peyvand-{uuid.uuid4().hex[:12]}"
        httpx.put(f"{self.url}/{name}").raise_for_status()
        return name


def describe() -> str:
    return f"moto {version('moto')}"


@contextmanager
def s3() -> Iterator[S3]:
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = ThreadedMotoServer(ip_address=HOST, port=0, verbose=False)
    server.start()
    try:
        _, port = server.get_host_and_port()
        yield S3(f"http://{HOST}:{port}")
    finally:
        server.stop()
