"""Threads in the store: found from each of their messages, whatever came first, and only as far as one may see."""

from collections.abc import Sequence
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest

from making import ORGANISATION, address, customer, message, reading
from peyvand.event import Direction, InteractionEvent, Outcome, Report, Reported, Role
from stores import Opened
from timeline.ports import Principal
from timeline.record import record
from timeline.store import rebuild
from timeline.store.statements import table
from timeline.store.tables import MentionRow

EVERYBODY = Principal("test")
MARYAM = address("maryam@gmail.com")


def mail(key: str, *answers: str, minutes: int = 0, connector: str = "inbox", **fields: Any) -> InteractionEvent:
    """Return the event of a mail whose Message-ID is `key`@x."""
    return message(
        f"hash of {key}",
        [fields.pop("who", customer(MARYAM))],
        minutes=minutes,
        channel="email",
        connector=connector,
        message_key=f"{key}@x",
        replies_to=tuple(f"{a}@x" for a in answers),
        **fields,
    )


ASKED = mail("asked")
ANSWERED = mail("answered", "asked", minutes=1, direction=Direction.OUTBOUND, connector="sent")
AGAIN = mail("again", "answered", "asked", minutes=2)
STRANGER = mail("mine", "asked", minutes=3, who=customer(address("stranger@evil.example")))
THREAD = [ASKED.interaction_id, ANSWERED.interaction_id, AGAIN.interaction_id]


async def thread_of(opened: Opened, interaction: UUID, who: Principal = EVERYBODY) -> list[UUID]:
    found = await opened.timelines.interaction(who, interaction)
    assert found is not None
    return [i.id for i in await opened.timelines.thread(who, found)]


@pytest.mark.parametrize("order", list(permutations(range(3)))[::2], ids=lambda o: "-".join(map(str, o)))
async def test_a_thread_is_the_same_in_whatever_order_its_mails_come(opened: Opened, order: Sequence[int]) -> None:
    for at in order:
        await record([reading([ASKED, ANSWERED, AGAIN][at])], opened.store)
    await record([reading(STRANGER)], opened.store)
    for interaction in THREAD:
        assert await thread_of(opened, interaction) == THREAD
    assert await thread_of(opened, STRANGER.interaction_id) == [STRANGER.interaction_id]


async def test_a_thread_shows_only_what_one_may_see(opened: Opened) -> None:
    await record([reading(e) for e in (ASKED, ANSWERED, AGAIN)], opened.store)
    who = Principal("sales", frozenset({"inbox"}))
    assert await thread_of(opened, ASKED.interaction_id, who) == [ASKED.interaction_id, AGAIN.interaction_id]


async def test_a_bot_message_answers_one_by_its_own_id(opened: Opened) -> None:
    who = [customer(MARYAM)]
    first = message("chat:1", who, message_key="chat:1")
    reply = message("chat:2", who, minutes=1, message_key="chat:2", replies_to=("chat:1",))
    await record([reading(first), reading(reply)], opened.store)
    assert await thread_of(opened, first.interaction_id) == [first.interaction_id, reply.interaction_id]


async def test_beside_a_mail_stands_what_was_reported_of_it(opened: Opened) -> None:
    told = Report(recipients=(Reported(recipient="maryam@gmail.com", outcome=Outcome.FAILED),), original="answered@x")
    bounce = mail("bounce", minutes=5, report=told, who=customer(MARYAM, role=Role.ABOUT))
    await record([reading(ANSWERED), reading(bounce)], opened.store)
    sent = await opened.timelines.interaction(EVERYBODY, ANSWERED.interaction_id)
    assert sent is not None
    assert [i.id for i in await opened.timelines.beside(EVERYBODY, [sent])] == [bounce.interaction_id]


async def test_keys_that_were_lost_are_found_again_by_a_rebuild(opened: Opened) -> None:
    await record([reading(e) for e in (ASKED, ANSWERED)], opened.store)
    assert [p.mended async for p in rebuild(opened.store)][-1] == 0
    await opened.database.write(lambda c: c.execute(table(MentionRow).delete()))
    assert await thread_of(opened, ASKED.interaction_id) == THREAD[:1]
    assert [p.mended async for p in rebuild(opened.store)][-1] == 2
    assert await thread_of(opened, ASKED.interaction_id) == THREAD[:2]
    assert ORGANISATION.id == opened.store.organisation
