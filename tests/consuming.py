"""The timeline's consumer in tests: a bus with its topics, a database, and doubles that stand between them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from prometheus_client import REGISTRY

from making import ORGANISATION, customer, message, reading, telegram
from peyvand.errors import Unavailable
from peyvand.event import InteractionEvent
from peyvand.kafka.publisher import KafkaPublisher
from peyvand.kafka.settings import KafkaSettings
from peyvand.publish import Reading, Receipt
from peyvand.wire import DEAD, DELIVERIES, EVENTS
from timeline.consume.consumer import JUST_STARTED, Consumer, consuming
from timeline.consume.pace import Pace
from timeline.ports import Books, Chosen, Filters, Principal, Raw, Store, Transaction
from timeline.store import Database, SqlStore, SqlTimelines, open_database

EVERYBODY = Principal("test")
T = TypeVar("T")
Guilty = Callable[[Receipt | InteractionEvent], bool]
# As in life, but no test waits that long.
BRISK = Pace(first_pause=0.02, longest_pause=0.2, broken_pause=0.5, most_wait=20, look=0.1, answer=2, most_rebalance=5)


def readings(number: int, start: int = 0) -> list[Reading]:
    """Return readings of one message each, of several customers."""
    return [reading(message(f"m{n}", [customer(telegram(n % 7))], f"text {n:03}")) for n in range(start, number)]


def texts(number: int) -> list[str]:
    """Return what they say."""
    return [f"text {n:03}" for n in range(number)]


def figure(name: str, **labels: str) -> float:
    """Return a metric of this process."""
    return REGISTRY.get_sample_value(name, labels) or 0


async def until(happened: Callable[[], Awaitable[bool]], what: str, seconds: float = 20) -> None:
    """Return once it happened. Raises TimeoutError, naming what did not happen."""
    try:
        async with asyncio.timeout(seconds):
            while not await happened():
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise TimeoutError(f"{what} did not happen within {seconds:g} s") from None


async def becomes(consumer: Consumer, words: str | None) -> None:
    """Return once the consumer says that it is ready (None), or something with those words."""

    async def said() -> bool:
        now = consumer.ready()
        return now is None if words is None else words in (now or "")

    await until(said, f"the consumer saying {words}")


@dataclass(slots=True)
class Between:
    """A store that can be away, refuse what it is told to, and hold each transaction at a barrier."""

    store: Store
    away: bool = False
    guilty: Guilty = lambda said: False
    calls: int = 0
    entered: asyncio.Event = field(default_factory=asyncio.Event)
    open: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.open.set()

    async def called(self, times: int) -> None:
        """Return once it has been asked so often."""

        async def done() -> bool:
            return self.calls >= times

        await until(done, f"{times} attempts")

    async def deliveries(self, chosen: Chosen, after: object, limit: int) -> Sequence[Raw]:
        raise NotImplementedError

    async def settle(self, received_before: datetime) -> int:
        return await self.store.settle(received_before)

    async def transact(self, work: Callable[[Transaction], T]) -> T:
        self.calls += 1
        if self.away:
            raise Unavailable("the database is away")
        self.entered.set()
        await self.open.wait()
        return await self.store.transact(lambda tx: work(_Choosy(tx, self.guilty)))  # type: ignore[arg-type]


class _Choosy:
    """A transaction that refuses the guilty."""

    def __init__(self, tx: Transaction, guilty: Guilty) -> None:
        self._tx, self._guilty = tx, guilty

    def insert(self, receipts: Sequence[Receipt], events: Sequence[InteractionEvent]) -> object:
        if any(map(self._guilty, receipts)) or any(map(self._guilty, events)):
            raise ValueError("a value that must not be in a log: 0912")
        return self._tx.insert(receipts, events)

    def __getattr__(self, name: str) -> object:
        return getattr(self._tx, name)


class DeadLetter(NamedTuple):
    """A record of the dead letter's topic."""

    key: bytes | None
    value: bytes | None
    headers: dict[str, bytes]


@dataclass(frozen=True, slots=True)
class World:
    """A bus and a timeline of a test's own."""

    settings: KafkaSettings
    letters: KafkaPublisher
    database: Database
    store: SqlStore
    timelines: SqlTimelines

    @asynccontextmanager
    async def consumer(
        self, store: Store | None = None, instance: str | None = None, pace: Pace = BRISK
    ) -> AsyncIterator[Consumer]:
        """Run a worker until it is a member of the group, and then while the body runs."""
        settings = self.settings.model_copy(update={"group_instance": instance})
        async with consuming(settings, store or self.store, self.letters, pace) as consumer:

            async def joined() -> bool:
                return consumer.ready() != JUST_STARTED

            await until(joined, "joining the group")
            yield consumer

    async def connected(self) -> None:
        """Return once the publisher has found the bus and its topics."""

        async def done() -> bool:
            return await self.letters.ready() is None

        await until(done, "the publisher ready")

    async def committed(self) -> int:
        """Return how many records the group has committed."""
        async with _admin(self.settings) as admin:
            found = await admin.list_consumer_group_offsets(self.settings.group)
        return sum(max(at.offset, 0) for at in found.values())

    async def all_committed(self, seconds: float = 20) -> None:
        """Return once everything that was written is committed."""
        async with _client(self.settings) as client:
            written = sum((await client.end_offsets(self.partitions)).values())

        async def done() -> bool:
            return bool(await self.committed() == written)

        await until(done, f"the commit of {written} records", seconds)

    async def rewind(self) -> None:
        """Have the group, which has no member now, begin again."""
        async with _client(self.settings, group_id=self.settings.group) as client:
            client.assign(self.partitions)
            await client.commit(dict.fromkeys(self.partitions, 0))

    async def write(self, topic: str, value: bytes, headers: Sequence[tuple[str, bytes | None]] = ()) -> None:
        """Write bytes of anybody's."""
        async with AIOKafkaProducer(bootstrap_servers=self.settings.servers) as producer:
            await producer.send_and_wait(self.settings.topic(topic), value, b"key", headers=list(headers))

    async def members(self) -> dict[str, str]:
        """Return the group's members and what they are assigned, in bytes."""
        async with _admin(self.settings) as admin:
            [answer] = await admin.describe_consumer_groups([self.settings.group])
        return {member[0]: member[-1] for member in answer.groups[0][5]}

    async def dead(self) -> list[DeadLetter]:
        """Return the dead letters."""
        topic = self.settings.topic(DEAD)
        async with _client(self.settings, topic, auto_offset_reset="earliest") as client:
            ends = await client.end_offsets(client.assignment())
            found: list[DeadLetter] = []
            while len(found) < sum(ends.values()):
                for records in (await client.getmany(timeout_ms=500)).values():
                    found += [DeadLetter(r.key, r.value, dict(r.headers)) for r in records]
        return found

    async def texts(self) -> list[str]:
        """Return what stands on all timelines, each interaction once."""
        found: dict[UUID, str] = {}
        for hit in await self.timelines.recent(EVERYBODY, 1000):
            page = await self.timelines.page(EVERYBODY, hit.customer.id, Filters(), None, 1000)
            found |= {entry.id: entry.text or "" for entry in page.entries}
        return sorted(found.values())

    async def books(self) -> Books:
        """Return the accounts of the one connector."""
        [health] = await self.timelines.health(EVERYBODY, ["shop-bot"])
        return health.books

    async def kept(self) -> list[tuple[UUID, str | None]]:
        """Return which deliveries are kept for repair, and why."""
        page = await self.timelines.deliveries(EVERYBODY, None, "kept", None, 100)
        return [(d.id, d.why) for d in page.deliveries]

    @property
    def partitions(self) -> list[TopicPartition]:
        return [
            TopicPartition(self.settings.topic(name), n)
            for name in (EVENTS, DELIVERIES)
            for n in range(self.settings.partitions)
        ]


@asynccontextmanager
async def _admin(settings: KafkaSettings) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.servers)
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()


@asynccontextmanager
async def _client(settings: KafkaSettings, *topics: str, **told: Any) -> AsyncIterator[AIOKafkaConsumer]:
    client = AIOKafkaConsumer(*topics, bootstrap_servers=settings.servers, enable_auto_commit=False, **told)
    await client.start()
    try:
        yield client
    finally:
        await client.stop()


@asynccontextmanager
async def world(settings: KafkaSettings, url: str) -> AsyncIterator[World]:
    """Give a bus with its topics and an empty timeline."""
    database = await open_database(url)
    letters = KafkaPublisher(settings)
    try:
        async with letters.running():
            store = SqlStore(database, ORGANISATION.id)
            yield World(settings, letters, database, store, SqlTimelines(database, ORGANISATION))
    finally:
        await database.close()
