"""Where the bytes of a file lie: at the address that came with it, for as long as that works."""

from ingest_social.pages.content import is_page
from ingest_social.pages.platform import PageAccount, Platform
from peyvand.errors import Gone
from peyvand.event import Attachment
from peyvand.source import Remote


async def locate(platform: Platform, account: PageAccount, file: Attachment) -> Remote:
    """Return where a file lies; raises Gone when its name is no address."""
    url = file.at.removeprefix(f"{platform.name}:")
    if is_page(url):
        raise Gone("no address of a file")
    return Remote(url=url, proxy=account.proxy)
