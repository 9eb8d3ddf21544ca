"""What became of a mail that was asked for."""

from dataclasses import dataclass

from ingest_email.imap.questions import Head


@dataclass(frozen=True, slots=True)
class Fetched:
    """A mail as the server gave it, a part of it, or why it could not be had.

    `partial` is "" for a whole mail, "parts" where files are left out, "beginning" where it was cut.
    """

    uid: int
    size: int = 0
    body: bytes = b""
    arrived: str = ""
    partial: str = ""
    error: str | None = None


def fetched(head: Head, body: bytes, partial: str = "") -> Fetched:
    """Return a mail that came."""
    return Fetched(head.uid, head.size, body, _iso(head), partial)


def failed(uid: int, why: str, head: Head | None = None) -> Fetched:
    """Return a mail that did not."""
    return Fetched(uid, head.size if head else 0, arrived=_iso(head) if head else "", error=why[:300])


def _iso(head: Head) -> str:
    return head.arrived.isoformat() if head.arrived is not None else ""
