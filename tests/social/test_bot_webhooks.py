"""Whose webhook a bot has: ours is set where none is, and somebody else's stays until we are told to take it over."""

import pytest

from ingest_social.bots.account import BotAccount
from ingest_social.channels import bale, telegram
from parts.bot_api import BotApi
from peyvand.errors import SignInFailed
from social.accounts import bale_account
from social.vendors import account, said

pytestmark = pytest.mark.real
SECRET = "sixteen-characters"
OURS = "https://peyvand.example.ir/webhooks/shop"
THEIRS = "https://old.example.ir/hook/its-secret"


def hooked(bot: BotApi, **fields: str) -> telegram.Settings:
    return account(bot, mode="webhook", secret=[SECRET, "the-one-before-it"], address=OURS, **fields)


async def test_a_bot_without_a_webhook_gets_ours_with_its_secret_and_every_update(bot: BotApi) -> None:
    assert await telegram.check(hooked(bot)) == "@peyvand_bot answers; Telegram calls us at peyvand.example.ir"
    assert (bot.webhook.url, bot.webhook.secret_token) == (OURS, SECRET)
    assert {"message_reaction", "deleted_business_messages", "guest_message"} <= set(bot.allowed_updates)


async def test_our_own_webhook_is_set_again_so_that_a_new_secret_holds(bot: BotApi) -> None:
    bot.webhook.url = OURS
    await telegram.check(hooked(bot))
    assert bot.webhook.secret_token == SECRET


async def test_somebody_elses_webhook_is_named_and_stays(bot: BotApi) -> None:
    bot.webhook.url = THEIRS
    with pytest.raises(SignInFailed, match=r"to somebody else \(at old.example.ir\).*--take-over") as refused:
        await telegram.check(hooked(bot))
    assert bot.webhook.url == THEIRS
    assert "its-secret" not in str(refused.value)


async def test_it_is_taken_over_when_we_are_told_to(bot: BotApi) -> None:
    bot.webhook.url = THEIRS
    done = await telegram.take_over(hooked(bot))
    assert done == "@peyvand_bot answers; Telegram calls us at peyvand.example.ir instead of old.example.ir"
    assert bot.webhook.url == OURS


async def test_polling_takes_a_webhook_away_only_when_told_to_and_loses_nothing(bot: BotApi) -> None:
    bot.webhook.url = THEIRS
    bot.pending.append({"update_id": 5, **said(1)})
    with pytest.raises(SignInFailed, match="--take-over"):
        await telegram.check(account(bot))
    assert "1 update(s) wait for us" in await telegram.take_over(account(bot))
    assert (bot.webhook.url, len(bot.pending)) == ("", 1)


async def test_without_an_address_nothing_is_set(bot: BotApi) -> None:
    blind = account(bot, mode="webhook", secret=SECRET)
    assert "address: is missing" in await telegram.check(blind)
    assert await telegram.WEBHOOK.enlist(blind) is None  # type: ignore[misc]
    assert (bot.webhook.url, len(bot.called("getMe"))) == ("", 1)


async def test_bales_secret_stands_in_the_address(bot: BotApi) -> None:
    here = bale_account(token=bot.token, base_url=bot.base_url, mode="webhook", secret=SECRET, address=OURS)
    await bale.check(here)
    assert (bot.webhook.url, bot.webhook.secret_token) == (f"{OURS}?key={SECRET}", None)
    renewed = here.model_copy(update={"secret": BotAccount.model_validate(
        {**here.model_dump(), "token": bot.token, "secret": "another-of-sixteen"}).secret})  # fmt: skip
    await bale.check(renewed)
    assert bot.webhook.url == f"{OURS}?key=another-of-sixteen"


async def test_what_the_vendor_says_against_our_address_is_told(bot: BotApi, monkeypatch: pytest.MonkeyPatch) -> None:
    def refusing(_bot: BotApi, _parameters: object) -> object:
        bot.refuse(400, "Bad Request: bad webhook: HTTPS URL must be provided for webhook")
        return bot.refusals.pop()

    monkeypatch.setattr(BotApi, "_set_webhook", refusing)
    with pytest.raises(SignInFailed, match=r"will not call peyvand\.example\.ir: Bad webhook: https url must"):
        await telegram.check(hooked(bot))
