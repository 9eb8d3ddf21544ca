"""Which addresses are the world's: what is not is named, by IANA's registries of special-purpose addresses.

https://www.iana.org/assignments/iana-ipv4-special-registry https://www.iana.org/assignments/iana-ipv6-special-registry
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

_IPV4: tuple[tuple[IPv4Network, str], ...] = tuple(
    (IPv4Network(network), what)
    for network, what in (
        ("0.0.0.0/8", "this network"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "a provider's inner network"),
        ("127.0.0.0/8", "this machine"),
        ("168.63.129.16/32", "a cloud's inner service"),  # Azure's, though it looks like the world's
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "reserved"),
        ("192.0.2.0/24", "for documentation"),
        ("192.88.99.0/24", "reserved"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "for benchmarks"),
        ("198.51.100.0/24", "for documentation"),
        ("203.0.113.0/24", "for documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
    )
)
# Only this is handed out to the world; what is carried within other addresses (mapped, NAT64, 6to4) is refused as such.
_WORLD = IPv6Network("2000::/3")
_NOT_THE_WORLDS: tuple[tuple[IPv6Network, str], ...] = tuple(
    (IPv6Network(network), what)
    for network, what in (
        ("2001::/23", "reserved"),  # Teredo, ORCHID and the like
        ("2001:db8::/32", "for documentation"),
        ("2002::/16", "6to4"),
        ("3fff::/20", "for documentation"),
    )
)


def why_not(address: str) -> str | None:
    """Return None for an address of the world, else what it is; raises ValueError for what is no IP address."""
    found = ip_address(address)
    return _v4(found) if isinstance(found, IPv4Address) else _v6(found)


def _v4(address: IPv4Address) -> str | None:
    return next((what for network, what in _IPV4 if address in network), None)


def _v6(address: IPv6Address) -> str | None:
    if address.scope_id is not None or address not in _WORLD:
        return "not of the world's IPv6 addresses"
    return next((what for network, what in _NOT_THE_WORLDS if address in network), None)
