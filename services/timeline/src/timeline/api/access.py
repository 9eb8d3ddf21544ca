"""Who asks: the one local user on this machine, or the holder of a configured token."""

import hmac
import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.requests import Request

from peyvand.settings import ApiToken, Sharing
from timeline.ports import Principal
from timeline.serving import NotSignedIn, own_origin

READING = ("GET", "HEAD", "OPTIONS")
LOCAL_NAMES = ("localhost", "127.0.0.1", "[::1]")
# A proxy on this machine is a loopback peer too; whom it speaks for is not.
PROXY_HEADERS = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via")
HOW = (
    "Open the page on the machine that Peyvand runs on, by the name localhost or 127.0.0.1 and not through a proxy, "
    "or send a token of peyvand.yaml (api: tokens) as “Authorization: Bearer …”."
)


@dataclass(frozen=True, slots=True)
class LocalOrToken:
    """The access of a house without accounts: loopback sees all, a token what its teams see and what others share."""

    tokens: Sequence[ApiToken] = ()
    teams: Mapping[str, str | None] | None = None  # each connector's team
    sharing: Mapping[str, Sharing] | None = None  # and what it shows to the others

    async def __call__(self, request: Request) -> Principal:
        """Return who asks; raises NotSignedIn."""
        given = _bearer(request)
        if given is not None:
            return self._holder(given)
        if is_local(request):
            return Principal("local", local=True, hears=None, audits=True)
        raise NotSignedIn(HOW)

    def _holder(self, given: bytes) -> Principal:
        found = None
        for token in self.tokens:  # all of them, so that the time taken does not tell which one came near
            if hmac.compare_digest(given, token.token.get_secret_value().encode()):
                found = token
        if found is None:
            raise NotSignedIn("This token is none of those in peyvand.yaml (api: tokens).")
        return Principal(
            found.name,
            self._connectors(found),
            frozenset(found.teams or ()),
            self._partly(found),
            found.user,
            hears=_heard(found),
            audits=found.audits,
        )

    def _connectors(self, token: ApiToken) -> frozenset[str] | None:
        if token.teams is None:
            return None
        return frozenset(name for name, team in (self.teams or {}).items() if team in token.teams)

    def _partly(self, token: ApiToken) -> dict[str, Sharing]:
        own = self._connectors(token)
        return {} if own is None else {name: s for name, s in (self.sharing or {}).items() if name not in own}


def is_local(request: Request) -> bool:
    """Return whether a person at this machine asks, through no proxy and no foreign page.

    The Host header is checked because a foreign site may point its own name at 127.0.0.1 (DNS rebinding).
    """
    headers = request.headers
    return (
        request.client is not None
        and _is_loopback(request.client.host)
        and _host_name(headers.get("host", "")) in LOCAL_NAMES
        and not any(name in headers for name in PROXY_HEADERS)
        and not _asked_by_another_site(request)
    )


def _asked_by_another_site(request: Request) -> bool:
    """Return whether a page of another site asks in the local user's browser; a link that is followed is fine.

    What changes something must come from a page of ours by every header that says so, or from no browser at all.
    """
    site = request.headers.get("sec-fetch-site", "none")
    if request.method in READING:
        return site not in ("none", "same-origin") and request.headers.get("sec-fetch-mode") != "navigate"
    return site not in ("none", "same-origin") or request.headers.get("origin", own_origin(request)) != own_origin(
        request
    )


def _heard(token: ApiToken) -> frozenset[str] | None:
    """Return the connectors whose recordings a token may hear, None for all."""
    return (None if token.hears else frozenset()) if isinstance(token.hears, bool) else frozenset(token.hears)


def _host_name(host: str) -> str:
    name, colon, port = host.strip().lower().rpartition(":")
    return name if colon and port.isdecimal() and not name.endswith(":") else host.strip().lower()


def _is_loopback(peer: str) -> bool:
    try:
        address = ipaddress.ip_address(peer)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback


def _bearer(request: Request) -> bytes | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip().encode("latin-1") if scheme.lower() == "bearer" else None
