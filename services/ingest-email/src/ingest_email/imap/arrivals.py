"""Mails that came, as deliveries are made of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

from ingest_email.imap.fetched import Fetched
from ingest_email.imap.folders import Folder
from ingest_email.imap.settings import Settings
from peyvand.source import Arrival


@dataclass(frozen=True, slots=True)
class Place:
    """A folder as long as its UIDs are valid: the address (RFC 5092) under which its mails are known."""

    folder: Folder
    url: str

    def arrivals(self, mails: Iterable[Fetched]) -> tuple[Arrival, ...]:
        """Return what the runner makes deliveries of."""
        now = datetime.now(UTC)
        return tuple(Arrival(m.body, now, f"{self.url}/;UID={m.uid}", self._headers(m)) for m in mails)

    def _headers(self, mail: Fetched) -> dict[str, str]:
        said = {"folder": self.folder.name, "special-use": self.folder.special_use, "size": str(mail.size)}
        if mail.arrived:
            said["internaldate"] = mail.arrived
        if mail.partial:
            said["partial"] = mail.partial
        if mail.error is not None:
            said["x-imap-error"] = mail.error
        return said


def place(settings: Settings, folder: Folder, uidvalidity: int) -> Place:
    """Return a folder's place."""
    box = f"imap://{quote(settings.username, safe='')}@{settings.host}/{quote(folder.name, safe='')}"
    return Place(folder, f"{box};UIDVALIDITY={uidvalidity}")
