"""WhatsApp: what several calls come to together, in whatever order, and who is who."""

from collections.abc import Sequence
from itertools import permutations
from typing import Any
from uuid import uuid4

import pytest

from ingest_social.cloud_api.account import sees_outbound
from peyvand.errors import Skipped, UnknownType
from peyvand.event import Direction, InteractionEvent, Status
from peyvand.identity import Organisation, Rules
from social.metas import MARYAM, NUMBER, account, changed, elsewhere, one, read, signed, told
from timeline.folds.identity.derive import derive
from timeline.folds.identity.evidence import evidence_of, links_of
from timeline.folds.interaction import fold

ID = "wamid.ours"


def report(status: str, **fields: Any) -> InteractionEvent:
    written = {"id": ID, "status": status, "timestamp": "1791102540", "recipient_id": "989121112233", **fields}
    (event,) = read(changed({"statuses": [written]}))
    return event


def message(**fields: Any) -> InteractionEvent:
    written = {"id": ID, "from": "989121112233", "timestamp": "1791102540", **fields}
    (event,) = read(changed({"contacts": [MARYAM], "messages": [written]}))
    return event


def echo(text: str) -> InteractionEvent:
    written = {"id": ID, "from": "982191001000", "to": "989121112233", "timestamp": "1791102539", "type": "text"}
    (event,) = read(changed({"message_echoes": [{**written, "text": {"body": text}}]}, "smb_message_echoes"))
    return event


def test_whatever_order_reports_come_in_the_furthest_stands_and_the_text_stays() -> None:
    events = [report("sent"), report("read"), report("delivered"), echo("سلام")]
    found = [fold(order) for order in permutations(events)]
    assert {(f.status, f.text, f.direction) for f in found} == {(Status.READ, "سلام", Direction.OUTBOUND)}


def test_a_report_without_its_message_stands_with_the_customer_and_without_words() -> None:
    alone = fold([report("delivered")])
    assert (alone.text, alone.status) == (None, Status.DELIVERED)
    assert [h.value for p in alone.parties if not p.ours for h in p.handles] == ["+989121112233"]


def test_why_a_message_failed_is_told_until_somebody_says_that_it_arrived() -> None:
    failure = report("failed", errors=[{"code": 131026, "title": "Message undeliverable"}])
    failed = fold([echo("سلام"), failure])
    assert [(f.name, f.why) for f in failed.flags] == [("failed", "131026: Message undeliverable")]
    # with several devices one may fail where another receives
    for events in ([failure, report("delivered")], [echo("سلام"), report("delivered"), failure]):
        assert (fold(events).status, fold(events).flags) == (Status.DELIVERED, ())


def test_an_edit_and_a_revocation_find_their_message_in_any_order() -> None:
    events = [one("whatsapp", case) for case in ("text_persian", "edit", "revoke")]
    for order in permutations(events):
        found = fold(order)
        assert found.text == "سلام، سفارش ۱۲۴ کی می‌رسد؟"
        assert found.deleted_at is not None


def test_an_edited_caption_keeps_the_file() -> None:
    found = fold([one("whatsapp", "image"), one("whatsapp", "edit_of_a_caption")])
    assert (found.text, [a.at for a in found.attachments]) == ("این رنگ و سایز ۴۲", ["whatsapp:1003383421387256"])


@pytest.mark.parametrize("removal", ["reaction_taken_back", "reaction_taken_back_without_emoji"])
def test_a_reaction_is_taken_back_in_both_ways(removal: str) -> None:
    put, taken = one("whatsapp", "reaction"), one("whatsapp", removal)
    assert [r.shown for r in fold([put]).reactions] == [("❤️",)]
    assert fold([taken, put]).reactions == fold([put, taken]).reactions == ()


@pytest.mark.parametrize("key", [f"wamid.{n}" for n in range(5)])
def test_a_file_of_the_past_takes_the_place_of_its_placeholder_in_any_order(key: str) -> None:
    past = {"id": key, "from": "989121112233", "timestamp": "1788510120"}
    threads = [{"id": "989121112233", "messages": [{**past, "type": "media_placeholder"}]}]
    (placeholder,) = read(changed({"history": [{"threads": threads}]}, "history"))
    (file,) = read(changed({"messages": [{**past, "type": "image", "image": {"id": "1"}}]}, "history"))
    assert [f.name for f in fold([placeholder]).flags] == ["imported", "unsupported"]
    for events in ([placeholder, file], [file, placeholder]):
        found = fold(events)
        assert [a.at for a in found.attachments] == ["whatsapp:1"]
        assert ([f.name for f in found.flags], found.edited_at) == (["imported"], None)


def test_the_past_says_that_it_is_the_past_and_goes_the_way_it_went() -> None:
    inbound, outbound, _ = told("whatsapp", "history")
    assert (inbound.direction, outbound.direction) == (Direction.INBOUND, Direction.OUTBOUND)
    assert all("imported" in [f.name for f in e.flags] for e in (inbound, outbound))
    assert (inbound.status, outbound.status) == (None, Status.DELIVERED)


def linked(events: Sequence[InteractionEvent]) -> dict[frozenset[str], int]:
    """Return which handles the events link, and how strongly."""
    organisation = Organisation().id
    evidence = [e for event in events for e in evidence_of(organisation, event)]
    names = {e.handle_id: e.value for e in evidence}
    return {frozenset(names[h] for h in pair): link.strength for pair, link in links_of(evidence).items()}


def test_a_message_links_the_number_and_the_id_of_its_sender() -> None:
    assert linked([one("whatsapp", "text_persian")]) == {frozenset({"+989121112233", "IR.13491208655302741918"}): 3}


def test_who_somebody_was_before_a_change_links_less_than_who_he_is() -> None:
    found = linked([one("whatsapp", "system_changed_number")])
    new = frozenset({"IR.22222086553027419", "+989352223344"})
    assert found.pop(new) == 3
    assert set(found.values()) == {1, 2}
    assert linked([one("whatsapp", "system_changed_user_id")]) == {
        frozenset({"IR.13491208655302741918", "IR.33333086553027419"}): 2
    }


def customers(events: Sequence[InteractionEvent]) -> list[set[str]]:
    """Return whose handles the events make one customer's, of those that are not ours."""
    organisation = Organisation().id
    evidence = [e for event in events for e in evidence_of(organisation, event)]
    derived = derive(organisation, evidence, (), Rules())
    names = {e.handle_id: e.value for e in evidence}
    found: dict[Any, set[str]] = {}
    for handle, standing in derived.handles.items():
        found.setdefault(standing.customer, set()).add(names[handle])
    return sorted(found.values(), key=len)


def wrote(name: str, phone: str, user_id: str) -> InteractionEvent:
    contact = {"profile": {"name": name}, "wa_id": phone, "user_id": user_id}
    written = {"id": f"wamid.{user_id}", "from": phone, "from_user_id": user_id, "timestamp": "1791102540"}
    call = changed({"contacts": [contact], "messages": [{**written, "type": "text", "text": {"body": "x"}}]})
    (event,) = read(call)
    return event


BEFORE = ("989121112233", "IR.13491208655302741918")
AFTER = ("989352223344", "IR.22222086553027419")


def test_who_changed_the_number_stays_one_customer() -> None:
    change = one("whatsapp", "system_changed_number")
    for events in permutations([wrote("مریم احمدی", *BEFORE), change, wrote("مریم احمدی", *AFTER)]):
        assert [len(handles) for handles in customers(events)] == [4]


def test_two_customers_whose_names_contradict_are_not_made_one_by_a_change_of_number() -> None:
    change = one("whatsapp", "system_changed_number")
    for events in permutations([wrote("مریم احمدی", *BEFORE), change, wrote("علی رضایی", *AFTER)]):
        assert [len(handles) for handles in customers(events)] == [2, 2]


def test_an_id_means_somebody_only_within_its_portfolio() -> None:
    here, there = (
        [h.key for h in read(changed({"messages": [_hidden()]}), portfolio=portfolio)[0].parties[0].handles]
        for portfolio in ("111", "222")
    )
    assert here == [("whatsapp_bsuid", "111", "IR.9")]
    assert there == [("whatsapp_bsuid", "222", "IR.9")]
    assert "whatsapp_bsuid" not in Rules().exclusive


def _hidden() -> dict[str, Any]:
    return {"id": "wamid.h", "from_user_id": "IR.9", "timestamp": "1791102540", "type": "text", "text": {"body": "x"}}


def test_a_number_of_ours_that_is_not_the_connectors_is_left_to_its_own() -> None:
    call = changed({"metadata": {**NUMBER, "phone_number_id": "999"}, "messages": [_hidden()]})
    with pytest.raises(Skipped, match="for another number of the business"):
        read(call)
    assert len(read(call, phone_number_id=["106540352242922", "999"])) == 1


def test_what_cannot_be_read_costs_the_rest_nothing_and_is_told() -> None:
    events = read(changed({"messages": [_hidden(), {"type": "text"}, {**_hidden(), "id": "wamid.2"}]}))
    assert [e.message_key for e in events] == ["wamid.h", "wamid.2"]
    (flag,) = events[0].flags
    assert flag.name == "incomplete"
    assert "/entry/0/changes/0/value/messages/1/id: Field required" in flag.why


def test_a_type_that_is_new_is_kept_and_one_that_is_new_beside_a_text_is_read() -> None:
    with pytest.raises(UnknownType, match="unknown message type 'hologram'"):
        message(type="hologram")
    assert message(type="hologram", text={"body": "سلام"}).text == "سلام"


def test_another_object_is_kept() -> None:
    with pytest.raises(UnknownType, match="news of another object"):
        read(signed("whatsapp", {"object": "page", "entry": []}))


def test_sees_what_is_written_in_the_app_only_where_the_file_says_so() -> None:
    assert [sees_outbound(account("whatsapp", outbound=o)) for o in ("unseen", "posted", "app")] == [False, True, True]


def test_a_delivery_of_another_connector_is_another_sighting_of_the_same_message() -> None:
    call = changed({"messages": [{**_hidden(), "id": f"wamid.{uuid4()}"}]})
    (first,), (second,) = read(call), read(elsewhere(call))
    assert (first.interaction_id, first.event_id != second.event_id) == (second.interaction_id, True)
