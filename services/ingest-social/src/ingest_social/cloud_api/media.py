"""Where the bytes of a file lie: Meta names an address for a media id, good for five minutes and with the token.

https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media
"""

import re
from urllib.parse import urlsplit

from ingest_social.cloud_api.account import Settings
from ingest_social.meta.graph import ask
from peyvand.errors import Gone, SignInFailed, Unavailable
from peyvand.event import Attachment
from peyvand.source import Remote

_MEDIA_ID = re.compile(r"whatsapp:([0-9]{1,32})\Z")
_SHA256 = re.compile(r"[0-9a-f]{64}\Z")
# Who may see the token; everybody else is asked without it.
_METAS = (".facebook.com", ".fbsbx.com", ".fbcdn.net", ".whatsapp.net")


async def locate(account: Settings, file: Attachment) -> Remote:
    """Return where a file lies; raises Unavailable, or Gone after the thirty days for which Meta keeps it."""
    named = _MEDIA_ID.match(file.at)
    if named is None:
        raise Gone("no media id of WhatsApp")
    try:
        told = await ask(account, named[1])
    except SignInFailed as error:
        raise Unavailable(str(error), 3600) from error
    match told:
        case {"url": str() as url}:
            return _remote(account, url, told.get("sha256"), told.get("file_size"))
        case _:
            raise Unavailable("Meta names no address for the file")


def _remote(account: Settings, url: str, sha256: object, size: object) -> Remote:
    host, own = urlsplit(url).hostname or "", urlsplit(account.base_url).hostname
    known = host == own or host.endswith(_METAS)
    token = account.token.get_secret_value() if account.token and known else None
    return Remote(
        url=url,
        headers={"authorization": f"Bearer {token}"} if token else {},
        trusted=host == own,
        proxy=account.proxy,
        sha256=sha256 if isinstance(sha256, str) and _SHA256.match(sha256) else None,
        size=int(size) if isinstance(size, int | str) and str(size).isdecimal() else None,
    )
