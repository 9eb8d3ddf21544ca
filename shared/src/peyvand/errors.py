"""What can go wrong, as types: what the type says decides what the caller is told.

PeyvandError
├── Rejected            permanent: the same bytes fail again
│   ├── BadSignature    not from whom it claims: refused (403), counted, not kept
│   └── BadPayload      genuine, but unreadable: kept for repair (vendors), 422 with pointers (our own API)
│       ├── UnknownType well-formed, of a type that we do not know yet: kept, and no sign that we are broken
│       └── Stumbled    it is our reading that failed: kept for repair, whoever sent it
├── Skipped             read and understood, and by a named rule not an interaction
├── Unavailable         transient: wait and try again (503 with Retry-After)
│   └── LeaseLost       another copy of this connector works now: stop writing
├── TooMany             a caller comes more often than it may (429 with Retry-After)
├── Gone                a file that its vendor no longer has: the message stands, its file says so
├── SignInFailed        the source refuses our credentials: tell a human, do not hammer
│   └── NotSignedIn     a person has to sign in first; the source is not even asked
├── SourceStopped       a source was stopped on purpose, loudly: too many deliveries in a row could not be read
└── Misconfigured       peyvand.yaml is wrong: every mistake at once
"""

from collections.abc import Sequence
from dataclasses import dataclass


class PeyvandError(Exception):
    """The root of everything that Peyvand raises on purpose."""


class Rejected(PeyvandError):
    """Permanent: trying again with the same bytes cannot help."""


class BadSignature(Rejected):
    """The delivery does not prove that it comes from its source."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a body: a JSON pointer (RFC 6901) and a sentence."""

    pointer: str
    why: str


class BadPayload(Rejected):
    """The delivery is genuine and cannot be read; `faults` names the places where that is known."""

    def __init__(self, why: str, faults: Sequence[Fault] = ()) -> None:
        super().__init__(why)
        self.faults = tuple(faults)


class UnknownType(BadPayload):
    """A vendor has thought of something new; the delivery waits for a normaliser that knows it."""


class Stumbled(BadPayload):
    """A fault of ours in reading: nobody is told to mend what may be right."""


class Skipped(PeyvandError):
    """The delivery is understood and is no interaction, by the rule named in the message."""


class Unavailable(PeyvandError):
    """Something that we depend on is away; the same call may succeed later."""

    def __init__(self, why: str, retry_after: int = 5) -> None:
        super().__init__(why)
        self.retry_after = retry_after


class LeaseLost(Unavailable):
    """The lease on a connector has passed to another holder."""


class TooMany(PeyvandError):
    """A caller comes more often than it may; `retry_after` is in seconds."""

    def __init__(self, why: str, retry_after: int) -> None:
        super().__init__(why)
        self.retry_after = retry_after


class Gone(PeyvandError):
    """A file cannot be had any more, or never could: asking again is of no use."""


class SignInFailed(PeyvandError):
    """A source refuses our credentials; the message says in plain words what to do."""


class NotSignedIn(SignInFailed):
    """Nobody has signed in yet, or the sign-in is over; nothing was asked of the source."""


class SourceStopped(PeyvandError):
    """Too many deliveries in a row could not be read, so the source was stopped before it is emptied into repair."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake in a configuration file: its line (1-based), its key, and what to do."""

    line: int
    key: str
    why: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.key}: {self.why}"


class Misconfigured(PeyvandError):
    """The configuration cannot be used; `mistakes` lists everything that is wrong with it."""

    def __init__(self, path: str, mistakes: Sequence[Mistake]) -> None:
        self.path = path
        self.mistakes = tuple(mistakes)
        super().__init__(
            "\n".join([f"{path} has {len(self.mistakes)} mistake(s):", *(f"  {m}" for m in self.mistakes)])
        )
