"""The composition root of the timeline as a process of its own: `python -m timeline.main`."""

import os
import socket
import sys

import uvloop
from fastapi import FastAPI
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

from peyvand import log
from peyvand.app import health_routes
from peyvand.blobs import Blobs, open_blobs
from peyvand.errors import PeyvandError
from peyvand.server import listening, serve
from peyvand.service import Process
from peyvand.settings import Configuration, load
from timeline import api, web
from timeline.serving import Serving
from timeline.store import Database, SqlTimelines, open_database


class Storage(BaseSettings):
    """Where the store is: DATABASE_URL, an SQLAlchemy URL."""

    url: SecretStr = Field(alias="DATABASE_URL")


async def served(configuration: Configuration, storage: Storage, blobs: Blobs, listener: socket.socket) -> None:
    """Serve until told to stop; the live streams end first, the database closes last."""
    database = await open_database(storage.url.get_secret_value())
    try:
        serving = _serving(configuration, database, blobs)
        await serve(_application(serving), listener, serving.stopping)
    finally:
        await database.close()


def _serving(configuration: Configuration, database: Database, blobs: Blobs) -> Serving:
    return Serving(
        timelines=SqlTimelines(database, configuration.organisation),
        access=api.LocalOrToken(configuration.api.tokens, configuration.teams()),
        organisation=configuration.organisation,
        connectors=configuration.connectors,
        blobs=blobs,
    )


def _application(serving: Serving) -> FastAPI:
    app = FastAPI(title="Peyvand timeline", exception_handlers=api.problem_handlers(), docs_url=None, redoc_url=None)
    app.include_router(api.routes(serving))
    app.router.routes += [*web.routes(serving), *health_routes({"database": serving.timelines.ready})]
    return app


def main() -> int:
    """Serve until told to stop; what stands in the way is printed in words and ends with 2."""
    log.configure()
    process = Process()
    try:
        configuration = load(process.config, {}, os.environ, others=True)
        with listening(process.host, process.port) as listener:
            uvloop.run(served(configuration, Storage(), open_blobs(process.blobs), listener))
    except PeyvandError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
