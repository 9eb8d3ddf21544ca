"""A file from where it lies: each step of the way checked anew, cut at a limit while it streams."""

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

import httpx

from peyvand.errors import Gone, Unavailable
from peyvand.fetching.resolving import Guard, Refused
from peyvand.fetching.transport import GuardedTransport
from peyvand.source import Remote

TIMEOUT = httpx.Timeout(30.0, connect=10.0)
_GONE = (404, 410)
_LONGEST_WAIT = 3600


class TooLarge(Gone):
    """A file beyond the limit."""


@dataclass(frozen=True, slots=True)
class Download:
    """How a file is fetched: at most so many bytes, redirects and seconds."""

    largest: int
    redirects: int = 5
    seconds: float = 300.0
    guard: Guard = field(default_factory=Guard)


@dataclass(frozen=True, slots=True)
class Downloaded:
    """What was fetched: its size in bytes, and its SHA-256 in hex."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class _Step:
    """One address on the way, and what is sent along."""

    url: httpx.URL
    headers: Mapping[str, str] = field(default_factory=dict)
    trusted: bool = False


async def download(remote: Remote, into: BinaryIO, how: Download) -> Downloaded:
    """Write a file; raises Unavailable (ask again), Gone, TooLarge, Refused (never again)."""
    if remote.size is not None and remote.size > how.largest:
        raise TooLarge(f"{remote.size} bytes")
    step = _Step(_parsed(remote.url), remote.headers, remote.trusted)
    try:
        async with asyncio.timeout(how.seconds):
            for _ in range(how.redirects + 1):
                found = await _followed(step, remote.proxy, into, how)
                if isinstance(found, Downloaded):
                    return _as_announced(found, remote)
                step = found
    except (httpx.HTTPError, TimeoutError) as error:
        raise Unavailable(f"the file cannot be fetched: {type(error).__name__}") from error
    raise Refused(f"more than {how.redirects} redirects")


async def _followed(step: _Step, proxy: str | None, into: BinaryIO, how: Download) -> Downloaded | _Step:
    """Return the file, or the next step where this one redirects."""
    _require(step, proxy)
    async with httpx.AsyncClient(
        transport=GuardedTransport(step.trusted, how.guard, proxy), timeout=TIMEOUT, trust_env=False
    ) as client:
        # bytes as they are: what is packed to be unpacked here may be a bomb
        headers = {**step.headers, "Accept-Encoding": "identity"}
        async with client.stream("GET", step.url, headers=headers, auth=_nobody) as answer:
            if answer.has_redirect_location:
                return _next(step, answer.headers["location"])
            _require_good(answer, how.largest)
            return await _written(answer, into, how.largest)


def _nobody(request: httpx.Request) -> httpx.Request:
    """Sign in as nobody: httpx would make credentials of what stands in an address."""
    return request


def _require(step: _Step, proxy: str | None) -> None:
    if step.url.scheme not in ("http", "https") or not step.url.host:
        raise Refused("an address that is neither http nor https")
    if step.url.userinfo:
        raise Refused("an address with a password in it")
    # a proxy sees another network than we do; with TLS, whoever answers must prove that it is whom we named
    if proxy and step.url.scheme == "http" and not step.trusted:
        raise Refused("an address without TLS, through a proxy")


def _next(step: _Step, location: str) -> _Step:
    """Return where a redirect leads; trust and credentials stay behind with the host that they are for."""
    url = step.url.join(_parsed(location))
    if (url.scheme, url.host, url.port) == (step.url.scheme, step.url.host, step.url.port):
        return _Step(url, step.headers, step.trusted)
    if step.url.scheme == "https" and url.scheme == "http":
        raise Refused("a redirect away from TLS")
    return _Step(url)


def _parsed(url: str) -> httpx.URL:
    try:
        return httpx.URL(url)
    except (httpx.InvalidURL, ValueError) as error:
        raise Refused("an address that cannot be read") from error


def _require_good(answer: httpx.Response, largest: int) -> None:
    status = answer.status_code
    if status in _GONE:
        raise Gone(f"the host answers {status}")
    if status != httpx.codes.OK:
        wait = answer.headers.get("retry-after", "")
        raise Unavailable(f"the host answers {status}", min(int(wait), _LONGEST_WAIT) if wait.isdecimal() else 5)
    if answer.headers.get("content-encoding", "identity") != "identity":
        raise Refused("the host packs the file though it was asked not to")
    announced = answer.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > largest:
        raise TooLarge(f"{announced} bytes")


async def _written(answer: httpx.Response, into: BinaryIO, largest: int) -> Downloaded:
    size, digest = 0, hashlib.sha256()
    into.seek(0)
    into.truncate()
    async for part in answer.aiter_raw():
        size += len(part)
        if size > largest:
            raise TooLarge(f"more than {largest} bytes")
        digest.update(part)
        into.write(part)
    return Downloaded(size, digest.hexdigest())


def _as_announced(found: Downloaded, remote: Remote) -> Downloaded:
    if remote.sha256 is not None and remote.sha256.lower() != found.sha256:
        raise Unavailable("the file is not the one that its vendor announced")
    return found
