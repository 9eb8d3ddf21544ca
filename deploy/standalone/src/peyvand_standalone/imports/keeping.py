"""What an import needs of the store: which of its deliveries are here, and how the others become durable."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from peyvand.blobs import open_blobs
from peyvand.files import Unpacked, put_away
from peyvand.settings import Configuration
from peyvand_standalone.commands.opened import opened
from peyvand_standalone.commands.patience import PatientStore, patiently
from peyvand_standalone.places import Places
from timeline.record import record
from timeline.store import SqlStore
from timeline.store.present import present, sighted

# Of some deliveries those that are here already.
Here = Callable[[Sequence[UUID]], Awaitable[set[UUID]]]
# Of some events those that are here already.
Sighted = Callable[[Sequence[UUID]], Awaitable[set[UUID]]]
# Makes what was read durable; in a rehearsal it does nothing.
Take = Callable[[Sequence[Unpacked]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Keeping:
    """The ends of the store that an import touches."""

    here: Here
    take: Take
    sighted: Sighted


@asynccontextmanager
async def keeping(configuration: Configuration, places: Places, dry_run: bool) -> AsyncIterator[Keeping]:
    """Give them while the database is open; a rehearsal takes nothing."""
    async with opened(places) as database:
        store = PatientStore(SqlStore(database, configuration.organisation.id, configuration.identity))
        blobs = open_blobs(places.blobs)

        async def here(deliveries: Sequence[UUID]) -> set[UUID]:
            return await patiently(lambda: present(database, deliveries))

        async def take(found: Sequence[Unpacked]) -> None:
            if found and not dry_run:
                await record(await put_away(found, blobs), store)

        async def there(events: Sequence[UUID]) -> set[UUID]:
            return await patiently(lambda: sighted(database, events))

        yield Keeping(here, take, there)
