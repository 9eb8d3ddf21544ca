"""Rubika bots.

https://rubika.ir/botapi
"""

from ingest_social.bots.account import is_called, polls, relays_to, sees_outbound
from ingest_social.bots.address import require_key
from ingest_social.rubika import files, polling, signing_in, updates
from ingest_social.rubika.account import RubikaAccount
from peyvand.source import PullSource, WebhookSource


class Settings(RubikaAccount):
    """One bot of Rubika."""


verify = require_key  # Rubika signs nothing and sends no secret
normalise = updates.read
check = signing_in.check
POLLING = PullSource(
    name="rubika",
    settings=Settings,
    fetch=polling.fetch,
    normalise=normalise,
    check=check,
    serves=polls,
    locate=files.locate,
    relays_to=relays_to,
    sees_outbound=sees_outbound,
)
WEBHOOK = WebhookSource(
    name="rubika",
    settings=Settings,
    verify=verify,
    normalise=normalise,
    check=check,
    take_over=signing_in.take_over,
    serves=is_called,
    locate=files.locate,
    relays_to=relays_to,
    sees_outbound=sees_outbound,
)
