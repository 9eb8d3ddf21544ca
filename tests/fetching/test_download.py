"""Fetching a file over real HTTP: where it leads is looked at at each step, and what comes is cut at the limit.

127.0.0.1 plays the world here, and 127.0.0.2 what is private.
"""

import gzip
import hashlib
import io
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from parts.served import served
from peyvand.errors import Gone, Unavailable
from peyvand.fetching import Download, Guard, Refused, TooLarge, download
from peyvand.source import Remote

FILE = bytes(range(256)) * 400


def judged(address: str) -> str | None:
    return None if address == "127.0.0.1" else "private"


@dataclass(slots=True)
class Host:
    """A vendor's file server; what it was asked, and what its names resolve to, one answer after the other."""

    url: httpx.URL = field(default_factory=httpx.URL)
    asked: list[Request] = field(default_factory=list)
    resolved: list[str] = field(default_factory=list)
    answers: dict[str, list[Sequence[str]]] = field(default_factory=dict)

    async def answer(self, request: Request) -> Response:
        self.asked.append(request)
        match request.url.path:
            case "/file":
                return Response(FILE)
            case "/packed":
                return Response(gzip.compress(FILE), headers={"Content-Encoding": "gzip"})
            case "/long":
                return StreamingResponse(_long())
            case "/ring":
                return RedirectResponse("/ring")
            case "/to":
                return RedirectResponse(request.query_params["where"])
            case path:
                return Response(status_code=int(path.removeprefix("/")), headers={"Retry-After": "17"})

    async def resolve(self, host: str, _port: int) -> Sequence[str]:
        self.resolved.append(host)
        planned = self.answers.get(host, [])
        return planned.pop(0) if planned else ["127.0.0.1"]

    def at(self, path: str, host: str = "files.example") -> str:
        return f"http://{host}:{self.url.port}{path}"

    async def fetched(self, remote: Remote, largest: int = 1_000_000) -> bytes:
        into = io.BytesIO()
        found = await download(remote, into, Download(largest, guard=Guard(self.resolve, judged), seconds=20))
        assert (found.size, found.sha256) == (len(into.getvalue()), hashlib.sha256(into.getvalue()).hexdigest())
        return into.getvalue()


async def _long() -> AsyncIterator[bytes]:
    for _ in range(64):  # four times the limit, and no length announced
        yield bytes(65536)


@pytest.fixture(scope="module")
def serving() -> Iterator[Host]:
    host = Host()
    with served(Starlette(routes=[Route("/{path:path}", host.answer)])) as url:
        host.url = httpx.URL(url)
        yield host


@pytest.fixture
def host(serving: Host) -> Host:
    for kept in (serving.asked, serving.resolved, serving.answers):
        kept.clear()
    return serving


async def test_a_file_comes_whole_from_the_name_it_was_asked_of(host: Host) -> None:
    assert await host.fetched(Remote(host.at("/file"), {"X-Key": "a"})) == FILE
    assert host.asked[0].headers["host"] == f"files.example:{host.url.port}"
    assert host.asked[0].headers["x-key"] == "a"


async def test_a_name_that_turns_private_after_it_was_looked_at_is_not_asked_for_again(host: Host) -> None:
    host.answers["files.example"] = [["127.0.0.1"], ["127.0.0.2"]]
    assert await host.fetched(Remote(host.at("/file"))) == FILE
    assert host.resolved == ["files.example"]


async def test_the_next_address_is_tried_when_one_does_not_answer(host: Host) -> None:
    host.answers["files.example"] = [["127.0.0.9", "127.0.0.1"]]
    assert await host.fetched(Remote(host.at("/file"), trusted=True)) == FILE


@pytest.mark.parametrize(
    "url",
    [
        "http://private.example/file", "https://private.example/file", "http://127.0.0.2/file", "ftp://files.example/f",
        "file:///etc/passwd", "gopher://files.example/1", "http://", "//files.example/file", "http://[::1", "\u0000",
        "http://user:pass@files.example/file",
    ],
)  # fmt: skip
async def test_what_is_no_address_of_the_world_is_not_asked(host: Host, url: str) -> None:
    for name in ("private.example", "127.0.0.2"):
        host.answers[name] = [["127.0.0.2"]]
    with pytest.raises(Refused):
        await host.fetched(Remote(url))
    assert host.asked == []


async def test_a_private_host_that_the_settings_name_is_asked(host: Host) -> None:
    host.answers["files.example"] = [["127.0.0.2", "127.0.0.1"]]
    assert await host.fetched(Remote(host.at("/file"), trusted=True)) == FILE


async def test_a_redirect_to_a_private_address_is_refused_also_from_a_trusted_host(host: Host) -> None:
    host.answers["private.example"] = [["127.0.0.2"]]
    where = host.at("/file", "private.example")
    with pytest.raises(Refused, match="private"):
        await host.fetched(Remote(host.at(f"/to?where={where}"), trusted=True))
    assert len(host.asked) == 1


async def test_credentials_stay_with_the_host_that_they_are_for(host: Host) -> None:
    key = {"Authorization": "Bearer x", "X-Key": "y"}
    assert await host.fetched(Remote(host.at(f"/to?where={host.at('/file', 'cdn.example')}"), key)) == FILE
    assert await host.fetched(Remote(host.at("/to?where=/file"), key)) == FILE
    _, elsewhere, _, same = host.asked
    assert "authorization" not in elsewhere.headers
    assert "x-key" not in elsewhere.headers
    assert same.headers["authorization"] == "Bearer x"


async def test_a_ring_of_redirects_ends(host: Host) -> None:
    with pytest.raises(Refused, match="redirects"):
        await host.fetched(Remote(host.at("/ring")))


async def test_a_file_that_goes_on_is_cut_at_the_limit(host: Host) -> None:
    with pytest.raises(TooLarge):
        await host.fetched(Remote(host.at("/long")))


@pytest.mark.parametrize(("largest", "said"), [(1000, None), (10_000_000, 10_000_001)])
async def test_a_file_that_is_announced_too_large_is_not_fetched(host: Host, largest: int, said: int | None) -> None:
    with pytest.raises(TooLarge):
        await host.fetched(Remote(host.at("/file"), size=said), largest)


async def test_a_packed_answer_is_not_unpacked(host: Host) -> None:
    with pytest.raises(Refused, match="packs"):
        await host.fetched(Remote(host.at("/packed")))
    assert host.asked[0].headers["accept-encoding"] == "identity"


@pytest.mark.parametrize("status", [404, 410])
async def test_what_is_gone_is_said_to_be_gone(host: Host, status: int) -> None:
    with pytest.raises(Gone):
        await host.fetched(Remote(host.at(f"/{status}")))


@pytest.mark.parametrize("status", [401, 403, 429, 500, 503])
async def test_what_may_come_later_is_asked_for_again(host: Host, status: int) -> None:
    with pytest.raises(Unavailable) as failed:
        await host.fetched(Remote(host.at(f"/{status}")))
    assert failed.value.retry_after == 17


async def test_bytes_that_the_vendor_did_not_announce_are_not_taken(host: Host) -> None:
    with pytest.raises(Unavailable, match="announced"):
        await host.fetched(Remote(host.at("/file"), sha256="00" * 32))


async def test_an_untrusted_address_without_tls_is_not_asked_of_a_proxy(host: Host) -> None:
    with pytest.raises(Refused, match="TLS"):
        await host.fetched(Remote(host.at("/file"), proxy=str(host.url)))
    assert host.asked == []
