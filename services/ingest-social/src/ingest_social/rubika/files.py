"""Where the files of a Rubika bot's messages lie: the vendor gives an address for each.

https://rubika.ir/botapi/methods
"""

from ingest_social.rubika.account import RubikaAccount
from ingest_social.rubika.calling import NotDone, calling
from peyvand.errors import Gone
from peyvand.event import Attachment
from peyvand.source import Remote


async def locate(account: RubikaAccount, attachment: Attachment) -> Remote:
    """Return where a file lies; raises Unavailable, or Gone when the vendor does not give it."""
    _, _, file_id = attachment.at.partition(":")
    try:
        async with calling(account) as caller:
            found = await caller.ask("getFile", file_id=file_id)
    except NotDone as refusal:
        raise Gone(f"Rubika does not give this file: {refusal.why}") from refusal
    url = found.get("download_url")
    if not isinstance(url, str) or not url:
        raise Gone("Rubika says nowhere where this file lies")
    return Remote(url, proxy=account.proxy)
