"""Bale bots: the Bot API of Telegram, with the differences of this table.

https://docs.bale.ai/
"""

from functools import partial
from urllib.parse import parse_qs, urlsplit

from ingest_social.bots import polling, signing_in, updates
from ingest_social.bots.account import BotAccount, is_called, polls
from ingest_social.bots.dialect import Dialect
from peyvand.delivery import Delivery
from peyvand.signature import require_token
from peyvand.source import PullSource, WebhookSource

DIALECT = Dialect(
    name="bale",
    vendor="Bale",
    asked=(),  # messages, their edits and pressed buttons are all there is
    repeats=True,
    bare_numbers=False,
)


class Settings(BotAccount):
    """One bot of Bale."""

    base_url: str = "https://tapi.bale.ai/bot"


def verify(delivery: Delivery, account: Settings) -> None:
    """Return when the address called holds the secret (`?key=…`): Bale sends no header that could prove anything."""
    keys = parse_qs(urlsplit(delivery.url).query).get("key", [])
    require_token(keys[0] if len(keys) == 1 else None, account.secret)


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
