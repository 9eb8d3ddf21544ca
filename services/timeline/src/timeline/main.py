"""The composition root of the timeline as a process of its own: `python -m timeline.main`."""

import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from fastapi import FastAPI
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

from peyvand import log
from peyvand.app import health_routes
from peyvand.errors import Misconfigured
from peyvand.service import Process, serve
from peyvand.settings import Configuration, load
from timeline import api, web
from timeline.serving import Serving
from timeline.store import SqlTimelines, open_database


class Storage(BaseSettings):
    """Where the store is: DATABASE_URL, an SQLAlchemy URL."""

    url: SecretStr = Field(alias="DATABASE_URL")


@dataclass(frozen=True, slots=True)
class Timeline:
    """The service, before its database is open."""

    configuration: Configuration
    storage: Storage

    @asynccontextmanager
    async def lifespan(self, app: FastAPI) -> AsyncIterator[None]:
        """Open the database, serve from it, and end the live streams before it closes."""
        database = await open_database(self.storage.url.get_secret_value())
        serving = Serving(
            timelines=SqlTimelines(database, self.configuration.organisation),
            access=api.LocalOrToken(self.configuration.api.tokens, self.configuration.teams()),
            organisation=self.configuration.organisation,
            connectors=self.configuration.connectors,
        )
        app.include_router(api.routes(serving))
        app.router.routes += [*web.routes(serving), *health_routes({"database": serving.timelines.ready})]
        try:
            yield
        finally:
            serving.stopping.set()
            await database.close()


def main() -> int:
    """Serve until told to stop; a broken configuration is printed whole and ends with 2."""
    log.configure()
    process = Process()
    try:
        configuration = load(process.config, {}, os.environ, others=True)
    except Misconfigured as mistakes:
        sys.stderr.write(f"{mistakes}\n")
        return 2
    timeline = Timeline(configuration, Storage())
    app = FastAPI(
        title="Peyvand timeline",
        lifespan=timeline.lifespan,
        exception_handlers=api.problem_handlers(),
        docs_url=None,
        redoc_url=None,
    )
    serve(app, process)
    return 0


if __name__ == "__main__":
    sys.exit(main())
