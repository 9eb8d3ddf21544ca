"""Whether a server is this very machine, so that nothing that is sent to it leaves."""

from ipaddress import ip_address


def is_this_machine(host: str) -> bool:
    """Return whether a host is on loopback."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
