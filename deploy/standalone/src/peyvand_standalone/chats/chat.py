"""A chat, read as a whole: each message with its time, its side, and a key that a second export gives again."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from peyvand_standalone.chats.dates import Order, moment, settled
from peyvand_standalone.chats.heads import Piece, pieces
from peyvand_standalone.chats.opening import Export, NoChat
from peyvand_standalone.chats.saying import Said, said

MOST_SENDERS = 2_000


@dataclass(frozen=True, slots=True)
class Spoken:
    """One message of a chat: on which line, when (None: on no day that exists), and what."""

    line: int
    at: datetime | None
    said: Said


@dataclass(frozen=True, slots=True)
class Chat:
    """All messages of an export in their order, who writes in it, and the lines that belong to nothing."""

    spoken: tuple[Spoken, ...]
    senders: tuple[str, ...]
    stray: tuple[int, ...]


def chat(export: Export, zone: ZoneInfo, order: Order | None = None) -> Chat:
    """Return what an export holds; raises NoChat, and Ambiguous when its dates may mean two things."""
    found: list[Piece] = []
    stray: list[int] = []
    for one in pieces(export.text):
        if isinstance(one, Piece):
            found.append(one)
        else:
            stray.append(one[0])
    if not found:
        raise NoChat(f"{export.path.name}: no line begins as a message of WhatsApp does")
    order = settled([piece.head for piece in found], order)
    held = frozenset(export.sizes)
    spoken = tuple(_spoken(piece, order, zone, held) for piece in found)
    senders = Counter(s.said.sender for s in spoken if s.said.sender and not s.said.note)
    return Chat(spoken, tuple(name for name, _ in senders.most_common(MOST_SENDERS)), tuple(stray))


def _spoken(piece: Piece, order: Order, zone: ZoneInfo, held: frozenset[str]) -> Spoken:
    at = moment(piece.head, order)
    return Spoken(piece.line, at.replace(tzinfo=zone) if at else None, said(piece.body, held))


def keyed(
    spoken: Sequence[Spoken], ours: frozenset[str], numbers: Mapping[str, str], group: str
) -> Iterator[tuple[str, Spoken]]:
    """Yield each message with its key: no export has ids, so it is who, when, what, and the how-manieth of the same.

    A chat of two is known by the other one, any other by what the `group` is called, for those who write in it change.
    A file counts as a file, whatever its name: an export without files then finds its messages again in one with them.
    """
    others = {s.said.sender for s in spoken if s.said.sender and not s.said.note} - ours
    whom = next(numbers.get(name, name) for name in others) if len(others) == 1 else group
    seen: Counter[str] = Counter()
    for one in spoken:
        side = "us" if one.said.sender in ours else numbers.get(one.said.sender, one.said.sender)
        what = "\x00file" if one.said.file is not None else one.said.text or ""
        at = one.at.isoformat(timespec="minutes") if one.at else ""
        same = "\x1f".join((whom, side, at, what))
        seen[same] += 1
        yield hashlib.sha256(f"{same}\x1f{seen[same]}".encode(errors="replace")).hexdigest(), one
