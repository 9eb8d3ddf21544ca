"""Where the files of a bot's messages lie: the vendor is asked for each, and its answer holds for an hour.

https://core.telegram.org/bots/api#getfile
"""

from typing import Any
from urllib.parse import quote

from ingest_social.bots.account import BotAccount
from ingest_social.bots.calling import NotDone, calling
from ingest_social.bots.dialect import Dialect
from peyvand.errors import Gone, Unavailable
from peyvand.event import Attachment
from peyvand.source import Remote


async def locate(dialect: Dialect, account: BotAccount, attachment: Attachment) -> Remote:
    """Return where a file lies; raises Unavailable, or Gone with the reason why no bot is given it."""
    _, _, file_id = attachment.at.partition(":")
    if file_id.startswith("story/"):
        raise Gone(f"{dialect.vendor} gives bots no stories")
    limit = dialect.largest if _is_the_vendors(account) else None
    if limit is not None and (attachment.size or 0) > limit:
        raise Gone(f"it is larger than {limit // 1024**2} MB, and {dialect.vendor} gives bots no larger ones")
    found = await _asked(dialect, account, file_id)
    path = found.get("file_path")
    if not isinstance(path, str) or not path:
        raise Gone(f"{dialect.vendor} says nowhere where this file lies")
    if path.startswith("/"):
        raise Gone("this Bot API server keeps files on its own disk (--local), from where nobody else can have them")
    size = found.get("file_size")
    return Remote(
        f"{_files_of(account)}{quote(path)}",
        trusted=not _is_the_vendors(account),
        proxy=account.proxy,
        size=size if isinstance(size, int) else None,
    )


async def _asked(dialect: Dialect, account: BotAccount, file_id: str) -> dict[str, Any]:
    try:
        async with calling(account, dialect) as caller:
            found = await caller.ask("get_File", file_id=file_id)
    except NotDone as refusal:
        raise Gone(f"{dialect.vendor} does not give this file: {refusal.why}") from refusal
    if not isinstance(found, dict):
        raise Unavailable(f"{dialect.vendor} answered getFile with no file")
    return found


def _is_the_vendors(account: BotAccount) -> bool:
    """Return whether the server is the vendor's own: one of our own may have a private address."""
    return bool(account.base_url == type(account).model_fields["base_url"].default)


def _files_of(account: BotAccount) -> str:
    """Return the address under which a server has a bot's files: `…/bot` becomes `…/file/bot<token>/`."""
    server, _, word = account.base_url.rpartition("/")
    return f"{server}/file/{word}{account.token.get_secret_value()}/"
