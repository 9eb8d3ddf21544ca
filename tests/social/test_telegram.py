"""Whose word an update of Telegram is, and to whom it is spoken."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from ingest_social.channels import telegram
from peyvand.errors import BadPayload, Skipped
from peyvand.event import Change, Clock, Direction, InteractionEvent, Role
from social.accounts import BOT, GROUP, ORGANISATION, OTHER_BOT, REZA, SARA, delivered, fixture, in_group, private, told
from social.accounts import telegram_account as account
from timeline.folds.interaction import fold

POST = {
    "message_id": 900,
    "sender_chat": {"id": -1002, "type": "channel", "title": "News"},
    "is_automatic_forward": True,
}


def meaning(name: str) -> tuple[InteractionEvent, ...]:
    return tuple(telegram.normalise(fixture("telegram", f"{name}.http"), account(), ORGANISATION))


def handles(event: InteractionEvent, role: Role) -> list[tuple[str, str, str]]:
    return [(h.kind, h.value, h.proof) for p in event.parties if p.role is role for h in p.handles]


@pytest.mark.parametrize(
    "message",
    [
        in_group("@NemoonehShopBot hello"),
        in_group("👋 hello @nemoonehshopbot"),  # offsets count UTF-16 code units; names have no case
        in_group("/price@NemoonehShopBot"),
        in_group("/price"),
        in_group("thanks", reply_to_message={"message_id": 1, "from": BOT}),
        in_group("thanks", reply_to_message={"message_id": 1, "from": SARA}),
        in_group("how much?", reply_to_message=POST),
        in_group("to the admin", reply_to_message={"message_id": 1, "from": OTHER_BOT, "sender_chat": GROUP}),
        in_group("Sara?", entities=[{"type": "text_mention", "offset": 0, "length": 4, "user": SARA}]),
        in_group(None, photo=[{"file_id": "x"}], caption="@NemoonehShopBot",
                 caption_entities=[{"type": "mention", "offset": 0, "length": 16}]),
    ],
)  # fmt: skip
def test_a_group_message_addressed_to_us_counts(message: dict[str, Any]) -> None:
    event = told(message)
    assert event.direction is Direction.INBOUND
    assert handles(event, Role.FROM) == [("telegram", "6112233445", "via")]


@pytest.mark.parametrize(
    "message",
    [
        in_group("hello all"),
        in_group("@somebody hello"),
        in_group("@weather_bot sun?"),
        in_group("/rain@weather_bot"),
        in_group("yes", reply_to_message={"message_id": 1, "from": {"id": 5, "first_name": "Ali"}}),
        in_group("good morning", sender=SARA),
        in_group("it rains", sender=OTHER_BOT),
        in_group("news", is_automatic_forward=True, sender_chat={"id": -1002, "type": "channel"}),
    ],
)
def test_a_group_message_that_is_not_addressed_to_us_makes_no_customer(message: dict[str, Any]) -> None:
    with pytest.raises(Skipped):
        told(message)


def test_a_bot_whose_name_is_unknown_takes_every_mention_of_a_bot_as_its_own() -> None:
    assert told(in_group("@weather_bot sun?"), username=None).text == "@weather_bot sun?"
    with pytest.raises(Skipped):
        told(in_group("@somebody sun?"), username=None)


def test_all_of_a_group_counts_when_asked_for() -> None:
    assert told(in_group("hello all"), groups="all").text == "hello all"


def test_nothing_of_a_group_counts_when_groups_are_ignored() -> None:
    with pytest.raises(Skipped, match="groups are ignored"):
        told(in_group("/price"), groups="ignore")


def test_another_bot_is_nobodys_customer_even_where_all_counts() -> None:
    with pytest.raises(Skipped, match="another bot"):
        told(in_group("it rains", sender=OTHER_BOT), groups="all")


def test_our_answer_in_a_group_goes_out_to_whom_it_answers() -> None:
    event = told(in_group("yes", sender=SARA, reply_to_message={"message_id": 1, "from": REZA}))
    assert event.direction is Direction.OUTBOUND
    assert handles(event, Role.TO) == [("telegram", "6112233445", "via")]


def test_an_anonymous_administrator_speaks_for_us_and_has_no_handle() -> None:
    anonymous = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
    event = told(in_group("yes", sender=anonymous, sender_chat=GROUP), groups="all")
    assert event.direction is Direction.OUTBOUND
    assert handles(event, Role.FROM) == []


def test_a_message_of_the_bot_itself_goes_out() -> None:
    event = told(private("hello", sender=BOT))
    assert (event.direction, handles(event, Role.TO)) == (Direction.OUTBOUND, [("telegram", "6112233445", "via")])


def test_only_the_senders_own_card_proves_a_number() -> None:
    (own,), (other,) = meaning("contact_own"), meaning("contact_of_somebody_else")
    assert ("phone", "+989121112233", "verified") in handles(own, Role.FROM)
    assert [kind for kind, _, _ in handles(other, Role.FROM)] == ["telegram"]


def test_a_card_that_names_no_user_proves_nothing() -> None:
    event = told(private(None, contact={"phone_number": "+989356674120", "first_name": "Ali"}))
    assert [kind for kind, _, _ in handles(event, Role.FROM)] == ["telegram"]


def test_a_number_of_another_country_keeps_it() -> None:
    card = {"phone_number": "447911123456", "first_name": "Reza", "user_id": REZA["id"]}
    event = told(private(None, contact=card))
    assert ("phone", "+447911123456", "verified") in handles(event, Role.FROM)


def test_a_username_is_a_name_only_where_there_is_no_other() -> None:
    nameless = {"id": 5, "is_bot": False, "first_name": "", "username": "quiet"}
    assert told(private(sender=nameless)).parties[0].name == "@quiet"
    assert told(private(sender={**nameless, "first_name": "Ali"})).parties[0].name == "Ali"


def test_an_edit_is_the_same_interaction_as_its_message_and_comes_after_it() -> None:
    (message,), (edit,) = meaning("text_persian"), meaning("edited_text")
    assert message.interaction_id == edit.interaction_id
    assert message.event_id != edit.event_id
    assert (edit.change, edit.order > message.order) == (Change.EDITED, True)


def test_an_edit_happened_when_it_was_edited_and_its_message_when_it_was_sent() -> None:
    (message,), (edit,) = meaning("text_persian"), meaning("edited_text")
    stands = fold([message, edit])
    assert stands.occurred_at == message.occurred_at
    assert stands.edited_at == edit.occurred_at == datetime.fromtimestamp(1791102620, UTC)


@pytest.mark.parametrize("edited_at", [None, 0, 10**18])
def test_an_edit_without_its_time_has_its_messages(edited_at: int | None) -> None:
    edit = told({"edited_message": {**private()["message"], "edit_date": edited_at}})
    assert edit.occurred_at == told(private()).occurred_at


def test_two_edits_within_a_second_are_two_changes_in_order() -> None:
    edited = {"edited_message": {**private()["message"], "edit_date": 1791102600}}
    one, two = told({"update_id": 10, **edited}), told({"update_id": 11, **edited})
    assert one.event_id != two.event_id
    assert one.order < two.order


def test_a_moving_live_location_is_no_edit() -> None:
    place = {"latitude": 35.7, "longitude": 51.4, "live_period": 900}
    with pytest.raises(Skipped, match="live location"):
        told({"edited_message": {**private(None, location=place)["message"], "edit_date": 1791102600}})


def test_reactions_in_groups_count_only_where_all_does() -> None:
    reaction = {"chat": GROUP, "message_id": 5, "user": REZA, "date": 1791102600, "new_reaction": []}
    with pytest.raises(Skipped, match="reaction in a group"):
        told({"message_reaction": reaction})
    assert told({"message_reaction": reaction}, groups="all").reactions == ()


def test_the_owner_of_a_business_account_writes_for_us() -> None:
    (question,), (answer,) = meaning("business_from_customer"), meaning("business_from_owner")
    assert (question.direction, answer.direction) == (Direction.INBOUND, Direction.OUTBOUND)
    assert answer.replies_to == (question.message_key,)
    assert handles(answer, Role.TO) == handles(question, Role.FROM)


def test_what_a_bot_sends_for_the_owner_is_ours_too() -> None:
    event = told(
        {"business_message": {**private()["message"], "business_connection_id": "b", "sender_business_bot": BOT}}
    )
    assert event.direction is Direction.OUTBOUND


def test_every_deleted_message_gives_its_own_deletion() -> None:
    (message,), gone = meaning("business_from_customer"), meaning("business_deleted")
    assert [event.change for event in gone] == [Change.DELETED, Change.DELETED]
    assert gone[0].interaction_id == message.interaction_id


def test_two_bots_in_one_supergroup_see_one_interaction() -> None:
    other = account(token="220201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw")
    seen = replace(fixture("telegram", "group_mention.http"), connector="other-bot")
    (first,), (second,) = meaning("group_mention"), telegram.normalise(seen, other, ORGANISATION)
    assert first.interaction_id == second.interaction_id
    assert first.event_id != second.event_id


def test_two_bots_in_private_chats_with_one_person_see_two_interactions() -> None:
    other = told(private(), token="220201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw")
    assert told(private()).interaction_id != other.interaction_id


@pytest.mark.parametrize("date", [0, None, -5, 10**18])
def test_a_date_that_says_nothing_leaves_the_time_of_receipt(date: int | None) -> None:
    assert told(private(date=date)).occurred_from is Clock.RECEIPT


def test_a_message_of_many_kinds_tells_them_all() -> None:
    event = told(private("look", dice={"emoji": "🎲", "value": 4}, location={"latitude": 1.5, "longitude": 2.5}))
    assert event.text == "look\ngeo:1.5,2.5\n🎲 4"


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"web_app_data": {"button_text": "Order", "data": '{"sku":1}'}}, '{"sku":1}'),
        ({"invoice": {"title": "Chair", "description": "Blue", "currency": "IRR"}}, "Chair\nBlue"),
        ({"game": {"title": "Snake", "description": "Eat"}}, "Snake\nEat"),
        ({"checklist": {"title": "Do", "tasks": [{"id": 1, "text": "this"}]}}, "Do\n– this"),
    ],
)
def test_content_without_text_is_told_in_words(fields: dict[str, Any], text: str) -> None:
    assert told(private(None, **fields)).text == text


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"update_id":1}', b'{"update_id":"x","message":{}}'])
def test_what_is_no_update_is_kept_with_the_reason(body: bytes) -> None:
    with pytest.raises(BadPayload):
        telegram.normalise(delivered("telegram", body), account(), ORGANISATION)


def test_a_message_without_its_number_names_the_place() -> None:
    with pytest.raises(BadPayload) as kept:
        told({"message": {"chat": {"id": 1}, "text": "x"}})
    assert [fault.pointer for fault in kept.value.faults] == ["/message/message_id"]


def test_the_pictures_of_an_album_name_it() -> None:
    (first,), (second,) = meaning("photo_with_caption"), meaning("album_second_picture")
    assert first.flags == second.flags
    assert first.interaction_id != second.interaction_id


def test_a_message_in_a_topic_answers_nobody_by_being_there() -> None:
    (event,) = meaning("forum_topic_message")
    assert (event.conversation, event.replies_to) == ("-1001987650000/77", ())


def test_a_topic_that_we_opened_does_not_make_every_message_in_it_ours_to_answer() -> None:
    opened = {"message_id": 77, "from": SARA}
    with pytest.raises(Skipped, match="not addressed"):
        told(in_group("hello all", message_thread_id=77, is_topic_message=True, reply_to_message=opened))


def test_an_answer_to_another_chat_names_what_it_answers() -> None:
    (event,), (post,) = meaning("answer_to_another_chat"), meaning("edited_channel_post")
    assert event.replies_to == (post.message_key,)


def test_an_answer_across_a_groups_migration_names_the_old_groups_message() -> None:
    old = {"id": -4455667788, "type": "group", "title": "مشتریان"}
    before = told({"message": {**in_group("/price")["message"], "chat": old, "message_id": 9}})
    replied = {"message_id": 9, "chat": old, "from": BOT}
    assert told(in_group("and now?", reply_to_message=replied)).replies_to == (before.message_key,)


def test_a_channels_direct_messages_are_between_us_and_their_writer() -> None:
    (question,), (answer,) = meaning("direct_message_to_a_channel"), meaning("direct_message_of_the_channel")
    assert (question.direction, answer.direction) == (Direction.INBOUND, Direction.OUTBOUND)
    assert handles(answer, Role.TO) == handles(question, Role.FROM) == [("telegram", "6112233445", "via")]


def test_a_colleague_answers_in_a_channels_direct_messages_for_us() -> None:
    chat = {"id": -1002555666777, "type": "supergroup", "is_direct_messages": True}
    topic = {"topic_id": 5, "user": REZA}
    event = told(
        {"message": {**private("yes", sender=OTHER_BOT, direct_messages_topic=topic)["message"], "chat": chat}}
    )
    assert (event.direction, event.conversation) == (Direction.OUTBOUND, "-1002555666777/5")


def test_a_guest_message_is_spoken_to_us_and_counts_by_itself() -> None:
    (event,) = meaning("guest_message")
    assert event.direction is Direction.INBOUND
    same = told(
        {"message": {**in_group("/price")["message"], "message_id": 901, "chat": {**GROUP, "id": -1001444555666}}}
    )
    assert event.interaction_id != same.interaction_id
    with pytest.raises(Skipped, match="groups are ignored"):
        told({"guest_message": in_group("price?")["message"]}, groups="ignore")


def test_paid_media_of_which_there_is_only_a_preview_are_told_by_their_price() -> None:
    paid = {"star_count": 25, "paid_media": [{"type": "preview", "width": 1, "height": 1}]}
    event = told(private(None, paid_media=paid))
    assert (event.text, event.attachments) == ("⭐ 25", ())


def test_who_wrote_a_forwarded_message_is_shown_and_nobodys_handle() -> None:
    (event,) = meaning("forwarded")
    older = told(private(forward_from={"id": 5, "first_name": "Ali"}, forward_date=1))
    assert [flag.name for flag in (*event.flags, *older.flags)] == ["forwarded", "forwarded"]
    assert older.flags[0].why == "Ali"
    assert [value for _, value, _ in handles(older, Role.FROM)] == [str(REZA["id"])]
