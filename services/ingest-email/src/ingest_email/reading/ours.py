"""What is ours beside the organisation's own, as each mailbox's settings tell it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from peyvand.identity import Handle, Organisation, company_domain, email

Internal = Literal["skip", "metadata", "store"]


@dataclass(frozen=True, slots=True)
class Ours:
    """A mailbox's addresses, and what becomes of mail wholly among us.

    `trusted` are the servers, as they call themselves in Authentication-Results, whose checks of senders count.
    """

    addresses: frozenset[str]
    internal: Internal = "skip"
    trusted: tuple[str, ...] = ()

    def has(self, handle: Handle | None, organisation: Organisation) -> bool:
        """Return whether an address is the mailbox's or the organisation's."""
        return handle is not None and (handle.value in self.addresses or organisation.owns(handle))

    def domains(self, organisation: Organisation) -> frozenset[str]:
        """Return the domains that are ours alone, not a free provider's."""
        return _domains(self.addresses, organisation.domains)


@lru_cache(maxsize=1_000)
def _domains(addresses: frozenset[str], organisations: tuple[str, ...]) -> frozenset[str]:
    own = (company_domain(address) for address in addresses)
    return frozenset([*organisations, *(domain for domain in own if domain)])


def ours(written_addresses: Sequence[str], *, internal: Internal, trusted: Sequence[str] = ()) -> Ours:
    """Return what is ours, from addresses and names of servers as the settings have them."""
    handles = (email(address) for address in written_addresses)
    servers = tuple(name.strip().lower().removeprefix("*.").rstrip(".") for name in trusted)
    return Ours(frozenset(h.value for h in handles if h is not None), internal, servers)
