"""Which addresses are the world's: whatever carries a private one within it is not."""

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peyvand.errors import Unavailable
from peyvand.fetching import Guard, Refused, why_not
from peyvand.fetching.resolving import dialled, require_name

WORLD = ["1.1.1.1", "149.154.167.220", "172.32.0.1", "100.63.255.255", "2a00:1450::8a", "2606:4700:4700::1111"]
NOT = [
    "0.0.0.0", "10.10.34.34", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.254", "168.63.129.16",
    "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.168.1.1", "198.18.0.1", "224.0.0.1",
    "239.255.255.250", "240.0.0.1", "255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8",
    "::ffff:0:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::8.8.8.8", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1",
    "2002:7f00:1::", "3fff::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1",
]  # fmt: skip


@pytest.mark.parametrize("address", WORLD)
def test_an_address_of_the_world_is_fetched_from(address: str) -> None:
    assert why_not(address) is None


@pytest.mark.parametrize("address", NOT)
def test_an_address_that_is_not_the_worlds_is_refused(address: str) -> None:
    assert why_not(address)


@given(st.ip_addresses())
def test_nothing_passes_that_the_standard_library_calls_private(address: IPv4Address | IPv6Address) -> None:
    assert why_not(str(address)) or (address.is_global and not address.is_multicast)


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_within_an_ipv6_one_never_passes(inner: IPv4Address) -> None:
    carriers = (int(IPv6Address("::ffff:0:0")), int(IPv6Address("64:ff9b::")), 0)
    assert all(why_not(str(IPv6Address(carrier | int(inner)))) for carrier in carriers)
    assert why_not(str(IPv6Address((0x2002 << 112) | (int(inner) << 80))))


SPELLINGS = ["0177.0.0.1", "0x7f.1", "0x7f000001", "2130706433", "017700000001", "127.1", "0"]


@pytest.mark.parametrize("host", SPELLINGS)
async def test_another_spelling_of_this_machine_is_refused_by_what_it_resolves_to(host: str) -> None:
    assert ip_address(socket.inet_ntoa(socket.inet_aton(host)))  # the system takes it for an address
    with pytest.raises(Refused, match=r"this machine|this network"):
        await dialled(host, 80, trusted=False, guard=Guard())


@pytest.mark.parametrize(
    "host", [*SPELLINGS, "127.0.0.1", "::1", "10.0.0.1", "localhost", "db", "a.internal", "b.local."]
)
def test_a_proxy_is_not_asked_for_a_name_that_gives_itself_away(host: str) -> None:
    with pytest.raises(Refused):
        require_name(host, trusted=False)
    require_name(host, trusted=True)


async def _both(_host: str, _port: int) -> list[str]:
    return ["10.0.0.1", "149.154.167.220", "::1"]


async def test_of_a_hosts_addresses_only_those_of_the_world_are_dialled() -> None:
    assert await dialled("a.example", 443, trusted=False, guard=Guard(_both)) == ["149.154.167.220"]
    assert await dialled("a.example", 443, trusted=True, guard=Guard(_both)) == await _both("", 0)


async def test_a_name_that_does_not_resolve_is_asked_for_again_later() -> None:
    async def unknown(_host: str, _port: int) -> list[str]:
        raise socket.gaierror("unknown")

    with pytest.raises(Unavailable):
        await dialled("a.example", 443, trusted=False, guard=Guard(unknown))
