"""What a team shows to the others, and that nothing else can be got at."""

from uuid import UUID

import pytest

from making import address, customer, message, reading
from peyvand.event import Attachment, Flag, InteractionEvent
from peyvand.settings import Sharing
from stores import Opened
from timeline.folds.interaction import Interaction, fold
from timeline.ports import Filters, Principal
from timeline.record import record
from timeline.sharing import as_shared

MAIL: InteractionEvent = message(
    "m",
    [customer(address("maryam@gmail.com"))],
    text="محرمانه secretword",
    channel="email",
    connector="support-inbox",
    subject="قرارداد",
    html="<p>secretword",
    quoted="secretword",
    attachments=(Attachment(name="secretword.pdf"),),
    flags=(Flag(name="bounce", why="550 secretword"),),
)


def sales(sharing: Sharing | None = None) -> Principal:
    """Return an agent of another team than the mailbox's."""
    partly = {} if sharing is None else {"support-inbox": sharing}
    return Principal("sales", frozenset({"shop-bot"}), partly=partly)


@pytest.mark.parametrize("sharing", [Sharing.METADATA, Sharing.SUBJECT])
def test_nothing_that_was_said_is_left(sharing: Sharing) -> None:
    shown = as_shared(fold([MAIL]), sales(sharing))
    assert "secretword" not in shown.model_dump_json()
    assert shown.subject == ("قرارداد" if sharing is Sharing.SUBJECT else None)
    assert (shown.id, shown.occurred_at, shown.parties) == (MAIL.interaction_id, MAIL.occurred_at, MAIL.parties)


def test_a_field_that_comes_is_decided_about() -> None:
    kept = {
        "id", "channel", "kind", "direction", "occurred_at", "occurred_from", "received_at", "connectors", "parties",
        "message_key", "replies_to", "conversation", "subject", "flags", "status", "edited_at", "deleted_at", "call",
    }  # fmt: skip
    shown = as_shared(fold([MAIL]), sales(Sharing.METADATA))
    hidden = {name for name in Interaction.model_fields if getattr(shown, name) != getattr(fold([MAIL]), name)}
    empty = {name for name in Interaction.model_fields if not getattr(shown, name)}
    assert set(Interaction.model_fields) - kept <= hidden | empty


def test_who_sees_it_through_a_connector_of_his_own_sees_it_whole() -> None:
    both = fold([MAIL, MAIL.model_copy(update={"event_id": UUID(int=1), "connector": "shop-bot"})])
    assert as_shared(both, sales(Sharing.METADATA)) == both
    assert as_shared(fold([MAIL]), sales(Sharing.ALL)) == fold([MAIL])


async def test_other_teams_see_so_much_and_find_no_more(opened: Opened) -> None:
    await record([reading(MAIL)], opened.store)
    whose = (await opened.timelines.recent(Principal("all"), 1))[0].customer.id
    for sharing in Sharing:
        who = sales(sharing)
        (entry,) = (await opened.timelines.page(who, whose, Filters(), None, 9)).entries
        assert (entry.text is not None) == (sharing is Sharing.ALL)
        told = await opened.timelines.why(who, MAIL.interaction_id)
        assert len(told) == (1 if sharing is Sharing.ALL else 0)
        found = await opened.timelines.search(who, "secretword", 9)
        assert len(found) == (1 if sharing is Sharing.ALL else 0)
        assert [h.customer.id for h in await opened.timelines.recent(who, 9)] == [whose]
        assert await opened.timelines.delivery(who, MAIL.delivery_id) is None


async def test_a_team_that_shares_nothing_is_not_there_for_others(opened: Opened) -> None:
    await record([reading(MAIL)], opened.store)
    assert await opened.timelines.interaction(sales(), MAIL.interaction_id) is None
    assert await opened.timelines.recent(sales(), 9) == []
