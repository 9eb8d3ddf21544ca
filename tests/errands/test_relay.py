"""Deliveries handed on: unchanged, in order, by one copy, however often the receiver is away."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from pydantic import BaseModel, SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from errands.files import at_work, until
from making import ORGANISATION, START
from parts.loopback import free_port
from parts.served import served
from peyvand.delivery import Delivery
from peyvand.errands import Desk, Task
from peyvand.errors import Skipped, Unavailable
from peyvand.event import InteractionEvent
from peyvand.publish import Reading
from peyvand.redaction import secrets_of
from peyvand.relay import Relay
from peyvand.source import WebhookSource
from peyvand.testing import MemoryBlobs, MemoryCursors, MemoryPublisher
from peyvand.webhook import Hook, Webhooks
from timeline.store import Database, SqlErrands, open_database

SECRET = "nemooneh-7f3b1c9d2e5a4860"
HEADERS = {"x-telegram-bot-api-secret-token": SECRET, "content-type": "application/json", "authorization": "Basic x"}


class Settings(BaseModel):
    """A bot whose updates are handed on."""

    relay_to: str
    secret: SecretStr = SecretStr(SECRET)


def _nothing(_delivery: Delivery, _settings: Settings, _organisation: object) -> Sequence[InteractionEvent]:
    raise Skipped("nothing for us")


def _anybody(_delivery: Delivery, _settings: Settings) -> None:
    return None


SOURCE = WebhookSource(
    name="telegram", settings=Settings, verify=_anybody, normalise=_nothing, relays_to=lambda s: s.relay_to
)


@dataclass(slots=True)
class Bot:
    """The bot that a company already runs."""

    port: int = field(default_factory=free_port)
    taken: list[tuple[str, bytes, dict[str, str]]] = field(default_factory=list)
    refused: int = 0
    status: int = 200

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/bot?x=1"

    @property
    def application(self) -> Starlette:
        return Starlette(routes=[Route("/bot", self.take, methods=["POST", "PUT"])])

    @property
    def bodies(self) -> list[bytes]:
        return [body for _, body, _ in self.taken]

    async def take(self, request: Request) -> Response:
        if self.status != 200:
            self.refused += 1
            return Response(status_code=self.status)
        self.taken.append((request.method, await request.body(), dict(request.headers)))
        return Response()


@pytest.fixture
def bot() -> Bot:
    return Bot()


@pytest.fixture
def serving(bot: Bot) -> Iterator[Bot]:
    with served(bot.application, bot.port):
        yield bot


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await open_database(f"sqlite:///{tmp_path}/store.db")
    yield opened
    await opened.close()


@pytest.fixture
def errands(database: Database) -> SqlErrands:
    return SqlErrands(database)


def relay(bot: Bot, errands: SqlErrands, cursors: MemoryCursors, holder: str = "a") -> Relay:
    settings = Settings(relay_to=bot.url)
    return Relay(
        "shop-bot", bot.url, secrets_of(settings), errands, cursors, MemoryBlobs(), holder, Desk(errands), sleep=_soon
    )


async def _soon(seconds: float) -> None:
    await asyncio.sleep(min(seconds, 0.02))


async def called(
    bot: Bot, errands: SqlErrands | None, bodies: Sequence[bytes], publisher: MemoryPublisher | None = None
) -> list[int]:
    """Return how the vendor's calls are answered."""
    hook = Hook(SOURCE, Settings(relay_to=bot.url))
    kept = publisher or MemoryPublisher()
    webhooks = Webhooks({"shop-bot": hook}, ORGANISATION, kept, MemoryBlobs(), desk=Desk(errands))
    transport = httpx.ASGITransport(Starlette(routes=[webhooks.route()]))
    async with httpx.AsyncClient(transport=transport, base_url="https://peyvand.example.ir") as client:
        return [(await client.post("/webhooks/shop-bot", content=body, headers=HEADERS)).status_code for body in bodies]


UPDATES = [b'{"update_id": %d,  "odd": 1.50}' % n for n in range(30)]


async def test_what_came_is_handed_on_unchanged_and_in_order(serving: Bot, errands: SqlErrands) -> None:
    assert set(await called(serving, errands, UPDATES)) == {200}
    async with at_work(relay(serving, errands, MemoryCursors())):
        await until(lambda: len(serving.taken) == len(UPDATES))
    assert serving.bodies == UPDATES
    method, _, headers = serving.taken[0]
    assert method == "POST"
    assert headers["x-telegram-bot-api-secret-token"] == SECRET
    assert headers["content-type"] == "application/json"
    assert "authorization" not in headers  # whoever stands in front of us is not in front of the bot


async def test_secrets_do_not_lie_in_the_database_meanwhile(bot: Bot, errands: SqlErrands) -> None:
    await called(bot, errands, UPDATES[:1])
    (errand,) = await errands.line(Task.RELAY, "shop-bot", 9)
    assert SECRET.encode() not in errand.payload


async def test_what_its_vendor_repeats_is_handed_on_once(serving: Bot, errands: SqlErrands) -> None:
    await called(serving, errands, [UPDATES[0], UPDATES[0], UPDATES[1]])
    async with at_work(relay(serving, errands, MemoryCursors())):
        await until(lambda: len(serving.taken) == 2)
        await called(serving, errands, [UPDATES[0], UPDATES[2]])
        await until(lambda: len(serving.taken) == 3)
    assert serving.bodies == UPDATES[:3]


async def test_a_receiver_that_was_away_gets_everything_in_order(bot: Bot, errands: SqlErrands) -> None:
    await called(bot, errands, UPDATES)
    cursors = MemoryCursors()
    async with at_work(relay(bot, errands, cursors)):
        await until(lambda: "relay:shop-bot" in cursors.errors)
        assert cursors.errors["relay:shop-bot"] == "the receiver cannot be reached (ConnectError)"
        with served(bot.application, bot.port):
            await until(lambda: len(bot.taken) == len(UPDATES))
            await until(lambda: "relay:shop-bot" not in cursors.errors)
    assert bot.bodies == UPDATES


async def test_what_a_receiver_refuses_holds_up_those_behind_it(serving: Bot, errands: SqlErrands) -> None:
    serving.status = 500
    await called(serving, errands, UPDATES)
    async with at_work(relay(serving, errands, MemoryCursors())):
        await until(lambda: serving.refused > 3)
        assert serving.taken == []
        serving.status = 200
        await until(lambda: len(serving.taken) == len(UPDATES))
    assert serving.bodies == UPDATES


async def test_what_is_refused_for_a_day_is_given_up_and_the_next_is_handed_on(
    serving: Bot, errands: SqlErrands
) -> None:
    serving.status = 410
    hook, old = Settings(relay_to=serving.url), START - timedelta(days=300)
    for n, at in enumerate((old, datetime.now(UTC))):
        sent = Delivery(UUID(int=n + 1), "shop-bot", "telegram", at, b"%d" % n)
        await Desk(errands).note(SOURCE, hook, [(sent, Reading(sent))])
    async with at_work(relay(serving, errands, MemoryCursors())):
        await until(lambda: serving.refused >= 2)
        serving.status = 200
        await until(lambda: len(serving.taken) == 1)
    assert serving.bodies == [b"1"]


async def test_what_was_pulled_is_handed_on_as_a_post(serving: Bot, errands: SqlErrands) -> None:
    sent = Delivery(UUID(int=1), "shop-bot", "telegram", datetime.now(UTC), b'{"update_id":1}')
    await Desk(errands).note(SOURCE, Settings(relay_to=serving.url), [(sent, Reading(sent))])
    async with at_work(relay(serving, errands, MemoryCursors())):
        await until(lambda: len(serving.taken) == 1)
    method, body, headers = serving.taken[0]
    assert (method, body, headers["content-type"]) == ("POST", b'{"update_id":1}', "application/json")


async def test_of_two_copies_one_hands_on(serving: Bot, errands: SqlErrands) -> None:
    await called(serving, errands, UPDATES)
    cursors = MemoryCursors()
    async with at_work(relay(serving, errands, cursors), relay(serving, errands, cursors, "b")):
        await until(lambda: len(serving.taken) == len(UPDATES))
    assert serving.bodies == UPDATES


async def test_what_did_not_become_durable_is_not_handed_on(bot: Bot, errands: SqlErrands) -> None:
    assert await called(bot, errands, UPDATES[:1], MemoryPublisher(away=True)) == [503]
    assert await errands.line(Task.RELAY, "shop-bot", 9) == []


class Away:
    """Errands whose database is away until it is back."""

    def __init__(self, errands: SqlErrands) -> None:
        self.errands, self.back = errands, False

    async def put(self, errands: Sequence[object]) -> None:
        if not self.back:
            raise Unavailable("the database is away")
        await self.errands.put(errands)  # type: ignore[arg-type]


async def test_a_database_that_is_away_costs_no_webhook_its_answer_and_gets_the_errands_later(
    bot: Bot, errands: SqlErrands
) -> None:
    away = Away(errands)
    desk = Desk(away, sleep=_soon)  # type: ignore[arg-type] # only put is asked
    sent = [Delivery(UUID(int=n + 1), "shop-bot", "telegram", START, b"%d" % n) for n in range(3)]
    async with at_work(desk):
        for one in sent:
            await desk.note(SOURCE, Settings(relay_to=bot.url), [(one, Reading(one))])
        assert "wait in memory" in str(desk.trouble)
        away.back = True
        await until(lambda: desk.trouble is None)
    assert [e.born for e in await errands.line(Task.RELAY, "shop-bot", 9)] == [START] * 3
    assert await called(bot, None, UPDATES[:1]) == [200]  # and where there is no database at all
