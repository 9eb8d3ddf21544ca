"""What a queue's log says stands on no timeline by itself; with the call log's row of the same call it adds to that."""

from sqlalchemy import select

from making import reading
from peyvand.event import CallResult
from phone.test_asterisk_queue_log import ABANDONED
from stores import Opened
from timeline.ports import Principal
from timeline.record import record
from timeline.store.statements import table
from timeline.store.tables import ParticipationRow


async def test_what_a_queue_says_of_a_channel_that_no_call_began_with_stands_on_no_timeline(opened: Opened) -> None:
    who = Principal("test")
    await record([reading(e) for e in ABANDONED[1:]], opened.store)
    assert await opened.timelines.recent(who, 9) == []
    stands = await opened.database.read(lambda c: c.execute(select(table(ParticipationRow))).all())
    assert stands == []  # nor among the calls of callers whom nobody knows
    await record([reading(ABANDONED[0])], opened.store)
    (hit,) = await opened.timelines.recent(who, 9)
    assert hit.last is not None
    assert hit.last.call is not None
    assert hit.last.call.result is CallResult.ABANDONED
