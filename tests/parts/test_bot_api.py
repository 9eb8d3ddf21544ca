"""The stand-in keeps the Bot API's rules on updates, seen through python-telegram-bot as the connectors use it."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram import Bot
from telegram.error import Conflict, InvalidToken, NetworkError

from parts.bot_api import BotApi
from parts.served import served

pytestmark = pytest.mark.real

MESSAGE = {"message": {"message_id": 1, "date": 1_700_000_000, "chat": {"id": 1, "type": "private"}, "text": "سلام"}}


@pytest.fixture
async def client(bot: BotApi) -> AsyncIterator[Bot]:
    async with Bot(bot.token, base_url=bot.base_url, base_file_url=bot.base_file_url) as client:
        yield client


async def test_updates_stay_until_a_higher_offset_confirms_them(bot: BotApi, client: Bot) -> None:
    first, second = bot.send(MESSAGE), bot.send(MESSAGE)
    assert [update.update_id for update in await client.get_updates(timeout=0)] == [first, second]
    assert [update.update_id for update in await client.get_updates(offset=first + 1, timeout=0)] == [second]
    assert bot.confirmed_offset == first + 1


async def test_a_long_poll_returns_as_soon_as_there_is_news(bot: BotApi, client: Bot) -> None:
    poll = asyncio.create_task(client.get_updates(timeout=20))
    while not bot.called("getUpdates"):
        await asyncio.sleep(0.01)
    number = bot.send(MESSAGE)
    assert [update.update_id for update in await asyncio.wait_for(poll, 2)] == [number]


async def test_only_the_kinds_asked_for_are_queued(bot: BotApi, client: Bot) -> None:
    await client.get_updates(allowed_updates=["edited_message"], timeout=0)
    bot.send(MESSAGE)
    assert await client.get_updates(timeout=0) == ()


async def test_a_second_poller_ends_the_first(bot: BotApi, client: Bot) -> None:
    first = asyncio.create_task(client.get_updates(timeout=20))
    while not bot.called("getUpdates"):
        await asyncio.sleep(0.01)
    async with Bot(bot.token, base_url=bot.base_url) as second:
        await second.get_updates(timeout=0)
    with pytest.raises(Conflict):
        await first


async def test_polling_is_refused_while_a_webhook_is_set(bot: BotApi, client: Bot) -> None:
    await client.set_webhook("http://127.0.0.1:9/")
    with pytest.raises(Conflict):
        await client.get_updates(timeout=0)


async def test_a_wrong_token_is_refused(bot: BotApi) -> None:
    with pytest.raises(InvalidToken):
        async with Bot("1:wrong", base_url=bot.base_url):
            pass


async def test_the_next_calls_can_be_made_to_fail(bot: BotApi, client: Bot) -> None:
    bot.refuse(502, "Bad Gateway")
    with pytest.raises(NetworkError):
        await client.get_updates(timeout=0)
    assert await client.get_updates(timeout=0) == ()


async def test_a_file_comes_back_as_it_was(bot: BotApi, client: Bot) -> None:
    bot.file("voice-1", b"OggS")
    found = await client.get_file("voice-1")
    assert bytes(await found.download_as_bytearray()) == b"OggS"


async def test_a_webhook_gets_each_update_until_it_says_2xx(bot: BotApi, client: Bot) -> None:
    taken: list[tuple[str, int]] = []

    async def hook(request: Request) -> Response:
        update = await request.json()
        taken.append((request.headers["x-telegram-bot-api-secret-token"], update["update_id"]))
        return Response(status_code=503 if len(taken) == 1 else 200)

    with served(Starlette(routes=[Route("/hook", hook, methods=["POST"])])) as url:
        await client.set_webhook(f"{url}/hook", secret_token="sesame")
        number = bot.send(MESSAGE)
        await asyncio.to_thread(bot.wait_until_confirmed, number)
    assert taken == [("sesame", number)] * 2
    assert (await client.get_webhook_info()).pending_update_count == 0
