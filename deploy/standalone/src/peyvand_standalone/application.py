"""The whole product as one application: the timeline's API and pages, the webhooks, the pulls, the one writer."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

from fastapi import FastAPI
from starlette.routing import BaseRoute

from ingest_social.partners.routes import routes as partners
from peyvand.app import Adapters, Connectors, health_routes, put_to_work
from peyvand.blobs import Blobs, open_blobs
from peyvand.oauth import Accounts
from peyvand.publish import Publisher, Reading
from peyvand.pulling import pulling
from peyvand.settings import Configuration
from peyvand.source import Source
from peyvand.workers import Workers
from peyvand_standalone.places import Places
from peyvand_standalone.publisher import InProcessPublisher
from peyvand_standalone.sources import SOURCES
from timeline import api, web
from timeline.dropping import dropping
from timeline.knots import watching
from timeline.record import record
from timeline.reminding import warn
from timeline.serving import Serving
from timeline.store import (
    Database,
    SqlAudit,
    SqlCursors,
    SqlErrands,
    SqlLedger,
    SqlLikenesses,
    SqlPeople,
    SqlRegister,
    SqlStore,
    SqlTimelines,
    customers_of,
    open_database,
    remind,
)
from timeline.suggesting import suggesting


@dataclass(frozen=True, slots=True)
class Product:
    """What a server serves, and the event that ends its live streams."""

    app: FastAPI
    stopping: asyncio.Event


def _directly(publisher: Publisher) -> Publisher:
    return publisher


@asynccontextmanager
async def product(
    configuration: Configuration,
    places: Places,
    banner: str | None = None,
    through: Callable[[Publisher], Publisher] = _directly,
    sources: Sequence[Source] = SOURCES,
) -> AsyncIterator[Product]:
    """Run everything but the server; at the end what was taken in is committed. Raises Unavailable.

    Connectors publish `through` what is given, if anything.
    """
    database = await open_database(places.database)
    try:
        store = SqlStore(database, configuration.organisation.id, configuration.identity)
        publisher = InProcessPublisher(partial(_record, store))
        blobs = open_blobs(places.blobs)
        async with publisher.running(), Workers() as workers:
            cursors, holder = SqlCursors(database), places.holder
            accounts = Accounts(cursors, places.key, holder)
            adapters = Adapters(
                through(publisher), cursors, blobs, holder,
                accounts=accounts, workers=workers, errands=SqlErrands(database),
            )  # fmt: skip
            connectors = put_to_work(configuration, sources, adapters)
            serving = _serving(configuration, database, blobs, banner)
            await warn(serving.due)
            beside = suggesting(SqlLikenesses(database)), watching(serving.people)
            kept = dropping(blobs, configuration.retention)
            async with pulling(connectors.running), beside[0], beside[1], kept:
                known = partial(customers_of, database, configuration.organisation.id)
                own = partners(connectors, SqlRegister(database), known)
                yield Product(_application(serving, connectors, publisher, own), serving.stopping)
    finally:
        await database.close()


async def _record(store: SqlStore, readings: Sequence[Reading]) -> None:
    await record(readings, store)


def _serving(configuration: Configuration, database: Database, blobs: Blobs, banner: str | None) -> Serving:
    return Serving(
        timelines=SqlTimelines(database, configuration.organisation),
        people=SqlPeople(database, configuration.organisation),
        ledger=SqlLedger(database, configuration.organisation.id, configuration.identity),
        access=api.LocalOrToken(configuration.api.tokens, configuration.teams(), configuration.sharing()),
        organisation=configuration.organisation,
        connectors=configuration.connectors,
        banner=banner,
        blobs=blobs,
        audit=SqlAudit(database),
        due=partial(remind, database, configuration.identity),
        retention=configuration.retention,
    )


def _application(
    serving: Serving, connectors: Connectors, publisher: InProcessPublisher, own: Sequence[BaseRoute]
) -> FastAPI:
    app = FastAPI(
        title="Peyvand",
        description="One timeline per customer.",
        exception_handlers=api.problem_handlers(),
        docs_url=None,  # its page would load scripts from another host
        redoc_url=None,
    )
    app.include_router(api.routes(serving))
    # A mailbox that cannot be read is on the status page: a proxy must not stop sending webhooks here because of it.
    health = health_routes(
        {"database": serving.timelines.ready, "writer": publisher.ready},
        {"listening": connectors.listening, "derived": serving.due, "errands": connectors.runners.ready},
    )
    app.router.routes[:0] = [connectors.webhooks.route(), *own]  # the busiest address is looked for first
    app.router.routes += [*web.routes(serving), *health]
    return app
