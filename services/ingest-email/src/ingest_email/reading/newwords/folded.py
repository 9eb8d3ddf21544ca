"""What a mail says anew and what was folded away, and the kinds of lines between which is decided."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a line of a mail is; all but new words and what was passed on is folded away."""

    NEW = "new"
    FORWARD = "forward"
    HISTORY = "history"
    SIGNATURE = "signature"
    FOOTER = "footer"


SHOWN = frozenset({Kind.NEW, Kind.FORWARD})


# Why an earlier mail is known as one.
WROTE = "a line says who wrote what follows"
HEADERS = "a block of mail headers"
PARTED = "a line marks the earlier mail"
MARKED_BY = "the mail program marks the earlier mail"
ANGLES = "lines that begin with >"
PASSED_ON = "a mail that was passed on"


@dataclass(frozen=True, slots=True)
class Folded:
    """New words, and what was folded away: None when nothing was; whether that is certain, and why it is so."""

    new: str
    quoted: str | None = None
    sure: bool = True
    why: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """Lines of one kind, from `start` up to `end`."""

    kind: Kind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where an earlier mail begins and ends; a `quote` has marked lines, and is `led` when a line announces it."""

    span: Span
    why: str
    quote: bool = False
    led: bool = True
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Parting:
    """The kind of each line, whether that is certain, why it is so, and whether any is folded away."""

    kinds: tuple[Kind, ...]
    sure: bool = True
    why: str = ""
    folds: bool = False
