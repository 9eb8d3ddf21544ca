"""In what the vendors of bots differ: one table per vendor, and no branch by its name."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Dialect:
    """A vendor's way to speak the Bot API.

    `name` is the channel and the kind of its handles; `asked` are the updates asked for by name (empty: the vendor
    takes no such list); `repeats`: getUpdates may hand out again what an offset has confirmed; `bare_numbers`: phone
    numbers on contact cards are international digits without their "+", instead of numbers as people write them;
    `signs`: webhooks bear a secret in a header (else their address holds it); `largest`: of a file that a bot may have
    from the vendor's own server, in bytes; `keeps`: how long updates wait for who does not fetch them.
    """

    name: str
    vendor: str
    asked: tuple[str, ...]
    repeats: bool
    bare_numbers: bool
    signs: bool
    largest: int | None
    keeps: timedelta
