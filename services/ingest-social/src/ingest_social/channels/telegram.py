"""Telegram bots.

https://core.telegram.org/bots/api
"""

from functools import partial

from ingest_social.bots import polling, signing_in, updates
from ingest_social.bots.account import BotAccount, is_called, polls
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
        "my_chat_member",
    ),
    repeats=False,
    bare_numbers=True,
)


class Settings(BotAccount):
    """One bot of Telegram, or of a Bot API server of one's own."""

    base_url: str = "https://api.telegram.org/bot"


def verify(delivery: Delivery, account: Settings) -> None:
    """Return when the call bears the bot's secret_token: Telegram signs nothing."""
    require_token(delivery.headers.get("x-telegram-bot-api-secret-token"), account.secret)


normalise = partial(updates.read, DIALECT)
check = partial(signing_in.check, DIALECT)
POLLING = PullSource(
    name=DIALECT.name,
    settings=Settings,
    fetch=partial(polling.fetch, DIALECT),
    normalise=normalise,
    check=check,
    serves=polls,
)
WEBHOOK = WebhookSource(
    name=DIALECT.name, settings=Settings, verify=verify, normalise=normalise, check=check, serves=is_called
)
