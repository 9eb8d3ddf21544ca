"""Where the files of a bot's messages lie: asked of the vendor over real HTTP."""

import logging
from typing import Any

import httpx
import pytest

from ingest_social.channels import bale, telegram
from parts.bot_api import BotApi
from peyvand import log
from peyvand.errors import Gone, SignInFailed, Unavailable
from peyvand.event import Attachment
from social.accounts import TOKEN, bale_account, telegram_account
from social.vendors import account, answering, socks_proxy

pytestmark = pytest.mark.real


def file(name: str, size: int | None = None) -> Attachment:
    return Attachment(at=f"telegram:{name}", state="at the vendor", size=size)


async def test_a_file_is_where_the_vendor_says(bot: BotApi) -> None:
    bot.file("voice 1", b"OggS")
    found = await telegram.locate(account(bot), file("voice 1"))
    assert found.url == f"{bot.base_file_url}{bot.token}/documents/voice%201"
    assert (found.size, found.trusted, found.proxy) == (4, True, None)
    async with httpx.AsyncClient() as client:
        assert (await client.get(found.url)).content == b"OggS"


async def test_the_vendor_is_asked_through_the_accounts_proxy_and_so_is_the_file_fetched(bot: BotApi) -> None:
    bot.file("v", b"OggS")
    async with socks_proxy() as (url, reached):
        assert (await telegram.locate(account(bot, proxy=url), file("v"))).proxy == url
    assert set(reached) == {bot.port}


async def test_a_file_that_the_vendor_no_longer_has_is_gone_in_its_words(bot: BotApi) -> None:
    with pytest.raises(Gone, match="Telegram does not give this file: Wrong file_id"):
        await telegram.locate(account(bot), file("unknown"))


async def test_a_file_beyond_the_vendors_limit_is_not_even_asked_for() -> None:
    with pytest.raises(Gone, match="larger than 20 MB, and Telegram gives bots no larger ones"):
        await telegram.locate(telegram_account(), file("film", 21 * 1024 * 1024))


async def test_a_server_of_ones_own_has_no_such_limit(bot: BotApi) -> None:
    bot.file("film", b"x")
    assert (await telegram.locate(account(bot), file("film", 21 * 1024 * 1024))).url.endswith("/documents/film")


async def test_a_story_is_given_to_no_bot() -> None:
    with pytest.raises(Gone, match="no stories"):
        await telegram.locate(telegram_account(), file("story/-100/5"))


@pytest.mark.parametrize(
    ("result", "words"),
    [({"file_id": "x"}, "says nowhere"), ({"file_path": "/var/lib/telegram/x"}, "keeps files on its own disk")],
)
async def test_a_file_without_an_address_is_gone_with_the_reason(result: dict[str, Any], words: str) -> None:
    async with answering(httpx.Response(200, json={"ok": True, "result": result}).content) as elsewhere:
        with pytest.raises(Gone, match=words):
            await telegram.locate(elsewhere, file("x"))


async def test_a_vendor_that_is_away_is_asked_again(bot: BotApi) -> None:
    bot.refuse(502, "Bad Gateway")
    with pytest.raises(Unavailable):
        await telegram.locate(account(bot), file("x"))


async def test_a_refused_token_is_told_to_a_human(bot: BotApi) -> None:
    bot.refuse(401, "Unauthorized")
    with pytest.raises(SignInFailed):
        await telegram.locate(account(bot), file("x"))


async def test_bales_files_lie_at_bale(bot: BotApi) -> None:
    bot.file("x", b"1")
    here = bale_account(token=bot.token, base_url=bot.base_url)
    assert (await bale.locate(here, file("x"))).url.startswith(bot.base_file_url)


async def test_no_log_line_holds_the_token(bot: BotApi, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    bot.file("x", b"1")
    await telegram.locate(account(bot), file("x"))
    spoken = [r for r in caplog.records if r.name.partition(".")[0] not in log.QUIET]
    assert not any(TOKEN in record.getMessage() for record in spoken)
