"""Missed calls and the calls that made up for them: the same links in whatever order all of it comes."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import permutations
from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some

from fakes.application import application, client
from fakes.memory_timelines import MemoryTimelines
from hearing import Heard, plan
from making import ORGANISATION, START, customer, delivery, mobile, reading
from peyvand.event import Call, CallResult, CallState, Change, Direction, InteractionEvent, Kind, Role, Teller, event
from peyvand.identity import Proof
from stores import Opened
from timeline.folds.call_backs import Called, Calling, CallsAround, called_back, calling_of, left_on
from timeline.folds.interaction import fold
from timeline.ports import Principal
from timeline.record import record
from timeline.store import rebuild

EVERYBODY = Principal("test")
MARYAM = mobile("09123456789", Proof.VIA)
OFFICE = mobile("09123456788", Proof.VIA)
IN, OUT = Direction.INBOUND, Direction.OUTBOUND


def call(key: str, minutes: int, direction: Direction, result: CallResult, **fields: object) -> InteractionEvent:
    """Return the only leg of a call with Maryam."""
    role = Role.CALLER if direction is IN else Role.CALLEE
    at = START + timedelta(minutes=minutes)
    agent = "201" if result is CallResult.ANSWERED else None
    state = CallState(str(fields.pop("state", CallState.OVER)))
    told_by = Teller.LOG if state is CallState.OVER else Teller.LIVE
    kind = Kind(str(fields.pop("kind", Kind.CALL)))
    connector = str(fields.pop("connector", "pbx"))
    who = fields.pop("who", MARYAM)
    leg = Call(leg=key, started_at=at, result=result, agent=agent, state=state, told_by=told_by)
    return event(
        delivery(key, connector, "asterisk", minutes),
        ORGANISATION,
        family="phone",
        key=key,
        kind=kind,
        direction=direction,
        occurred_at=at,
        change=Change.LEG,
        parties=(customer(who, role=role),),  # type: ignore[arg-type]
        call=leg if kind is Kind.CALL else None,
    )


EARLY = call("early", 0, IN, CallResult.MISSED)
MISSED = call("missed", 10, IN, CallResult.ABANDONED)
SPOKEN = call("spoken", 11, IN, CallResult.MISSED, kind=Kind.VOICEMAIL)
TRIED = call("tried", 20, OUT, CallResult.BUSY)
BACK = call("back", 30, OUT, CallResult.ANSWERED)
AGAIN = call("again", 60, IN, CallResult.ANSWERED)
ALL = (EARLY, MISSED, SPOKEN, TRIED, BACK, AGAIN)


async def around(opened: Opened, e: InteractionEvent, who: Principal = EVERYBODY) -> CallsAround:
    found = await opened.timelines.interaction(who, e.interaction_id)
    assert found is not None
    return (await opened.timelines.calls_beside(who, [found])).get(found.id, CallsAround())


async def told(opened: Opened, e: InteractionEvent, who: Principal = EVERYBODY) -> tuple[object, ...]:
    beside = await around(opened, e, who)
    back, on = (i and i.id for i in (beside.called_back, beside.left_on))
    return back, [i.id for i in beside.calls_back], [i.id for i in beside.voicemails], on


async def all_links(opened: Opened) -> list[tuple[object, ...]]:
    return [await told(opened, e) for e in ALL]


def ids(*events: InteractionEvent) -> list[UUID]:
    return [e.interaction_id for e in events]


LINKS = [
    (BACK.interaction_id, [], [], None),
    (BACK.interaction_id, [], ids(SPOKEN), None),
    (BACK.interaction_id, [], [], MISSED.interaction_id),
    (None, [], [], None),
    (None, ids(EARLY, MISSED, SPOKEN), [], None),
    (None, [], [], None),
]


@pytest.mark.parametrize("order", list(permutations(range(6)))[::97], ids=lambda o: "-".join(map(str, o)))
async def test_links_are_the_same_in_whatever_order_calls_come(opened: Opened, order: Sequence[int]) -> None:
    for at in (*order, *order[:2]):
        await record([reading(ALL[at])], opened.store)
    assert await all_links(opened) == LINKS
    assert [p.mended async for p in rebuild(opened.store)][-1] == 0
    assert await all_links(opened) == LINKS


async def test_links_that_were_lost_are_found_again_by_a_rebuild(opened: Opened) -> None:
    await record([reading(e) for e in ALL], opened.store)
    await opened.database.write(lambda c: c.exec_driver_sql("UPDATE participation SET calling = NULL"))
    assert await told(opened, MISSED) == (None, [], [], None)
    assert [p.mended async for p in rebuild(opened.store)][-1] == 5
    assert await all_links(opened) == LINKS


async def test_a_call_back_to_another_number_of_the_customer_counts(opened: Opened) -> None:
    both = customer(mobile("09123456789", Proof.VERIFIED), mobile("09123456788", Proof.VERIFIED))
    known = EARLY.model_copy(update={"parties": (both.model_copy(update={"role": Role.CALLER}),)})
    back = call("elsewhere", 15, OUT, CallResult.ANSWERED, who=OFFICE)
    await record([reading(e) for e in (known, MISSED, back)], opened.store)
    assert await told(opened, back) == (None, ids(EARLY, MISSED), [], None)
    assert (await told(opened, MISSED))[0] == back.interaction_id


async def test_a_talk_with_somebody_else_or_after_a_week_is_no_call_back(opened: Opened) -> None:
    late = call("late", 10 + 7 * 24 * 60 + 1, OUT, CallResult.ANSWERED)
    other = call("other", 15, OUT, CallResult.ANSWERED, who=OFFICE)
    await record([reading(e) for e in (MISSED, late, other)], opened.store)
    assert [await told(opened, e) for e in (MISSED, late, other)] == [(None, [], [], None)] * 3


async def test_what_one_may_not_see_is_not_linked_but_is_a_call_back(opened: Opened) -> None:
    back = call("theirs", 30, OUT, CallResult.ANSWERED, connector="other-pbx")
    sales = Principal("sales", frozenset({"pbx"}))
    await record([reading(e) for e in (MISSED, back)], opened.store)
    assert await told(opened, MISSED, sales) == (None, [], [], None)
    assert await opened.timelines.not_called_back(sales, START, 9) == []


async def test_missed_calls_that_nobody_called_back(opened: Opened) -> None:
    await record([reading(e) for e in (EARLY, MISSED, TRIED)], opened.store)
    found = await opened.timelines.not_called_back(EVERYBODY, START, 9)
    assert [i.id for i in found] == ids(MISSED, EARLY)
    assert await opened.timelines.not_called_back(EVERYBODY, START + timedelta(hours=1), 9) == []
    await record([reading(BACK)], opened.store)
    assert await opened.timelines.not_called_back(EVERYBODY, START, 9) == []


def test_what_a_call_is_among_calls() -> None:
    ringing = call("now", 0, IN, CallResult.MISSED, state=CallState.RINGING)
    assert [calling_of(fold([e])) for e in (*ALL, ringing)] == [
        Calling.MISSED, Calling.MISSED, Calling.VOICEMAIL, None, Calling.TALKED, Calling.TALKED, None
    ]  # fmt: skip


MOMENTS = some.lists(
    some.builds(
        lambda minutes, n, calling: Called(START + timedelta(minutes=minutes), UUID(int=n), calling),
        some.integers(0, 15_000), some.integers(1, 99), some.sampled_from(Calling),
    ), max_size=12, unique_by=lambda c: c.id,
)  # fmt: skip


@given(MOMENTS, some.randoms(use_true_random=False))
def test_no_link_depends_on_order_or_repetition(calls: list[Called], chance: object) -> None:
    shuffled = [*calls, *calls[:3]]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert [(called_back(c, calls), left_on(c, calls)) for c in calls] == [
        (called_back(c, shuffled), left_on(c, shuffled)) for c in calls
    ]


async def test_the_api_and_the_pages_tell_what_belongs_to_a_call(opened: Opened) -> None:
    await record([reading(e) for e in ALL], opened.store)
    async with client(application(opened.timelines)) as http:
        told = (await http.get(f"/v1/interactions/{MISSED.interaction_id}/calls")).json()
        missed = await http.get(f"/interactions/{MISSED.interaction_id}?lang=en")
        back = await http.get(f"/interactions/{BACK.interaction_id}?lang=fa")
        (customer_id,) = [c["customer"]["id"] for c in (await http.get("/v1/customers")).json()["customers"]]
        timeline = await http.get(f"/customers/{customer_id}?lang=en")
    assert told["called_back"]["id"] == str(BACK.interaction_id)
    assert [v["id"] for v in told["voicemails"]] == [str(SPOKEN.interaction_id)]
    assert "Called back: " in missed.text
    assert f"/interactions/{BACK.interaction_id}" in missed.text
    assert "در پاسخ به: " in back.text
    assert timeline.text.count("Called back: ") == 3
    assert "Left on the call: " in timeline.text


async def test_who_waits_for_a_call_back_is_on_the_first_page_and_in_the_api_until_somebody_calls(
    opened: Opened,
) -> None:
    await record([reading(e) for e in (EARLY, MISSED, TRIED)], opened.store)
    async with client(application(opened.timelines, now=lambda: START + timedelta(hours=2))) as http:
        calls = (await http.get("/v1/calls/missed")).json()["calls"]
        assert [c["interaction"] for c in calls] == [str(i) for i in ids(MISSED, EARLY)]
        (number,) = calls[0]["numbers"]
        assert [c["id"] for c in calls[0]["customers"]]
        page = (await http.get("/?lang=en")).text
        assert "Missed calls, not called back" in page
        assert f'href="/interactions/{MISSED.interaction_id}"' in page
        assert "2 times" in page  # and one line for both
        assert f'href="tel:{number}"' in page
        assert (await http.get("/recent?lang=fa")).text.count("هنوز با آن‌ها تماس گرفته نشده") == 1
        assert (await http.get("/v1/calls/missed", params={"from": "2100-01-01"})).json() == {"calls": []}
        await record([reading(BACK)], opened.store)
        assert (await http.get("/v1/calls/missed")).json() == {"calls": []}
        assert "Missed calls, not called back" not in (await http.get("/?lang=en")).text


@pytest.mark.parametrize("seed", range(8))
async def test_the_store_links_as_the_fold_says_whatever_comes_when(opened: Opened, seed: int) -> None:
    chance = Random(seed)
    calls = [_some_call(chance, n) for n in range(24)]
    memory = MemoryTimelines(organisation=ORGANISATION)
    memory.tell(*calls)
    for e in chance.sample([*calls, *calls[:6]], 30):
        await record([reading(e)], opened.store)
    expected = await memory.calls_beside(EVERYBODY, memory.interactions(EVERYBODY))
    shown = [i for e in calls if (i := await opened.timelines.interaction(EVERYBODY, e.interaction_id))]
    assert await opened.timelines.calls_beside(EVERYBODY, shown) == expected
    since = START + timedelta(days=2)
    assert [i.id for i in await opened.timelines.not_called_back(EVERYBODY, since, 99)] == [
        i.id for i in await memory.not_called_back(EVERYBODY, since, 99)
    ]


def _some_call(chance: Random, number: int) -> InteractionEvent:
    minutes = chance.choice([chance.randrange(0, 40), chance.randrange(0, 14 * 24 * 60)])
    kind = chance.choice([Kind.CALL, Kind.CALL, Kind.VOICEMAIL])
    direction = IN if kind is Kind.VOICEMAIL else chance.choice([IN, OUT])
    result, who = chance.choice(list(CallResult)), chance.choice([MARYAM, MARYAM, OFFICE, None])
    return call(f"call {number}", minutes, direction, result, kind=kind, who=who)


@pytest.mark.parametrize("word", ["participation.calling =", "missed.calling ="])
async def test_calls_are_found_by_walks_down_their_indexes(opened: Opened, word: str) -> None:
    await record([reading(e) for e in ALL], opened.store)
    shown = await opened.timelines.interaction(EVERYBODY, MISSED.interaction_id)
    assert shown is not None
    with Heard() as heard:
        await opened.timelines.calls_beside(EVERYBODY, [shown])
        await opened.timelines.not_called_back(EVERYBODY, START, 9)
    statement, parameters = next(s for s in heard.statements if word in s[0])
    walked = await opened.database.read(lambda c: plan(c, statement, parameters))
    assert "ix_participation_call" in walked
    assert not any(wrong in walked for wrong in ("SCAN participation", "SCAN missed", "SCAN theirs", "Seq Scan"))
