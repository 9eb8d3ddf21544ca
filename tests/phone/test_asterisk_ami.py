"""Asterisk's manager interface: a call is seen as it rings, and is one call with what the call log says afterwards."""

import asyncio
from itertools import groupby
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from pydantic import ValidationError

from captures import organisation
from ingest_phone.channels.asterisk import LIVE, SOURCE, ami_heard
from ingest_phone.channels.asterisk.ami_frames import Frames, NotAmi
from ingest_phone.channels.asterisk.settings import Settings
from peyvand.delivery import Delivery
from peyvand.errors import SignInFailed, Skipped, Unavailable
from peyvand.event import CallResult, CallState, Direction, InteractionEvent
from peyvand.identity import Person
from peyvand.source import Arrival, normalised
from peyvand.testing import CAPTURED_AT
from phone.ami_switchboard import dialogue, settings, switchboard, take
from timeline.folds.call import FoldedCall
from timeline.folds.calling import state_for
from timeline.folds.interaction import fold

ROWS = Path(__file__).parent.parent / "fixtures" / "phone" / "asterisk"
SARA, OMID = (Person(user=f"at-{n}", extensions=(n,)) for n in ("201", "202"))
MEMBER = Person(user="member", queues=("600",))


def read(arrivals: list[Arrival]) -> list[InteractionEvent]:
    """Return the events of what was heard, but for calls within the house."""
    found: list[InteractionEvent] = []
    for a in arrivals:
        made = Delivery(uuid4(), "pbx-live", "asterisk", a.received_at, a.body, a.url)
        try:
            found += normalised(LIVE, made, settings("h:1"), organisation())
        except Skipped:
            continue
    return found


def rows(*names: str) -> list[InteractionEvent]:
    known = Settings.model_validate({"cdr": "Master.csv", "timezone": "Asia/Tehran"})
    bodies = ((ROWS / f"{name}.csv").read_bytes() for name in names)
    made = (Delivery(uuid4(), "pbx", "asterisk", CAPTURED_AT, body) for body in bodies)
    return [event for one in made for event in normalised(SOURCE, one, known, organisation())]


async def heard(name: str, **more: Any) -> list[InteractionEvent]:
    found: list[Arrival] = []
    async with switchboard(tells=dialogue(name), closes=True, **more) as pbx:
        with pytest.raises(Unavailable, match="closed the connection"):
            await take(pbx.at, found)
    return read(found)


def call(events: list[InteractionEvent]) -> FoldedCall:
    assert len({e.interaction_id for e in events}) == 1
    made = fold(events).call
    assert made is not None
    return made


@pytest.mark.parametrize("piece", [1 << 20, 7])
async def test_a_queue_call_and_its_transfer_are_heard_as_they_happen(piece: int) -> None:
    events = await heard("queue_and_transfer", piece=piece)
    whole = call(events)
    assert (whole.direction, whole.result, whole.state) == (Direction.INBOUND, CallResult.ANSWERED, CallState.OVER)
    assert (whole.queue, whole.transferred) == ("600", True)
    assert whole.wait_seconds == pytest.approx(9, abs=1)
    assert whole.talk_seconds == pytest.approx(206, abs=3)


async def test_at_each_moment_it_rings_for_whoever_is_rung() -> None:
    events = await heard("queue_and_transfer")
    moments = [list(group) for _, group in groupby(events, key=lambda e: e.occurred_at)]
    seen: list[tuple[CallState | None, ...]] = []
    for n in range(1, len(moments) + 1):
        now = call([e for moment in moments[:n] for e in moment])
        stands = tuple(state_for(now, p) for p in (SARA, OMID, MEMBER))
        if not seen or seen[-1] != stands:
            seen.append(stands)
    ringing, talking, over = CallState.RINGING, CallState.TALKING, CallState.OVER
    assert (None, None, ringing) in seen  # it waits in the queue
    assert seen.index((ringing, ringing, ringing)) < seen.index((talking, over, over))
    assert seen.index((talking, over, over)) < seen.index((over, ringing, over)) < seen.index((over, talking, over))
    assert seen[-1] == (over, over, over)


async def test_what_the_call_log_says_stands_and_it_is_the_same_call() -> None:
    live, log = await heard("queue_and_transfer"), rows(*(f"queue_call_{n}" for n in range(1, 5)))
    assert call([*live, *log]) == call(log)
    assert call([*log, *reversed(live)]) == call(log)


async def test_who_leaves_the_queue_abandons_the_call() -> None:
    events = await heard("abandoned")
    assert call(events).result is CallResult.ABANDONED
    assert call(events).wait_seconds == pytest.approx(48, abs=1)
    assert call([*events, *rows("abandoned_in_queue")]).result is not CallResult.ANSWERED


async def test_a_call_of_ours_is_heard() -> None:
    whole = call(await heard("outbound"))
    assert (whole.direction, whole.result) == (Direction.OUTBOUND, CallResult.ANSWERED)
    assert (whole.wait_seconds, whole.talk_seconds) == (12, 60)


async def test_who_is_given_the_call_after_a_question_is_in_the_call() -> None:
    events = await heard("attended_transfer")
    whole = call(events)
    assert whole.transferred
    assert len(whole.agents) == 2
    assert whole.talk_seconds == pytest.approx(114, abs=1)


async def test_a_call_that_rings_when_the_connector_starts_is_seen() -> None:
    listed = (
        dialogue("queue_and_transfer").split(b"\r\n\r\n")[0].replace(b"Event: Newchannel", b"Event: CoreShowChannel")
    )
    found: list[Arrival] = []
    async with switchboard(running=listed + b"\r\n\r\n") as pbx:
        await take(pbx.at, found, most=1)
    assert call(read(found)).state is CallState.RINGING


async def test_a_telephone_that_rings_is_told_at_once() -> None:
    found: list[Arrival] = []
    async with switchboard() as pbx:
        taking = asyncio.create_task(take(pbx.at, found, most=1))
        while "CoreShowChannels" not in pbx.asked:
            await asyncio.sleep(0.01)
        began = asyncio.get_running_loop().time()
        await pbx.tell(dialogue("outbound")[:900])
        await taking
    assert asyncio.get_running_loop().time() - began < 0.5


async def test_a_silent_switchboard_is_asked_and_then_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ami_heard, "_SILENCE", 0.05)
    async with switchboard() as pbx:
        with pytest.raises(TimeoutError):
            await take(pbx.at, [], seconds=0.5)
        assert pbx.asked.count("Ping") > 2


async def test_a_check_says_what_is_wrong() -> None:
    async with switchboard() as pbx:
        assert "Asterisk 20.9.3" in await LIVE.check(settings(pbx.at))
        with pytest.raises(SignInFailed, match="refuses user 'peyvand'"):
            await LIVE.check(settings(pbx.at, password="wrong"))
    with pytest.raises(Unavailable, match="cannot be reached"):
        await LIVE.check(settings(pbx.at))
    async with switchboard(deaf=True) as pbx:
        with pytest.raises(Unavailable, match="read = call,agent"):
            await LIVE.check(settings(pbx.at))
    async with switchboard(lists=False) as pbx:
        assert "write = reporting" in await LIVE.check(settings(pbx.at))
    async with switchboard(banner=b"SSH-2.0-OpenSSH_9.2\r\n") as pbx:
        with pytest.raises(Unavailable, match="is not Asterisk's manager"):
            await LIVE.check(settings(pbx.at))


def test_values_hold_colons_and_names_are_written_in_any_case() -> None:
    frames = Frames()
    assert frames.feed(b"Asterisk Call Manager/5.0\r\nEvent: X\r\nUniqueID: 1.2\r\nValue: a: b\r\n\r\nEv") == [
        {"event": "X", "uniqueid": "1.2", "value": "a: b"}
    ]
    assert frames.begun
    with pytest.raises(NotAmi, match="without an end"):
        frames.feed(b"x" * 300_000)


@pytest.mark.parametrize("more", [{"ami": "no port"}, {"ami": "h:1", "password": None}, {"ami": "h:1", "cdr": "x"}])
def test_settings_that_cannot_be_meant_are_refused(more: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate({"password": "x", **more})
