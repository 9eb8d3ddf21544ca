"""Recordings: heard by who has the right to, in parts as players ask, and never without a line in the audit log."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from fakes.application import application, client
from fakes.memory_audit import MemoryAudit
from fakes.memory_timelines import MemoryTimelines
from fakes.sayings import NOON, number, person, rang
from peyvand.blobs import open_blobs
from peyvand.event import Attachment, CallResult, InteractionEvent, Role
from peyvand.folder import named
from peyvand.settings import ApiToken, Retention

SOUND = bytes(range(250)) * 4
NAME = named(SOUND)
SHA = "0f" * 32  # of the original, which no browser plays
READER = ApiToken(name="reader", token=SecretStr("reads-and-does-not-hear"))
HEARER = ApiToken(name="hearer", token=SecretStr("hears-what-the-pbx-says"), hears=("pbx",))
OTHER = ApiToken(name="other", token=SecretStr("hears-another-switchboard"), hears=("branch",))


@dataclass
class House:
    http: httpx.AsyncClient
    audit: MemoryAudit
    path: str
    blobs: Any

    async def get(self, token: ApiToken | None = None, path: str | None = None, **headers: str) -> httpx.Response:
        bearer = {"Authorization": f"Bearer {token.token.get_secret_value()}"} if token else {}
        return await self.http.get(path or f"{self.path}/recordings/{SHA}", headers=bearer | headers)


def recorded(**more: Any) -> InteractionEvent:
    file = Attachment(name="1.wav", at="asterisk:1.wav", sha256=SHA, state="stored", playable=NAME, **more)
    leg = rang(person("Leila", number("0912 345 6789"), role=Role.CALLER), CallResult.ANSWERED, key="1", agent="sara")
    assert leg.call is not None
    call = leg.call.model_copy(update={"recording": "asterisk:1.wav", "talk_seconds": 3})
    return leg.model_copy(update={"call": call, "attachments": (file,)})


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    timelines, audit, blobs, event = MemoryTimelines(), MemoryAudit(), open_blobs(str(tmp_path)), recorded()
    await blobs.put(SOUND)
    timelines.tell(event)
    made = application(timelines, tokens=(READER, HEARER, OTHER), audit=audit, blobs=blobs, now=lambda: NOON)
    async with client(made) as http:
        yield House(http, audit, f"/v1/interactions/{event.interaction_id}", blobs)


async def test_a_recording_is_heard_and_the_hearing_noted(house: House) -> None:
    answer = await house.get(HEARER)
    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, SOUND, "audio/ogg")
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    (line,) = house.audit.noted
    assert (line.who, line.act, line.result, line.what, line.address) == ("hearer", "hear", "granted", SHA, "127.0.0.1")


@pytest.mark.parametrize("token", [READER, OTHER])
async def test_who_may_read_a_call_does_not_thereby_hear_it(house: House, token: ApiToken) -> None:
    assert (await house.get(token, house.path)).status_code == 200
    answer = await house.get(token)
    assert answer.status_code == 403
    assert SOUND not in answer.content
    assert [line.result for line in house.audit.noted] == ["refused"]


async def test_the_local_user_hears(house: House) -> None:
    assert (await house.get()).content == SOUND


@pytest.mark.parametrize("token", [READER, HEARER, None])
async def test_a_recording_is_not_had_as_a_file(house: House, token: ApiToken | None) -> None:
    answer = await house.get(token, f"{house.path}/attachments/{SHA}")
    assert answer.status_code == 403
    assert house.audit.noted == []


@pytest.mark.parametrize(
    ("asked", "status", "span", "first"),
    [
        ("bytes=0-", 206, "bytes 0-999/1000", 0),
        ("bytes=100-199", 206, "bytes 100-199/1000", 100),
        ("bytes=-10", 206, "bytes 990-999/1000", 990),
        ("bytes=990-5000", 206, "bytes 990-999/1000", 990),
        ("bytes=0-1,5-9", 200, None, 0),
        ("lines=1-2", 200, None, 0),
        ("bytes=9-1", 200, None, 0),
        ("bytes=1000-", 416, "bytes */1000", None),
        ("bytes=-0", 416, "bytes */1000", None),
    ],
)
async def test_players_seek(house: House, asked: str, status: int, span: str | None, first: int | None) -> None:
    answer = await house.get(HEARER, Range=asked)
    assert (answer.status_code, answer.headers.get("content-range")) == (status, span)
    assert answer.content == (b"" if first is None else SOUND[first:][: len(answer.content)])
    assert len(house.audit.noted) == (0 if first is None else 1)


async def test_a_part_of_what_has_changed_is_not_mixed_with_the_rest(house: House) -> None:
    tag = (await house.get(HEARER)).headers["etag"]
    assert (await house.get(HEARER, Range="bytes=5-", **{"If-Range": tag})).status_code == 206
    assert (await house.get(HEARER, Range="bytes=5-", **{"If-Range": '"other"'})).status_code == 200


async def test_seeking_is_one_hearing(house: House) -> None:
    for first in range(0, 900, 30):
        await house.get(HEARER, Range=f"bytes={first}-")
    assert len(house.audit.noted) == 1
    await house.get()
    assert [line.who for line in house.audit.noted] == ["hearer", "local"]


async def test_nothing_is_heard_that_cannot_be_noted(house: House) -> None:
    house.audit.away = True
    answer = await house.get(HEARER)
    assert (answer.status_code, int(answer.headers["retry-after"]) > 0) == (503, True)
    assert SOUND not in answer.content


async def test_the_page_has_a_player_for_who_hears_and_words_for_who_does_not(house: House) -> None:
    page = house.path.removeprefix("/v1")
    heard = (await house.get(HEARER, f"{page}?lang=en")).text
    assert f'src="{house.path}/recordings/{SHA}"' in heard
    assert "autoplay" not in heard
    assert f"/attachments/{SHA}" not in heard
    read = (await house.get(READER, f"{page}?lang=en")).text
    assert "<audio" not in read
    assert "right of its own" in read
    assert "ضبطی هست" in (await house.get(READER, f"{page}?lang=fa")).text


@pytest.mark.parametrize(("days", "later", "status"), [(30, 30, 200), (30, 31, 410), (None, 9_000, 200)])
async def test_a_recording_over_its_time_is_gone_at_once_though_its_bytes_may_be_there(
    tmp_path: Path, days: int | None, later: int, status: int
) -> None:
    timelines, audit, blobs, event = MemoryTimelines(), MemoryAudit(), open_blobs(str(tmp_path)), recorded()
    await blobs.put(SOUND)
    timelines.tell(event)
    path, at = f"/v1/interactions/{event.interaction_id}", NOON + timedelta(days=later)
    more = {"audit": audit, "blobs": blobs, "retention": Retention(recordings_days=days)}
    async with client(application(timelines, tokens=(HEARER,), now=lambda: at, **more)) as http:
        house = House(http, audit, path, blobs)
        answer = await house.get(HEARER)
        pages = [(await house.get(HEARER, f"{path.removeprefix('/v1')}?lang={x}")).text for x in ("en", "fa")]
    assert answer.status_code == status
    assert len(audit.noted) == (1 if status == 200 else 0)
    gone = (
        "Recordings are kept for 30 days; this one is no longer.",
        "ضبط‌ها ۳۰ روز نگه داشته می‌شوند؛ این یکی دیگر نیست",
    )
    for page, words in zip(pages, gone, strict=True):
        assert ("<audio" in page) is (status == 200)
        assert (words in page) is (status == 410)
