"""The screen pop: a call that rings is told to whom it rings for, and to nobody else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from fakes.application import application, client, listening, serving
from fakes.memory_timelines import MemoryTimelines
from fakes.sayings import NOON, ORGANISATION, number, person, said
from peyvand.event import Call, CallResult, CallState, Change, Direction, InteractionEvent, Kind, Role, Teller
from peyvand.identity import Person
from peyvand.settings import ApiToken
from server_sent import Stream, stream
from timeline.folds.calling import state_for
from timeline.folds.interaction import fold

SARA = Person(user="sara", name="Sara Karimi", extensions=("201",), queues=("600",))
REZA = Person(user="reza", extensions=("202",))
HOUSE = ORGANISATION.model_copy(update={"people": (SARA, REZA)})
SARAS = ApiToken(name="sara-pop", token=SecretStr("the-token-of-sara-karimi"), user="sara")
REZAS = ApiToken(name="reza-pop", token=SecretStr("the-token-of-reza-alavi"), user="reza")
ERP = ApiToken(name="erp", token=SecretStr("a-token-that-sees-everything"))
LEILA = person("KARIMI L", number("0912 345 6789"), role=Role.CALLER)
RINGING, TALKING, OVER = CallState.RINGING, CallState.TALKING, CallState.OVER


def heard(key: str, leg: str, state: CallState, second: int, **call: Any) -> InteractionEvent:
    """Return what is heard live of a leg, so many seconds after it began."""
    order = f"{second:05}"
    made = Call(leg=leg, started_at=NOON, told_by=Teller.LIVE, state=state, **call)
    fields: dict[str, Any] = {
        "kind": Kind.CALL,
        "change": Change.LEG,
        "change_key": f"{leg}-{order}",
        "order": order,
        "call": made,
    }
    at = NOON + timedelta(seconds=second)
    return said(LEILA, None, key=key, at=at, connector="pbx", channel="phone", direction=Direction.INBOUND, **fields)


def at_noon(timelines: MemoryTimelines, **more: Any) -> Any:
    known = {"organisation": HOUSE, "now": lambda: NOON + timedelta(seconds=5), "tokens": (SARAS, REZAS, ERP)}
    return serving(timelines, **{**known, **more})


@asynccontextmanager
async def pops(url: str, token: ApiToken) -> AsyncIterator[Stream]:
    bearer = {"Authorization": f"Bearer {token.token.get_secret_value()}"}
    async with stream(f"{url}/v1/calls/stream", **bearer) as told:
        await told.block()
        yield told


async def silent(told: Stream) -> bool:
    try:
        async with asyncio.timeout(0.5):
            while not (await told.block()).event:
                pass
    except TimeoutError:
        return True
    return False


@pytest.mark.real
async def test_a_ringing_call_is_told_to_whose_telephone_rings_and_to_nobody_else() -> None:
    timelines = MemoryTimelines()
    async with listening(at_noon(timelines)) as url, pops(url, SARAS) as saras, pops(url, REZAS) as rezas:
        timelines.tell(heard("1", "a", RINGING, 0, extension="202"))
        told = (await rezas.event()).body
        assert (told["state"], told["numbers"], told["name"]) == ("ringing", ["+989123456789"], "KARIMI L")
        assert [c["handles"][0]["value"] for c in told["customers"]] == ["+989123456789"]
        assert await silent(saras)


@pytest.mark.real
async def test_a_queue_rings_for_its_members_until_one_of_them_talks() -> None:
    timelines = MemoryTimelines()
    async with listening(at_noon(timelines)) as url, pops(url, SARAS) as saras, pops(url, REZAS) as rezas:
        timelines.tell(heard("1", "a", RINGING, 0, queue="600"))
        assert (await saras.event()).body["state"] == "ringing"
        timelines.tell(heard("1", "b", TALKING, 4, extension="202", queue="600", result=CallResult.ANSWERED))
        told = (await saras.event()).body
        assert (told["state"], told["agents"]) == ("over", ["202"])
        assert (await rezas.event()).body["state"] == "talking"


@pytest.mark.real
async def test_what_an_import_brings_rings_nowhere() -> None:
    timelines = MemoryTimelines()
    later = at_noon(timelines, now=lambda: NOON + timedelta(days=1))
    async with listening(later) as url, pops(url, SARAS) as saras:
        timelines.tell(heard("1", "a", OVER, 9, extension="201"), heard("2", "a", RINGING, 0, extension="201"))
        assert await silent(saras)


@pytest.mark.parametrize(
    ("token", "asked", "status"),
    [(SARAS, "reza", 403), (ERP, "sara", 403), (ERP, None, 403), (None, None, 422), (None, "nobody", 422)],
)
async def test_nobody_hears_another_ones_telephone(token: ApiToken | None, asked: str | None, status: int) -> None:
    headers = {"Authorization": f"Bearer {token.token.get_secret_value()}"} if token else {}
    made = application(MemoryTimelines(), organisation=HOUSE, tokens=(SARAS, ERP))
    async with client(made) as http:
        answer: httpx.Response = await http.get(
            "/v1/calls/stream", params={"user": asked} if asked else {}, headers=headers
        )
    assert answer.status_code == status
    assert "telephone" in answer.text or "people" in answer.text


def test_whoever_rings_beside_the_one_who_talks_is_not_rung_any_more() -> None:
    legs = [
        heard("1", "a", RINGING, 0, extension="201"),
        heard("1", "b", TALKING, 3, extension="202", result=CallResult.ANSWERED),
        heard("1", "a", OVER, 3, extension="201"),
    ]
    call = fold(legs).call
    assert call is not None
    assert (state_for(call, SARA), state_for(call, REZA)) == (OVER, TALKING)
    assert state_for(call, Person(user="mina", extensions=("203",))) is None
