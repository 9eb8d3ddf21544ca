"""Who is let in: the local user through no proxy, and the holders of tokens."""

from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from fakes.application import LOCAL, application, client
from fakes.memory_timelines import MemoryTimelines
from fakes.sayings import NOON, address, mailed, person, said
from peyvand.settings import ApiToken

SALES = ApiToken(name="sales", token=SecretStr("a-token-of-the-sales-team"), teams=("sales",))
ERP = ApiToken(name="erp", token=SecretStr("a-token-that-sees-everything"))
ELSEWHERE = ("203.0.113.7", 50_000)


async def asked(path: str = "/v1/customers", **how: Any) -> httpx.Response:
    timelines = MemoryTimelines()
    leila = person("Leila", address("leila@mail.example"))
    timelines.tell(mailed(leila, "invoice 118", "", key="1"))
    timelines.tell(said(leila, "hello there", key="2", at=NOON.replace(hour=9)))
    headers = how.pop("headers", {})
    async with client(application(timelines, tokens=(SALES, ERP)), **how) as http:
        return await http.get(path, headers=headers)


def bearing(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
@pytest.mark.parametrize("host", ["http://localhost:8080", "http://127.0.0.1", "http://[::1]:8080", "http://LOCALHOST"])
async def test_the_local_user_is_let_in(peer: str, host: str) -> None:
    assert (await asked(peer=(peer, 1), host=host)).status_code == 200


@pytest.mark.parametrize("peer", ["203.0.113.7", "192.168.1.2", "::ffff:192.168.1.2", "testclient", "fe80::1"])
async def test_nobody_from_elsewhere_is_let_in(peer: str) -> None:
    answer = await asked(peer=(peer, 1))
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "host", ["http://evil.example:8080", "http://localhost.evil.example", "http://127.0.0.1.evil.example"]
)
async def test_a_foreign_name_for_this_machine_is_not_let_in(host: str) -> None:
    assert (await asked(host=host)).status_code == 401


@pytest.mark.parametrize("name", ["Forwarded", "X-Forwarded-For", "X-Real-IP", "Via"])
async def test_a_proxy_on_this_machine_is_not_the_local_user(name: str) -> None:
    assert (await asked(headers={name: "127.0.0.1"})).status_code == 401


async def test_another_site_in_the_local_browser_is_not_the_local_user() -> None:
    assert (await asked(headers={"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"})).status_code == 401
    assert (await asked(headers={"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"})).status_code == 200
    assert (await asked(headers={"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"})).status_code == 200


async def test_a_token_lets_in_from_elsewhere_and_sees_all() -> None:
    answer = await asked(
        peer=ELSEWHERE, host="https://peyvand.example.ir", headers=bearing("a-token-that-sees-everything")
    )
    assert answer.json()["customers"][0]["last"]["text"] == "hello there"
    mail = await asked("/v1/customers?q=invoice", peer=ELSEWHERE, headers=bearing("a-token-that-sees-everything"))
    assert len(mail.json()["customers"]) == 1


async def test_a_token_of_a_team_sees_what_its_connectors_brought() -> None:
    chat = await asked("/v1/customers?q=hello", peer=ELSEWHERE, headers=bearing("a-token-of-the-sales-team"))
    assert len(chat.json()["customers"]) == 1
    mail = await asked("/v1/customers?q=invoice", peer=ELSEWHERE, headers=bearing("a-token-of-the-sales-team"))
    assert mail.json()["customers"] == []
    connectors = await asked("/v1/connectors", peer=ELSEWHERE, headers=bearing("a-token-of-the-sales-team"))
    assert [c["name"] for c in connectors.json()["connectors"]] == ["shop-bot", "site-form"]


@pytest.mark.parametrize("given", ["Bearer wrong", "Bearer ", "Bearer a-token-that-sees-everythin", "Bearer é"])
async def test_a_wrong_token_is_refused_even_on_this_machine(given: str) -> None:
    assert (await asked(peer=LOCAL, headers={"Authorization": given.encode("latin-1")})).status_code == 401


@pytest.mark.parametrize(
    "path",
    ["/v1/customers?limit=x", "/v1/customers/00000000-0000-4000-8000-000000000000", "/v1/stream", "/v1/customers/x",
     "/v1/deliveries?outcome=x", "/v1/deliveries/x", "/v1/deliveries/00000000-0000-4000-8000-000000000000/raw"],
)  # fmt: skip
async def test_a_stranger_learns_nothing_else(path: str) -> None:
    assert (await asked(path, peer=ELSEWHERE)).status_code == 401
