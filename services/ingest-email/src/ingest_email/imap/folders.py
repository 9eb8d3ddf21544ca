"""Which folders are read: INBOX, sent and archived mail, whatever they are called; or what is asked for."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

INBOX = "INBOX"
SENT = "\\Sent"
ARCHIVE = "\\Archive"
# RFC 6154. Of these a wildcard takes none: nobody's mail yet, nobody's any more, or a second view of what is elsewhere.
_NEVER = frozenset({"\\drafts", "\\trash", "\\junk", "\\all", "\\flagged", "\\important"})
_CLOSED = frozenset({"\\noselect", "\\nonexistent"})
# For servers without SPECIAL-USE: what mail programs call the folders, in the order of trust.
_USUAL = {
    SENT: (
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
    ),
    ARCHIVE: ("archive", "archives", "بایگانی", "آرشیو", "archiv"),
}
_NEVER_USUAL = frozenset(
    {"drafts", "draft", "trash", "deleted items", "deleted messages", "junk", "junk e-mail", "spam", "bulk mail"}
    | {"پیش نویس ها", "پیش نویس", "هرزنامه", "سطل زباله", "زباله دان", "حذف شده ها"}
)


@dataclass(frozen=True, slots=True)
class Listed:
    """A folder as the server lists it."""

    name: str
    flags: frozenset[str]
    delimiter: str = "/"

    @property
    def leaf(self) -> str:
        """Return the last part of the name, as names are compared."""
        return _folded(self.name.rpartition(self.delimiter)[2] if self.delimiter else self.name)


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder that we read, and what it is for ("\\Sent", "\\Archive", or "")."""

    name: str
    special_use: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """The folders to read, INBOX last, for it is the one that is watched; and wishes that fit none."""

    folders: tuple[Folder, ...]
    missing: tuple[str, ...] = ()
    there: tuple[str, ...] = ()

    def complaint(self) -> str | None:
        """Return in words what is wished for and not there."""
        if not self.missing:
            return None
        return f"there is no folder {self.missing[0]!r} in this mailbox; it has {', '.join(self.there[:20])}"


def chosen(listed: Sequence[Listed], wanted: Sequence[str] | None) -> Choice:
    """Return the folders to read; without a wish INBOX and the folders of sent and of archived mail."""
    open_ones = [f for f in listed if not f.flags & _CLOSED]
    uses = {name: use for use in (SENT, ARCHIVE) if (name := _used_for(use, open_ones))}
    there = {_folded(f.name): f.name for f in open_ones} | {INBOX.lower(): INBOX}
    names, missing = [INBOX, *uses], []
    if wanted is not None:
        found = {wish: _matching(wish, open_ones, there) for wish in wanted}
        names = [name for fitting in found.values() for name in fitting]
        missing = [wish for wish, fitting in found.items() if not fitting]
    folders = [Folder(name, uses.get(name, "")) for name in dict.fromkeys(names)]
    return Choice(tuple(sorted(folders, key=lambda f: f.name == INBOX)), tuple(missing), tuple(sorted(there.values())))


def _matching(wish: str, listed: Iterable[Listed], there: dict[str, str]) -> list[str]:
    """Return the folders that a wish names; with * or % (RFC 9051, 6.3.9) none that nobody would mean."""
    if "*" not in wish and "%" not in wish:
        return [there[_folded(wish)]] if _folded(wish) in there else []
    return [f.name for f in listed if _pattern(wish, f.delimiter).fullmatch(_folded(f.name)) and not _is_never(f)]


def _pattern(wish: str, delimiter: str) -> re.Pattern[str]:
    within = f"[^{re.escape(delimiter)}]*" if delimiter else ".*"
    return re.compile("".join({"*": ".*", "%": within}.get(c, re.escape(c)) for c in _folded(wish)), re.DOTALL)


def _is_never(folder: Listed) -> bool:
    return bool(folder.flags & _NEVER) or folder.leaf in _NEVER_USUAL


def _used_for(use: str, listed: Iterable[Listed]) -> str | None:
    by_use = [f.name for f in listed if use.lower() in f.flags]
    if by_use:
        return by_use[0]
    by_name = {f.leaf: f.name for f in listed}
    return next((by_name[name] for name in _USUAL[use] if name in by_name), None)


def _folded(name: str) -> str:
    """Return a name as it is compared: Arabic letters as Persian ones, ZWNJ as a space."""
    swapped = name.replace("ي", "ی").replace("ك", "ک").replace("\u200c", " ")
    return " ".join(swapped.casefold().split())
