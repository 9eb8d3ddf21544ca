"""Where on its way a mail came in to us: what stands above was written by our servers, what is below by anybody.

Each server writes its Received field above what it was given, so the fields are read from the top. One that tells of a
handing over among our own servers is passed; the first that names somebody else is the border. Some servers write what
they found above their Received field, some (Google's) beneath it.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address, ip_network
from itertools import islice

from ingest_email.reading.authentication.alignment import organisational
from ingest_email.reading.headers import Headers

_MOST = 60
_LONGEST = 2_000
_FROM = re.compile(r"\s*from\s+(\S{1,255})(.*)", re.IGNORECASE)
_BY = re.compile(r"(?:\A|\s)by\s+([\w.-]{1,255})(.*)", re.IGNORECASE)
_WITH = re.compile(r"\swith\s+([\w-]{1,30})", re.IGNORECASE)
_ADDRESS = re.compile(r"[\[(](?:IPv6:)?([0-9a-f:.]{3,45})[\])]", re.IGNORECASE)
_REVERSE = re.compile(r"\(\s*([\w.-]{1,255})\s+\[")
_INSIDE = tuple(
    ip_network(n)
    for n in (
        "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16",
        "::1/128", "fc00::/7", "fe80::/10",
    )
)  # fmt: skip
# Exchange Online writes under both, and names who hands over by their greeting alone.
MICROSOFT = frozenset({"outlook.com", "office365.com"})


@dataclass(frozen=True, slots=True)
class Entry:
    """How a server of ours took the mail: its name, by which protocol, and whether from somebody else's hands."""

    by: str
    protocol: str
    foreign: bool


@dataclass(frozen=True, slots=True)
class Border:
    """The results between Received fields of our side, group by group from the top; the last entry, if there is one."""

    groups: tuple[tuple[bytes, ...], ...]
    entry: Entry | None


def border(headers: Headers, realm: frozenset[str]) -> Border:
    """Return what our side wrote on a mail; `realm` are the organisational domains of our servers."""
    groups: list[list[bytes]] = [[]]
    entry: Entry | None = None
    fields = (f for f in headers.fields if f[0] in ("received", "authentication-results"))
    for name, value in islice(fields, _MOST):
        if name == "authentication-results":
            # beneath the border also stands what the sender wrote: only the first there can be our server's
            if entry is None or not entry.foreign or not groups[-1]:
                groups[-1].append(value)
        elif entry is not None and entry.foreign:
            break
        else:
            entry = _entry(" ".join(value[:_LONGEST].decode("latin-1").split()), realm)
            groups.append([])
    return Border(tuple(map(tuple, groups)), entry)


def _entry(received: str, realm: frozenset[str]) -> Entry:
    """Return what a Received field (RFC 5321 §4.4) says."""
    told = received.rpartition(";")[0] or received
    taken = _BY.search(told)
    by, rest = (taken[1].lower().rstrip("."), taken[2]) if taken else ("", told)
    protocol = _WITH.search(rest)
    how = protocol[1].lower() if protocol else ""
    giver = _FROM.match(told[: taken.start()] if taken else told)
    foreign = giver is not None and not how.startswith(("lmtp", "local")) and _foreign(giver[1], giver[2], by, realm)
    return Entry(by, how, foreign)


def _foreign(greeting: str, more: str, by: str, realm: frozenset[str]) -> bool:
    """Return whether the one who hands over is none of ours: a name counts only when our server looked it up."""
    address = _ADDRESS.search(f"{greeting} {more}")
    if address is not None and _private(address[1]):
        return False
    looked_up = _REVERSE.search(more)
    if looked_up is not None:
        return organisational(looked_up[1]) not in realm
    if address is None or (realm >= MICROSOFT and organisational(by) in MICROSOFT):
        return organisational(greeting) not in realm
    return True


@lru_cache(maxsize=10_000)
def _private(written: str) -> bool:
    try:
        address = ip_address(written)
    except ValueError:
        return False
    return any(address in network for network in _INSIDE)
