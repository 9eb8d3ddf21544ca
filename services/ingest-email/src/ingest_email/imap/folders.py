"""Which folders are read: INBOX and what was sent, whatever it is called."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from peyvand.errors import Unavailable

INBOX = "INBOX"
SENT = "\\Sent"
# For servers without SPECIAL-USE (RFC 6154): what mail programs call the folder, in the order of trust.
_USUAL = (
    "sent",
    "sent items",
    "sent mail",
    "sent messages",
    "sent-mail",
    "ارسال شده",
    "ارسال شده ها",
    "پیام های ارسال شده",
    "نامه های ارسال شده",
    "ارسالی",
    "elements envoyes",
    "gesendet",
    "gesendete objekte",
    "отправленные",
)


@dataclass(frozen=True, slots=True)
class Listed:
    """A folder as the server lists it."""

    name: str
    flags: frozenset[str]
    delimiter: str = "/"


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder that we read, and what it is for ("\\Sent", or "")."""

    name: str
    special_use: str = ""


def chosen(listed: Sequence[Listed], wanted: Sequence[str] | None) -> list[Folder]:
    """Return the folders to read, INBOX last, for it is the one that is watched; raises Unavailable for one not there.

    Without a wish these are INBOX and the folder of sent mail.
    """
    selectable = [f for f in listed if "\\noselect" not in f.flags and "\\nonexistent" not in f.flags]
    sent = _sent(selectable)
    there = {_folded(f.name): f.name for f in selectable} | {INBOX.lower(): INBOX}
    names = list(wanted) if wanted is not None else [INBOX, *([sent] if sent else [])]
    if missing := [name for name in names if _folded(name) not in there]:
        known = ", ".join(sorted(there.values())[:20])
        raise Unavailable(f"there is no folder {missing[0]!r} in this mailbox; it has {known}", 300)
    folders = [Folder(there[_folded(name)]) for name in dict.fromkeys(names)]
    folders = [Folder(f.name, SENT) if f.name == sent else f for f in folders]
    return sorted(folders, key=lambda f: f.name == INBOX)


def _sent(listed: Iterable[Listed]) -> str | None:
    by_use = [f.name for f in listed if "\\sent" in f.flags]
    if by_use:
        return by_use[0]
    by_name = {_folded(f.name.rpartition(f.delimiter)[2] if f.delimiter else f.name): f.name for f in listed}
    return next((by_name[name] for name in _USUAL if name in by_name), None)


def _folded(name: str) -> str:
    """Return a name as it is compared: Arabic letters as Persian ones, ZWNJ as a space."""
    swapped = name.replace("ي", "ی").replace("ك", "ک").replace("\u200c", " ")
    return " ".join(swapped.casefold().split())
