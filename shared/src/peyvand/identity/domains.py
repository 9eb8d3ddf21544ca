"""What an address's domain says of a company: most at free providers and relays say nothing."""

from peyvand.identity.lists import listed


def is_everybodys(domain: str) -> bool:
    """Return whether anybody can have an address at a domain."""
    return domain in listed("free_mail")


def is_relay(domain: str) -> bool:
    """Return whether addresses at a domain, or below it, stand for another: one person's or conversation's each."""
    parts = domain.split(".")
    return any(".".join(parts[i:]) in listed("relays") for i in range(len(parts)))


def company_domain(address: str) -> str | None:
    """Return the domain of an address (a handle's value) when it is a company's."""
    domain = address.rpartition("@")[2]
    return None if "." not in domain or is_everybodys(domain) or is_relay(domain) else domain
