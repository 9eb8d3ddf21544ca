"""Whatever is posted to /v1/events is answered as the page says: never with a crash, and nothing wrong is stored."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest_social.partners.examples import BATCH, CLOUD, EXAMPLES
from social.partners import office

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
ANYTHING = st.recursive(SCALARS, lambda some: st.lists(some, max_size=4) | st.dictionaries(st.text(), some, max_size=4))
ODD = ANYTHING | st.sampled_from([0, -1, 10**30, "", "\x00", "\u202e", [], {}, [[]], True, "2026-13-40", 1e308])
SAID = [*EXAMPLES.values(), BATCH, CLOUD, [CLOUD]]
TYPES = [
    "application/json",
    "application/cloudevents+json",
    "application/cloudevents-batch+json; charset=x",
    "text/csv",
    "",
]
ANSWERED = {200, 201, 207, 409, 415, 422}


def places(content: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
    return [at, *(place for key, value in inside for place in places(value, (*at, key)))]


def changed(content: Any, place: tuple[Any, ...], value: Any) -> Any:
    if not place:
        return value
    key, *rest = place
    copy = dict(content) if isinstance(content, dict) else list(content)
    copy[key] = changed(content[key], tuple(rest), value)
    return copy


@st.composite
def distorted(draw: st.DrawFn) -> bytes:
    """Return a request that is right but for one place, or one that was cut off."""
    content = draw(st.sampled_from(SAID))
    body = json.dumps(changed(content, draw(st.sampled_from(places(content))), draw(ODD))).encode()
    return body[: draw(st.integers(0, len(body)))] if draw(st.booleans()) else body


async def answered(body: bytes, kind: str) -> None:
    async with office() as shop:
        answer = await shop.post(body, headers={"content-type": kind})
        again = await shop.post(body, headers={"content-type": kind})
    assert {answer.status_code, again.status_code} <= ANSWERED
    rows = [answer.json()] if answer.status_code != 207 else answer.json()["events"]
    assert {row.get("status", answer.status_code) for row in rows} <= ANSWERED
    assert [r.kept for r in shop.publisher.readings if r.kept is not None] == []


@settings(max_examples=300, deadline=None)
@given(distorted(), st.sampled_from(TYPES))
async def test_what_is_nearly_right_is_taken_or_refused(body: bytes, kind: str) -> None:
    await answered(body, kind)


@settings(max_examples=100, deadline=None)
@given(st.binary() | ANYTHING.map(lambda content: json.dumps(content).encode()), st.sampled_from(TYPES))
async def test_anything_at_all_is_refused(body: bytes, kind: str) -> None:
    await answered(body, kind)
