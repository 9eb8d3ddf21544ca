"""Whose word is taken for who called, and under which address."""

from typing import Any

import pytest

from peyvand.environment import Process, WrongEnvironment
from peyvand.identity import Organisation
from peyvand.proxies import AUTHORITY, Behind, Proxies
from peyvand.settings import Configuration, Server

PROXY, CDN, CALLER = "127.0.0.1", "10.0.0.9", "198.51.100.7"


def forwarded(**told: str) -> dict[str, str]:
    return {f"x-forwarded-{'for' if name == 'f' else name}": value for name, value in told.items()}


async def seen(
    headers: dict[str, str], peer: str = PROXY, proxies: tuple[str, ...] = (PROXY, "10.0.0.0/24")
) -> tuple[Any, str, str | None]:
    """Return client, scheme and host as the application sees them."""
    found: dict[str, Any] = {}

    async def application(scope: Any, _receive: Any, _send: Any) -> None:
        found.update(scope)

    told = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    scope = {"type": "http", "client": (peer, 40_000), "scheme": "http", "headers": told}
    await Behind(application, Proxies(proxies))(scope, None, None)
    return found["client"][0], found["scheme"], found.get(AUTHORITY)


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        ({}, (PROXY, "http", None)),
        ({"x-forwarded-proto": "https"}, (PROXY, "https", None)),
        (forwarded(f=CALLER, proto="https", host="a.ir"), (CALLER, "https", "a.ir")),
        ({"x-forwarded-for": f"{CALLER}:5123"}, (CALLER, "http", None)),
        ({"x-forwarded-for": "[2001:db8::7]:5123"}, ("2001:db8::7", "http", None)),
        (forwarded(host="a.ir", port="8443", proto="https"), (PROXY, "https", "a.ir:8443")),
        (forwarded(host="a.ir", port="443", proto="https"), (PROXY, "https", "a.ir")),
        ({"forwarded": f'for={CALLER};proto=https;host="a.ir:444"'}, (CALLER, "https", "a.ir:444")),
        ({"forwarded": 'for="[2001:db8::7]:80";proto=https;host=a.ir'}, ("2001:db8::7", "https", "a.ir")),
    ],
)  # fmt: skip
async def test_a_trusted_proxy_tells_who_called_and_where(headers: dict[str, str], told: Any) -> None:
    assert await seen(headers) == told


async def test_what_anybody_else_says_is_not_heard() -> None:
    headers = {"x-forwarded-for": "127.0.0.1", "x-forwarded-proto": "https", "x-forwarded-host": "evil.example",
               "forwarded": "for=127.0.0.1;host=evil.example"}  # fmt: skip
    assert await seen(headers, CALLER) == (CALLER, "http", None)


async def test_what_a_caller_wrote_before_the_outermost_trusted_proxy_is_not_heard() -> None:
    headers = {"x-forwarded-for": f"127.0.0.1, {CALLER}, {CDN}", "x-forwarded-proto": "https"}
    assert await seen(headers) == (CALLER, "https", None)
    told = f"for=127.0.0.1;host=evil.example, for={CALLER};host=a.ir;proto=https, for={CDN};host=inside;proto=http"
    assert await seen({"forwarded": told}) == (CALLER, "https", "a.ir")


async def test_lists_of_equal_length_belong_together() -> None:
    headers = forwarded(f=f"{CALLER}, {CDN}", proto="https, http", host="a.ir, inside")
    assert await seen(headers) == (CALLER, "https", "a.ir")


@pytest.mark.parametrize("host", ["a.ir/path", "a b", "a.ir@evil", "a.ir:", "\x00", "a.ir:999999", "[::1", ""])
async def test_a_host_that_is_none_is_not_heard(host: str) -> None:
    assert (await seen({"x-forwarded-host": host}))[2] is None


@pytest.mark.parametrize("header", ["", ",", ";", "for", "for=", 'for="', "=;=", "for=a;;host=b,,", "\xff"])
@pytest.mark.parametrize("name", ["forwarded", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"])
async def test_headers_that_say_nothing_break_nothing(name: str, header: str) -> None:
    client, scheme, _ = await seen({name: header})
    assert client
    assert scheme in ("http", "https")


def test_a_network_may_be_written_as_an_address_in_another_family() -> None:
    assert Proxies(("127.0.0.1",)).trusts("::ffff:127.0.0.1")
    assert not Proxies(("::1",)).trusts("127.0.0.1")
    assert not Proxies().trusts("unknown")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"trusted_proxies": ["nginx"]}, "10.0.0.0/24"),
        ({"public_url": "peyvand.example.ir"}, "https://peyvand.example.ir"),
        ({"public_url": "https://peyvand.example.ir/?x=1"}, "https://peyvand.example.ir"),
    ],
)
def test_settings_that_cannot_be_right_are_told(given: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Server.model_validate(given)


def test_a_public_address_stands_without_its_last_slash() -> None:
    assert Server(public_url="https://peyvand.example.ir/").public_url == "https://peyvand.example.ir"


def test_one_process_may_be_told_otherwise_than_the_file() -> None:
    configuration = Configuration(
        Organisation(), server=Server(public_url="https://a.ir", trusted_proxies=("10.0.0.1",))
    )
    as_filed = Process().server_of(configuration)
    assert (as_filed.public_url, as_filed.trusted_proxies) == ("https://a.ir", ("10.0.0.1",))
    told = Process(public_url="https://b.ir/", trusted_proxies="10.0.0.2, 10.1.0.0/16").server_of(configuration)
    assert (told.public_url, told.trusted_proxies) == ("https://b.ir", ("10.0.0.2", "10.1.0.0/16"))


def test_what_the_environment_says_wrongly_is_named_by_its_variable() -> None:
    with pytest.raises(WrongEnvironment, match=r"PEYVAND_TRUSTED_PROXIES: .*nginx"):
        Process(trusted_proxies="nginx").server_of(Configuration(Organisation()))
