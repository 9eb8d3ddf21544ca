"""Bale bots: the Bot API of Telegram, with the differences of this table.

https://docs.bale.ai/
"""

from datetime import timedelta
from functools import partial

from ingest_social.bots import files, polling, signing_in, updates
from ingest_social.bots.account import BotAccount, is_called, polls, relays_to, sees_outbound
from ingest_social.bots.address import require_key
from ingest_social.bots.dialect import Dialect
from peyvand.source import PullSource, WebhookSource

DIALECT = Dialect(
    name="bale",
    vendor="Bale",
    asked=(),  # messages, their edits and pressed buttons are all there is
    repeats=True,
    bare_numbers=False,
    signs=False,
    largest=None,
    keeps=timedelta(hours=24),
)


class Settings(BotAccount):
    """One bot of Bale."""

    base_url: str = "https://tapi.bale.ai/bot"


verify = require_key  # Bale sends no header that could prove anything
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
