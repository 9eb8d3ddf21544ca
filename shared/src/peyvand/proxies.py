"""Who stands in front of us: proxies by name, and the caller and address behind them.

RFC 7239 (Forwarded), and the X-Forwarded-* headers from before it.
"""

import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

Scope = MutableMapping[str, Any]
App = Callable[[Scope, Any, Any], Awaitable[None]]

# Under this name the scope of a request says which host, and port, its caller asked for.
AUTHORITY = "peyvand.authority"
# A proxy on this machine, as nearly everybody has it.
LOCAL = ("127.0.0.1", "::1")
_HOST = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::\d{1,5})?\Z")
_PORTED = re.compile(r"\[([^\]]+)\](?::\d+)?\Z|(\d+\.\d+\.\d+\.\d+):\d+\Z")
_PAIR = re.compile(r'\s*([A-Za-z]+)=(?:"((?:[^"\\]|\\.)*)"|([^;,\s]*))\s*')
_DEFAULT = {"http": "80", "https": "443"}


@dataclass(frozen=True)
class Proxies:
    """The proxies whose word is taken: addresses and networks; raises ValueError for what is neither."""

    named: tuple[str, ...] = LOCAL

    def __post_init__(self) -> None:
        """Refuse a name that would never fit."""
        _ = self.networks

    @cached_property
    def networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """Return what was named, as networks."""
        return tuple(ip_network(name, strict=False) for name in self.named)

    def trusts(self, host: str) -> bool:
        """Return whether an address is one of theirs."""
        try:
            address = ip_address(host)
        except ValueError:
            return False
        address = getattr(address, "ipv4_mapped", None) or address
        return any(address in network for network in self.networks)


@dataclass(frozen=True, slots=True)
class Hop:
    """What one proxy says of who called it."""

    caller: str = ""
    scheme: str = ""
    host: str = ""


@dataclass(frozen=True, slots=True)
class Behind:
    """An ASGI application to which a request looks as it did to the outermost trusted proxy."""

    app: App
    proxies: Proxies

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Pass a request on; what stands in the headers of somebody else is left where it is."""
        peer = scope.get("client")
        if scope["type"] == "http" and peer and self.proxies.trusts(peer[0]):
            scope.update(_seen(scope, self.proxies))
        await self.app(scope, receive, send)


def _seen(scope: Scope, proxies: Proxies) -> Mapping[str, Any]:
    headers: dict[str, str] = {}
    for name, value in scope["headers"]:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    hops = _x_forwarded(headers) or _forwarded(headers.get("forwarded", ""))
    if not hops:
        return {}
    at = len(hops) - 1
    while at > 0 and proxies.trusts(hops[at].caller):
        at -= 1
    hop = hops[at]
    found: dict[str, Any] = {"client": (hop.caller, 0)} if hop.caller else {}
    if hop.scheme in _DEFAULT:
        found["scheme"] = hop.scheme
    if _HOST.match(hop.host):
        found[AUTHORITY] = hop.host
    return found


def _x_forwarded(headers: Mapping[str, str]) -> list[Hop]:
    """Return what proxies have appended, the outermost first; one that replaces speaks for all of them."""
    callers, schemes, hosts, ports = (
        [part.strip() for part in headers.get(f"x-forwarded-{name}", "").split(",") if part.strip()]
        for name in ("for", "proto", "host", "port")
    )
    count = max(len(callers), 1 if schemes or hosts else 0)

    def told(values: list[str], at: int) -> str:
        return "" if not values else values[at] if len(values) == count else values[-1]

    return [
        Hop(
            caller=_bare(told(callers, at)) if callers else "",
            scheme=told(schemes, at).lower(),
            host=_with_port(told(hosts, at), told(schemes, at).lower(), told(ports, at)),
        )
        for at in range(count)
    ]


def _with_port(host: str, scheme: str, port: str) -> str:
    if not host or not port.isdecimal() or port == _DEFAULT.get(scheme) or re.search(r":\d+\Z", host):
        return host
    return f"{host}:{port}"


def _forwarded(header: str) -> list[Hop]:
    elements: list[dict[str, str]] = [{}] if header else []
    at = 0
    while at < len(header) and (pair := _PAIR.match(header, at)):
        value = pair[3] if pair[2] is None else re.sub(r"\\(.)", r"\1", pair[2])
        elements[-1][pair[1].lower()] = value
        at = pair.end()
        if header[at : at + 1] == ",":
            elements.append({})
        at += 1
    return [Hop(_bare(e.get("for", "")), e.get("proto", "").lower(), e.get("host", "")) for e in elements if e]


def _bare(caller: str) -> str:
    """Return an address without its port; a name that a proxy made up stays as it is."""
    ported = _PORTED.match(caller)
    return (ported[1] or ported[2]) if ported else caller
