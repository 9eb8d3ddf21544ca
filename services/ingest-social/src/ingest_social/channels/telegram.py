"""Telegram bots.

https://core.telegram.org/bots/api
"""

from datetime import timedelta
from functools import partial
from typing import ClassVar

from ingest_social.bots import files, polling, signing_in, updates
from ingest_social.bots.account import BotAccount, is_called, polls, relays_to, sees_outbound
from ingest_social.bots.dialect import Dialect
from peyvand.delivery import Delivery
from peyvand.signature import require_token
from peyvand.source import PullSource, WebhookSource

DIALECT = Dialect(
    name="telegram",
    vendor="Telegram",
    # named one by one: reactions come only to a bot that asks for them, and no list means the list asked for last
    asked=(
        "message",
        "edited_message",
        "channel_post",
        "edited_channel_post",
        "callback_query",
        "message_reaction",
        "business_connection",
        "business_message",
        "edited_business_message",
        "deleted_business_messages",
        "guest_message",
        "my_chat_member",
    ),
    repeats=False,
    bare_numbers=True,
    signs=True,
    largest=20 * 1024 * 1024,
    keeps=timedelta(hours=24),
)


class Settings(BotAccount):
    """One bot of Telegram, or of a Bot API server of one's own."""

    has_business: ClassVar[bool] = True

    base_url: str = "https://api.telegram.org/bot"


def verify(delivery: Delivery, account: Settings) -> None:
    """Return when the call bears the bot's secret_token: Telegram signs nothing."""
    require_token(delivery.headers.get("x-telegram-bot-api-secret-token"), account.secret)


normalise = partial(updates.read, DIALECT)
check = partial(signing_in.check, DIALECT)
take_over = partial(signing_in.check, DIALECT, take_over=True)
locate = partial(files.locate, DIALECT)
POLLING = PullSource(
    name=DIALECT.name,
    settings=Settings,
    fetch=partial(polling.fetch, DIALECT),
    normalise=normalise,
    check=check,
    take_over=take_over,
    serves=polls,
    keeps=DIALECT.keeps,
    locate=locate,
    relays_to=relays_to,
    sees_outbound=sees_outbound,
)
WEBHOOK = WebhookSource(
    name=DIALECT.name,
    settings=Settings,
    verify=verify,
    normalise=normalise,
    check=check,
    enlist=partial(signing_in.enlist, DIALECT),
    take_over=take_over,
    serves=is_called,
    keeps=DIALECT.keeps,
    locate=locate,
    relays_to=relays_to,
    sees_outbound=sees_outbound,
)
