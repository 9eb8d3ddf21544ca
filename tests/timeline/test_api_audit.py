"""Reading the audit log: a right of its own, in pages, and itself a line of it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from pydantic import SecretStr

from fakes.application import application, client
from fakes.memory_audit import MemoryAudit
from fakes.memory_timelines import MemoryTimelines
from fakes.sayings import NOON
from peyvand.settings import ApiToken
from timeline.audit import Act, Noted, Result

AUDITOR = ApiToken(name="auditor", token=SecretStr("may-read-who-heard-what"), audits=True)
OTHER = ApiToken(name="other", token=SecretStr("may-hear-and-nothing-else"), hears=True)
HEARD = Noted(NOON - timedelta(days=1), "quality", Act.HEAR, Result.GRANTED, "10.0.0.7", "sara", UUID(int=1), "0f")


@pytest.fixture
async def audit() -> MemoryAudit:
    log = MemoryAudit()
    for minutes in range(5):
        at = HEARD.at + timedelta(hours=minutes)
        await log.note(replace(HEARD, at=at, interaction=UUID(int=minutes)), timedelta(minutes=30))
    return log


@pytest.fixture
async def http(audit: MemoryAudit) -> AsyncIterator[httpx.AsyncClient]:
    made = application(MemoryTimelines(), tokens=(AUDITOR, OTHER), audit=audit, now=lambda: NOON)
    async with client(made) as opened:
        yield opened


async def get(http: httpx.AsyncClient, token: ApiToken | None = AUDITOR, **asked: Any) -> httpx.Response:
    bearer = {"Authorization": f"Bearer {token.token.get_secret_value()}"} if token else {}
    return await http.get("/v1/audit", params=asked, headers=bearer)


async def test_pages_lead_to_every_line_once_and_the_reading_is_a_line_too(http: httpx.AsyncClient) -> None:
    numbers: list[int] = []
    cursor = None
    while True:
        page = (await get(http, limit=2, **({"cursor": cursor} if cursor else {}))).json()
        numbers += [line["number"] for line in page["lines"]]
        cursor = page["older"]
        if cursor is None:
            break
    assert numbers == [6, 5, 4, 3, 2, 1]
    newest = (await get(http, limit=1)).json()["lines"][0]
    assert (newest["who"], newest["act"], newest["result"], newest["interaction"]) == (
        "auditor", "read-audit", "granted", None,
    )  # fmt: skip


async def test_lines_are_chosen_by_what_was_done_with_what(http: httpx.AsyncClient) -> None:
    (line,) = (await get(http, act="hear", interaction=str(UUID(int=3)))).json()["lines"]
    assert (line["who"], line["person"], line["what"], line["address"]) == ("quality", "sara", "0f", "10.0.0.7")
    day = f"{HEARD.at:%Y-%m-%d}"
    asked: dict[str, Any] = {"from": day}
    assert len((await get(http, to=day, who="quality", **asked)).json()["lines"]) == 5
    assert (await get(http, to="2020-01-01")).json()["lines"] == []


async def test_whoever_is_not_told_so_may_not_and_the_attempt_is_a_line(
    http: httpx.AsyncClient, audit: MemoryAudit
) -> None:
    answer = await get(http, OTHER)
    assert (answer.status_code, answer.headers["content-type"]) == (403, "application/problem+json")
    assert "quality" not in answer.text
    assert (audit.noted[-1].who, audit.noted[-1].result) == ("other", "refused")


async def test_the_local_user_may(http: httpx.AsyncClient) -> None:
    assert (await get(http, None)).status_code == 200


async def test_what_cannot_be_noted_is_not_read(http: httpx.AsyncClient, audit: MemoryAudit) -> None:
    audit.away = True
    answer = await get(http)
    assert answer.status_code == 503
    assert "quality" not in answer.text


@pytest.mark.parametrize("wrong", [{"act": "guess"}, {"cursor": "x"}, {"whom": "sara"}, {"from": "yesterday"}])
async def test_a_misspelt_question_is_an_error(http: httpx.AsyncClient, wrong: dict[str, Any]) -> None:
    assert (await get(http, **wrong)).status_code == 422
