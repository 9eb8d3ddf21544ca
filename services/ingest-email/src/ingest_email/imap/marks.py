"""How far a folder has been read: up to a UID everything is durable, but for what is named as still to be read."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from ingest_email.imap.uids import Range, without

# A mail that the server does not hand over is asked for again this often; more of them than this are given up.
AGAIN_SECONDS = 24 * 3600
MOST_HELD = 1000


@dataclass(frozen=True, slots=True)
class Mark:
    """What is read of a folder. `gaps` are ranges of UIDs up to `uid` that are not, ascending.

    `held` are mails that the server did not hand over, each with the second (Unix time) at which it is asked for again.
    `day` is kept where the server's UIDs mean nothing in the next session: the last day on which all was read.
    """

    uidvalidity: int
    uid: int = 0
    gaps: tuple[Range, ...] = ()
    held: Mapping[int, int] = field(default_factory=dict)
    day: date | None = None

    def reaching(self, top: int) -> "Mark":
        """Return the mark with all that has come up to a UID as a gap."""
        if top <= self.uid:
            return self
        low = self.uid + 1
        *below, last = self.gaps or ((0, -1),)
        joined = (*below, (last[0], top)) if last[1] == self.uid else (*self.gaps, (low, top))
        return replace(self, uid=top, gaps=joined)

    def read(self, low: int, high: int) -> "Mark":
        """Return the mark once everything between two UIDs is durable, or is not there."""
        return replace(self, gaps=without(self.gaps, low, high))

    def holding(self, uid: int, now: float) -> "Mark":
        """Return the mark with a mail that is asked for again tomorrow; of too many the oldest is given up."""
        held = {**self.held, uid: int(now) + AGAIN_SECONDS}
        for oldest in sorted(held)[: max(0, len(held) - MOST_HELD)]:
            del held[oldest]
        return replace(self, held=held)

    def released(self, uid: int) -> "Mark":
        """Return the mark without a mail that was held, and came or is gone."""
        return replace(self, held={u: at for u, at in self.held.items() if u != uid})

    def due(self, now: float) -> list[int]:
        """Return mails that are to be asked for again."""
        return sorted(uid for uid, at in self.held.items() if at <= now)

    def plain(self) -> dict[str, Any]:
        """Return the mark as JSON."""
        told: dict[str, Any] = {"uidvalidity": self.uidvalidity, "uid": self.uid}
        if self.gaps:
            told["gaps"] = [list(gap) for gap in self.gaps]
        if self.held:
            told["held"] = {str(uid): at for uid, at in self.held.items()}
        if self.day is not None:
            told["day"] = self.day.isoformat()
        return told


def mark_from(plain: Mapping[str, Any]) -> Mark:
    """Return a mark as it was saved; what older versions saved has neither gaps nor mails that are held."""
    return Mark(
        plain["uidvalidity"],
        plain["uid"],
        tuple((low, high) for low, high in plain.get("gaps", ())),
        {int(uid): at for uid, at in plain.get("held", {}).items()},
        date.fromisoformat(plain["day"]) if plain.get("day") else None,
    )


def continued(mark: Mark | None, uidvalidity: int, uidnext: int | None) -> Mark:
    """Return the mark to go on from: a new one where the folder was made anew, or put back to an older state.

    Mail that is read again has the same keys, so it gives the same events; and the newest of it is read first.
    """
    if mark is None or mark.uidvalidity != uidvalidity:
        return Mark(uidvalidity)
    if uidnext is not None and uidnext <= mark.uid:
        return Mark(uidvalidity, day=mark.day)
    return mark
