"""HTTP to exactly the address that was looked at: the name is kept for TLS and Host."""

from dataclasses import dataclass, field

import httpx

from peyvand.fetching.resolving import Guard, dialled, require_name

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class GuardedTransport(httpx.AsyncBaseTransport):
    """One request to one host, whose addresses are asked for once.

    Through a proxy the proxy resolves: where a vendor is filtered, its name resolves to nothing true here.
    """

    trusted: bool
    guard: Guard
    proxy: str | None = None
    inner: httpx.AsyncHTTPTransport = field(init=False)

    def __post_init__(self) -> None:
        made = httpx.AsyncHTTPTransport(proxy=self.proxy, trust_env=False, limits=httpx.Limits(max_connections=1))
        object.__setattr__(self, "inner", made)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request; raises Refused, Unavailable and what httpx raises."""
        url = request.url
        if self.proxy:
            require_name(url.host, self.trusted)
            return await self.inner.handle_async_request(request)
        port = url.port or _PORTS[url.scheme]
        *first, last = await dialled(url.host, port, self.trusted, self.guard)
        for address in first:
            try:
                return await self.inner.handle_async_request(_to(request, address))
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue
        return await self.inner.handle_async_request(_to(request, last))

    async def aclose(self) -> None:
        """Close the connection."""
        await self.inner.aclose()


def _to(request: httpx.Request, address: str) -> httpx.Request:
    """Return the request as it is sent to one address; its Host header stands, and TLS is asked for the name."""
    return httpx.Request(
        request.method,
        request.url.copy_with(host=address),
        headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": request.url.host},
    )
