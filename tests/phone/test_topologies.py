"""Whatever way a call went, its rows are one call, with the result, the minutes and the people that are true of it."""

from datetime import UTC, datetime
from random import Random
from uuid import uuid4

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest_phone.channels.asterisk import SOURCE, TABLE
from ingest_phone.channels.asterisk.settings import Settings
from ingest_phone.channels.asterisk.table_row import body
from peyvand.delivery import Delivery
from peyvand.errors import Skipped
from peyvand.event import CallState, InteractionEvent
from peyvand.identity import Organisation
from peyvand.source import PullSource, normalised
from peyvand.testing import CAPTURED_AT
from phone.cdr_rows import EPOCH
from phone.topologies import Topology, topologies
from timeline.folds.interaction import Interaction, fold

FILE = Settings.model_validate({"cdr": "Master.csv", "utc": True})
CDR_TABLE = Settings.model_validate({"database": "mysql://h/d", "password": "x", "utc": True})
HOUSE = Organisation(numbers=("+98 21 9100 1000",))


def read(source: PullSource[Settings], known: Settings, bodies: list[bytes]) -> list[InteractionEvent]:
    found: list[InteractionEvent] = []
    for one in bodies:
        try:
            found += normalised(source, Delivery(uuid4(), "pbx", "asterisk", CAPTURED_AT, one), known, HOUSE)
        except Skipped:
            continue
    return found


def the_call(events: list[InteractionEvent]) -> Interaction:
    assert len({e.interaction_id for e in events}) == 1
    return fold(events)


@settings(max_examples=300)
@given(topologies(), st.randoms(use_true_random=False), st.integers(1, 2))
def test_it_is_one_call_and_what_is_said_of_it_is_true(made: Topology, chance: Random, times: int) -> None:
    bodies = made.bodies * times
    chance.shuffle(bodies)
    told = the_call(read(SOURCE, FILE, bodies)).call
    assert told is not None
    assert (told.direction, told.result, told.state) == (made.direction, made.result, CallState.OVER)
    assert told.agents == tuple(made.agents)
    assert told.talk_seconds is not None
    assert abs(told.talk_seconds - made.talk) <= 1
    assert told.wait_seconds is not None
    assert abs(told.wait_seconds - made.wait) <= 1 or not made.agents
    assert told.transferred is made.transferred
    assert told.started_at == datetime.fromtimestamp(EPOCH, UTC) or made.result not in ("answered",)


@settings(max_examples=100)
@given(topologies())
def test_the_table_tells_of_the_same_legs(made: Topology) -> None:
    rows = [body({name: value for name, value in row.items() if name != "amaflags"}) for row in made.rows]
    from_file, from_table = read(SOURCE, FILE, made.bodies), read(TABLE, CDR_TABLE, rows)
    assert {e.event_id for e in from_file} == {e.event_id for e in from_table}
    assert the_call(from_file).call == the_call(from_table).call
