"""The composition root of the timeline as a process of its own: `python -m timeline.main`."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

import uvloop
from fastapi import FastAPI

from peyvand import log
from peyvand.app import Check, health_routes
from peyvand.blobs import open_blobs
from peyvand.environment import Process, Storage, told
from peyvand.errors import Misconfigured, Mistake, PeyvandError
from peyvand.kafka.publisher import KafkaPublisher
from peyvand.kafka.settings import KafkaSettings
from peyvand.server import listening, serve
from peyvand.settings import Configuration, load
from timeline import api, web
from timeline.bus import kafka_bus
from timeline.consume.consumer import consuming
from timeline.door import Door
from timeline.dropping import dropping
from timeline.knots import watching
from timeline.opening import patiently
from timeline.reminding import warn
from timeline.serving import Serving
from timeline.store import (
    Database,
    SqlAudit,
    SqlLedger,
    SqlLikenesses,
    SqlPeople,
    SqlStore,
    SqlTimelines,
    open_database,
    remind,
)
from timeline.store.limits import Limits
from timeline.suggesting import suggesting


@dataclass(frozen=True, slots=True)
class Service:
    """What the timeline is told: its file, its environment, and where the store is."""

    configuration: Configuration
    process: Process
    kafka: KafkaSettings
    database: str
    limits: Limits


async def served(service: Service, listener: socket.socket) -> None:
    """Serve until told to stop; the server ends first, then the consumer, its letters, and the database."""
    stopping, door = asyncio.Event(), Door("the database has not been opened yet")
    proxies = service.process.server_of(service.configuration).proxies
    server = asyncio.create_task(serve(door, listener, stopping, proxies))
    try:
        database = await patiently(lambda: open_database(service.database, service.limits), door, server)
        if database is None:
            await server  # with its error, if that is what ended it
            return
        database.listen()
        try:
            serving = _serving(service, database, stopping)
            await warn(serving.due)
            async with _consumed(service, database) as checks, _beside(serving, database):
                door.app = _application(serving, checks)
                await server
        finally:
            await database.close()
    finally:
        server.cancel()


@asynccontextmanager
async def _beside(serving: Serving, database: Database) -> AsyncIterator[None]:
    """Do what is done in the background while the body runs."""
    assert serving.blobs is not None
    kept = dropping(serving.blobs, serving.retention)
    async with suggesting(SqlLikenesses(database)), watching(serving.people), kept:
        yield


@asynccontextmanager
async def _consumed(service: Service, database: Database) -> AsyncIterator[dict[str, Check]]:
    """Consume while the body runs, where there is a bus; give what is not ready of that."""
    if not service.kafka.servers:
        yield {}
        return
    instance = service.kafka.group_instance or f"{socket.gethostname()}-{service.process.port}"
    settings = service.kafka.model_copy(update={"group_instance": instance})
    letters = KafkaPublisher(settings)
    store = SqlStore(database, service.configuration.organisation.id, service.configuration.identity)
    async with letters.running(), consuming(settings, store, letters) as consumer:

        async def ready() -> str | None:
            return consumer.ready()

        yield {"consumer": ready}


def _serving(service: Service, database: Database, stopping: asyncio.Event) -> Serving:
    configuration = service.configuration
    return Serving(
        timelines=SqlTimelines(database, configuration.organisation),
        people=SqlPeople(database, configuration.organisation),
        ledger=SqlLedger(database, configuration.organisation.id, configuration.identity),
        access=api.LocalOrToken(configuration.api.tokens, configuration.teams(), configuration.sharing()),
        organisation=configuration.organisation,
        connectors=configuration.connectors,
        stopping=stopping,
        blobs=open_blobs(service.process.blobs_of(configuration)),
        bus=kafka_bus(service.kafka) if service.kafka.servers else None,
        audit=SqlAudit(database),
        due=partial(remind, database, configuration.identity),
        retention=configuration.retention,
    )


def _application(serving: Serving, beside: dict[str, Check]) -> FastAPI:
    app = FastAPI(title="Peyvand timeline", exception_handlers=api.problem_handlers(), docs_url=None, redoc_url=None)
    app.include_router(api.routes(serving))
    told = {**beside, "derived": serving.due}
    app.router.routes += [*web.routes(serving), *health_routes({"database": serving.timelines.ready}, told)]
    return app


def _told() -> Service:
    process = told(Process)
    configuration = load(process.config, {}, os.environ, others=True)
    url = told(Storage).database_of(configuration)
    if url is None:
        why = "the timeline needs a database: set DATABASE_URL, or this to its URL"
        raise Misconfigured(str(process.config), [Mistake(1, "storage.database", why)])
    return Service(configuration, process, told(KafkaSettings), url, told(Limits))


def main() -> int:
    """Serve until told to stop; what stands in the way is printed in words and ends with 2."""
    log.configure()
    try:
        service = _told()
        with listening(service.process.host, service.process.port) as listener:
            uvloop.run(served(service, listener))
    except PeyvandError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
