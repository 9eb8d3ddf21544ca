"""The audit log on both stores: added to, read from its newest end, and one line for one hearing."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from making import START
from stores import Opened
from timeline.audit import ONE_HEARING, Act, Noted, Result, Sought
from timeline.store import SqlAudit

LINE = Noted(START, "sara", Act.HEAR, Result.GRANTED, "10.0.0.7", None, UUID(int=1), "0f")


async def test_what_is_the_same_within_the_window_is_one_line(opened: Opened) -> None:
    audit = SqlAudit(opened.database)
    for minutes in (0, 1, 29, 31):
        await audit.note(replace(LINE, at=START + timedelta(minutes=minutes)), ONE_HEARING)
    lines = await audit.lines(Sought(), None, 9)
    assert [line.at - START for line in lines] == [timedelta(minutes=31), timedelta()]
    assert replace(lines[1], number=0) == LINE


async def test_lines_are_found_by_who_and_what(opened: Opened) -> None:
    audit = SqlAudit(opened.database)
    refused = replace(LINE, who="reza", result=Result.REFUSED, interaction=UUID(int=2))
    for line in (LINE, refused, replace(LINE, address="10.0.0.8")):
        await audit.note(line, ONE_HEARING)
    assert [line.who for line in await audit.lines(Sought(), None, 9)] == ["sara", "reza", "sara"]
    (found,) = await audit.lines(Sought(who="reza", act=Act.HEAR, interaction=UUID(int=2)), None, 9)
    assert found.result is Result.REFUSED
    assert [line.address for line in await audit.lines(Sought(who="sara"), 3, 9)] == ["10.0.0.7"]


async def test_lines_are_found_by_time_person_and_result(opened: Opened) -> None:
    audit = SqlAudit(opened.database)
    for hours, person in enumerate(("sara", "omid", "sara")):
        await audit.note(replace(LINE, at=START + timedelta(hours=hours), person=person), ONE_HEARING)
    hour = timedelta(hours=1)
    (found,) = await audit.lines(Sought(since=START + hour, until=START + 2 * hour), None, 9)
    assert found.person == "omid"
    assert [n.at for n in await audit.lines(Sought(person="sara"), None, 9)] == [START + 2 * hour, START]
    assert await audit.lines(Sought(result=Result.REFUSED), None, 9) == []
