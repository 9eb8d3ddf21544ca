"""What is asked of an open folder, one question at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from ingest_email.imap.answers import Answer, Completed
from ingest_email.imap.mailbox import Mailbox, asking
from ingest_email.imap.trouble import Refused
from ingest_email.imap.uids import written

# imaplib refuses lines beyond 1,000,000 bytes: the answer to a search must stay below.
MOST_FOUND = 80_000
# What an answer without a mail in it may hold; a server that sends more is not to be trusted with our memory.
_SMALL = 1024 * 1024
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Head:
    """A mail before it is fetched."""

    uid: int
    size: int
    arrived: datetime | None


def asked(mailbox: Mailbox, uids: str, items: str, most: int = _SMALL) -> list[Answer]:
    """Return what the server says of some mails; raises Refused when it says no."""
    tag = mailbox.begin(uids, items)
    answers = []
    while True:
        said = mailbox.next_answer(most)
        if isinstance(said, Answer):
            answers.append(said)
        elif said.tag == tag:
            return _unless_refused(answers, said)


def top(mailbox: Mailbox) -> int:
    """Return the highest UID in the folder, 0 when it is empty."""
    return max((a.uid for a in asked(mailbox, "*", "(UID)") if a.uid), default=0)


def found(mailbox: Mailbox, low: int, high: int, since: date | None = None) -> tuple[int, list[int]]:
    """Return from which UID on it was looked, and which are there from it up to `high`.

    Of a very large folder only the newest end is looked at: the answer must fit into a line.
    """
    few = mailbox.selected is not None and mailbox.selected[1].exists <= MOST_FOUND
    span = high - low + 1 if few else MOST_FOUND
    while True:
        start = max(low, high - span + 1)
        # a server names the last mail even when its UID is not within the range
        uids = sorted(uid for uid in _searched(mailbox, f"{start}:{high}", since) if start <= uid <= high)
        if uids or start == low:
            return start, uids
        high, span = start - 1, span * 10


def there(mailbox: Mailbox, uids: Sequence[int]) -> set[int]:
    """Return which of some UIDs the folder still has."""
    return set(_searched(mailbox, written(uids), None)) & set(uids)


def heads(mailbox: Mailbox, uids: Sequence[int]) -> dict[int, Head]:
    """Return sizes and arrival times of mails; they are asked for as one range, and what else is in it is left out."""
    wanted = set(uids)
    answers = asked(mailbox, f"{uids[0]}:{uids[-1]}", "(RFC822.SIZE INTERNALDATE)")
    return {h.uid: h for h in map(_head, answers) if h is not None and h.uid in wanted}


def bodies(mailbox: Mailbox, wanted: Sequence[Head]) -> dict[int, bytes]:
    """Return whole mails, without marking them as read."""
    answers = asked(mailbox, written(h.uid for h in wanted), "(BODY.PEEK[])", allowed(wanted))
    whole = {a.uid: a.sections().get(b"") for a in answers if a.uid is not None}
    return {h.uid: body for h in wanted if (body := whole.get(h.uid)) is not None}


def sections(mailbox: Mailbox, uid: int, wanted: Sequence[str], most: int) -> dict[bytes, bytes]:
    """Return parts of one mail, of at most so many bytes together, without marking it as read."""
    said: dict[bytes, bytes] = {}
    for answer in asked(mailbox, str(uid), f"({' '.join(wanted)})", most):
        if answer.uid == uid:
            said |= answer.sections()
    return said


def structure(mailbox: Mailbox, uid: int) -> Any:
    """Return the parts of one mail as imapclient reads them; raises Refused where it cannot."""
    with asking():
        mailbox.client._imap.untagged_responses.pop("FETCH", None)  # it would be taken for a part of the answer
        return mailbox.client.fetch([uid], ["BODYSTRUCTURE"])[uid][b"BODYSTRUCTURE"]


def allowed(wanted: Sequence[Head]) -> int:
    """Return how many bytes one of some mails may have: not all servers count line ends, and some count wrongly."""
    return 2 * max((h.size for h in wanted), default=0) + 64 * 1024


def _unless_refused(answers: list[Answer], end: Completed) -> list[Answer]:
    if not end.ok:
        raise Refused(end.said)
    return answers


def _head(answer: Answer) -> Head | None:
    size = answer.size()
    return None if answer.uid is None or size is None else Head(answer.uid, size, answer.arrived())


def _searched(mailbox: Mailbox, uids: str, since: date | None) -> list[int]:
    """Return what a search finds, also when the server says it in several lines."""
    imap = mailbox.client._imap
    later = ["SINCE", f"{since.day}-{_MONTHS[since.month - 1]}-{since.year}"] if since else []
    with asking():
        kind, said = imap._command_complete("SEARCH", imap._command("UID", "SEARCH", "UID", uids, *later))
        lines = imap.untagged_responses.pop("SEARCH", [])
        if kind != "OK":
            raise Refused(b" ".join(filter(None, said)).decode("latin-1"))
        return [int(uid) for line in lines if line for uid in line.split()]
