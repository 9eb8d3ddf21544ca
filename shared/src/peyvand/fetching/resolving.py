"""Asking for a host's addresses, once: what is dialled is one of those that were looked at."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from peyvand.errors import Gone, Unavailable
from peyvand.fetching.addresses import why_not

# Returns a host's addresses as text; raises OSError.
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


class Refused(Gone):
    """An address that nobody but peyvand.yaml may send us to; the message says what it is."""


async def resolved(host: str, port: int) -> Sequence[str]:
    """Return a host's addresses as the system resolves them, in its order; raises OSError."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(where[0]) for *_, where in found))


@dataclass(frozen=True, slots=True)
class Guard:
    """How hosts are resolved, and what is asked about each address: None, or what it is instead of the world's."""

    resolve: Resolve = resolved
    why_not: Callable[[str], str | None] = why_not


async def dialled(host: str, port: int, trusted: bool, guard: Guard) -> Sequence[str]:
    """Return the addresses under which a host may be dialled; raises Refused when none may, Unavailable.

    Spellings (octal, hexadecimal, one number) need no rules of their own: what they resolve to is looked at.
    """
    try:
        addresses = await guard.resolve(host, port)
    except (OSError, UnicodeError) as error:
        raise Unavailable(f"{host} cannot be resolved") from error
    allowed = [a for a in addresses if trusted or guard.why_not(a) is None]
    if not allowed:
        kinds = sorted({guard.why_not(a) or "" for a in addresses})
        raise Refused(f"{host} leads to an address that is {' or '.join(kinds) or 'none'}")
    return allowed


def require_name(host: str, trusted: bool) -> None:
    """Return when a proxy may be asked for a host by an untrusted address; raises Refused.

    The proxy resolves it, so only what the name itself gives away can be told.
    """
    if trusted:
        return
    try:
        address = str(ip_address(host))
    except ValueError:
        if "." not in host.rstrip(".") or host.rstrip(".").endswith((".local", ".internal", ".localhost", ".lan")):
            raise Refused(f"{host} is a name within a network") from None
        if host.rstrip(".").rpartition(".")[2].lower().startswith(("0x", *"0123456789")):
            raise Refused(f"{host} is a number in another spelling") from None
        return
    if what := why_not(address):
        raise Refused(f"{host} is {what}")
