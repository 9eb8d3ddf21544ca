"""What can stand between us and a bot, over real HTTP: each said in words that tell what to do."""

import pytest

from ingest_social.channels import telegram
from parts.bot_api import BotApi
from parts.loopback import free_port
from peyvand.errors import SignInFailed, Unavailable
from social.accounts import telegram_account
from social.vendors import account, answering, batches, said, socks_proxy

pytestmark = pytest.mark.real


@pytest.mark.parametrize(
    ("status", "description", "words"),
    [
        (401, "Unauthorized", "copy it again from BotFather"),
        (404, "Not Found", "copy it again from BotFather"),
        (403, "Forbidden", "copy it again from BotFather"),
    ],
)
async def test_a_refused_token_is_told_to_a_human(bot: BotApi, status: int, description: str, words: str) -> None:
    bot.refuse(status, description)
    with pytest.raises(SignInFailed, match=words):
        await batches(telegram.POLLING, account(bot))


@pytest.mark.parametrize(
    ("status", "description", "words"),
    [
        (409, "Conflict", "another program asks Telegram for this bot's updates, or a webhook is set"),
        (502, "Bad Gateway", "cannot be reached, or is out of order"),
        (400, "Bad Request", "malformed"),
    ],
)
async def test_trouble_is_waited_for_and_said_in_words(bot: BotApi, status: int, description: str, words: str) -> None:
    bot.refuse(status, description)
    with pytest.raises(Unavailable, match=words):
        await batches(telegram.POLLING, account(bot))


async def test_the_vendor_says_how_long_to_wait(bot: BotApi) -> None:
    bot.refuse(429, "Too Many Requests", retry_after=17)
    with pytest.raises(Unavailable, match="asks us to wait 17 s") as trouble:
        await batches(telegram.POLLING, account(bot))
    assert trouble.value.retry_after == 17


async def test_a_vendor_that_cannot_be_reached_names_the_proxy_as_a_way_out() -> None:
    nowhere = telegram_account(base_url=f"http://127.0.0.1:{free_port()}/bot")
    with pytest.raises(Unavailable, match="set proxy:"):
        await batches(telegram.POLLING, nowhere)


async def test_a_proxy_is_really_used(bot: BotApi) -> None:
    async with socks_proxy() as (url, reached):
        assert "@peyvand_bot answers" in await telegram.check(account(bot, proxy=url))
    assert set(reached) == {bot.port}


async def test_check_names_the_bot(bot: BotApi) -> None:
    bot.send(said(1))
    assert await telegram.check(account(bot)) == "@peyvand_bot answers; 1 update(s) wait for us"
    assert bot.called("getUpdates") == []


async def test_check_refuses_in_words_when_a_webhook_takes_the_updates(bot: BotApi) -> None:
    bot.webhook.url = "https://old.example.ir/hook/its-secret"
    with pytest.raises(SignInFailed, match=r"a webhook is set for it \(at old.example.ir\)") as refused:
        await telegram.check(account(bot))
    assert "its-secret" not in str(refused.value)
    assert bot.webhook.url


async def test_check_of_a_webhook_says_whether_it_is_set(bot: BotApi) -> None:
    hooked = account(bot, mode="webhook", secret="sixteen-characters")
    assert "no webhook is set at Telegram yet" in await telegram.check(hooked)
    bot.webhook.url = "https://peyvand.example.ir/webhooks/shop"
    assert "its webhook is set (at peyvand.example.ir)" in await telegram.check(hooked)


async def test_check_of_a_wrong_token_says_what_to_do(bot: BotApi) -> None:
    wrong = telegram_account(base_url=bot.base_url, token="110201543:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
    with pytest.raises(SignInFailed, match="copy it again from BotFather"):
        await telegram.check(wrong)


@pytest.mark.parametrize(
    "body",
    [b"<html>Sign in to the hotel's network</html>", b"[]", b"{}", b'{"ok":true,"result":5}', b"", b"[" * 100_000],
)
async def test_an_answer_that_is_none_of_a_bot_api_is_waited_out_and_never_logged(
    body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async with answering(body) as elsewhere:
        with pytest.raises(Unavailable):
            await batches(telegram.POLLING, elsewhere)
    assert not any("hotel" in record.getMessage() for record in caplog.records if record.levelno > 10)
