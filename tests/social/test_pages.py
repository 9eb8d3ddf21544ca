"""Messenger and Instagram: what several calls come to together, in whatever order and shape."""

from itertools import permutations
from typing import Any

import pytest

from ingest_social.channels import messenger
from peyvand.errors import Skipped
from peyvand.event import Direction, InteractionEvent, Status
from peyvand.identity import Organisation
from social.accounts import fixture
from social.metas import account, one, read, signed, told
from timeline.folds.interaction import Interaction, fold

USER, PAGE, ACCOUNT = "7012345678901234", "1706123450011987", "17841405309211844"


def called(channel: str, **notice: Any) -> list[InteractionEvent]:
    kind, own = ("page", PAGE) if channel == "messenger" else ("instagram", ACCOUNT)
    entry = {"id": own, "time": 1791102541000}
    said = {"sender": {"id": USER}, "recipient": {"id": own}, "timestamp": 1791102540000, **notice}
    return list(read(signed(channel, {"object": kind, "entry": [{**entry, "messaging": [said]}]})))


def folded(channel: str, *cases: str) -> list[Interaction]:
    events = [event for case in cases for event in told(channel, case)]
    return [fold(order) for order in permutations(events)]


def test_an_echo_goes_out_whoever_called() -> None:
    person, program = one("messenger", "echo_of_a_person"), one("messenger", "echo_of_a_program")
    assert person.direction is program.direction is Direction.OUTBOUND
    assert [h.value for p in person.parties if not p.ours for h in p.handles] == [USER]


def test_the_latest_edit_stands_in_any_order() -> None:
    (first,) = called("messenger", message={"mid": "m", "text": "0"})
    edits = [
        event
        for count in ("1", "2", 3, 4, 5)
        for event in called("messenger", message_edit={"mid": "m", "text": str(count), "num_edit": count})
    ]
    assert {fold([*order, first]).text for order in permutations(edits)} == {"5"}


def test_a_receipt_by_ids_tells_of_each_message_and_one_by_a_time_of_none() -> None:
    receipts = told("messenger", "delivered_by_ids")
    assert [(e.message_key, e.status) for e in receipts] == [
        ("m_echo1", Status.DELIVERED),
        ("m_echo2", Status.DELIVERED),
    ]
    for receipt in ({"delivery": {"watermark": 1}}, {"read": {"watermark": 1}}):
        with pytest.raises(Skipped, match="a receipt up to a time, naming no message"):
            called("messenger", **receipt)


def test_what_was_seen_stays_seen_after_a_late_delivery() -> None:
    (delivered,) = called("instagram", delivery={"mids": ["aWdfE"]})
    events = [one("instagram", "echo"), one("instagram", "seen"), delivered]
    assert {(fold(order).status, fold(order).text) for order in permutations(events)} == {(Status.READ, "بله")}


def test_what_was_unsent_is_deleted_even_when_that_comes_first() -> None:
    for found in folded("instagram", "unsent", "text_persian"):
        assert found.deleted_at is not None


def test_a_reaction_is_taken_back() -> None:
    (put,) = called("messenger", reaction={"mid": "m", "action": "react", "emoji": "❤️"}, timestamp=1)
    (taken,) = called("messenger", reaction={"mid": "m", "action": "unreact"}, timestamp=2)
    assert [r.shown for r in fold([put]).reactions] == [("❤️",)]
    assert fold([taken, put]).reactions == ()


def test_both_shapes_of_instagram_are_the_same_message() -> None:
    (messaging,) = called("instagram", message={"mid": "aWdf2", "text": "سلام"}, timestamp=1791102540000)
    changes = one("instagram", "text_as_a_change")
    assert messaging.interaction_id == changes.interaction_id
    assert (messaging.text, messaging.occurred_at) == (changes.text, changes.occurred_at)


def test_a_comment_is_edited_hidden_and_removed() -> None:
    for found in folded("messenger", "comment", "comment_edited", "comment_removed"):
        assert (found.text, found.deleted_at is not None) == ("قیمت و سایز؟", True)
    for found in folded("messenger", "comment", "comment_hidden"):
        assert [f.name for f in found.flags] == ["comment", "hidden"]


def test_our_answer_under_a_comment_replies_to_it_and_goes_out() -> None:
    for channel, key in (("messenger", "122_501"), ("instagram", "17865799348089039")):
        answer = one(channel, "comment_answer_of_ours")
        assert (answer.direction, answer.replies_to) == (Direction.OUTBOUND, (key,))


@pytest.mark.parametrize("channel", ["messenger", "instagram"])
def test_an_id_means_somebody_only_at_its_page(channel: str) -> None:
    (event,) = called(channel, message={"mid": "m", "text": "x"})
    (known,) = [h for p in event.parties if not p.ours for h in p.handles]
    assert known.key == (channel, PAGE if channel == "messenger" else ACCOUNT, USER)


def test_one_of_us_who_writes_to_the_page_is_no_customer() -> None:
    organisation = Organisation(ids={"messenger": (USER,)})
    (event,) = messenger.SOURCE.normalise(fixture("messenger", "text_persian.http"), account("messenger"), organisation)
    assert (event.direction, [p.ours for p in event.parties]) == (Direction.INTERNAL, [True, True])


def test_a_file_is_named_by_its_address_and_a_page_is_read() -> None:
    (event,) = called("messenger", message={"mid": "m", "attachments": [
        {"type": "file", "payload": {"url": "https://cdn.fbsbx.com/v/%D9%81%D8%A7%DA%A9%D8%AA%D9%88%D8%B1.pdf?x=1"}},
        {"type": "fallback", "title": "شعبه", "url": "https://m.facebook.com/shop"},
        {"type": "file", "payload": {"url": "javascript:alert(1)"}},
    ]})  # fmt: skip
    assert [a.name for a in event.attachments] == ["فاکتور.pdf"]
    assert event.text == "شعبه\nhttps://m.facebook.com/shop\njavascript:alert(1)"
