"""Rubika: what its updates mean, and its API over real HTTP."""

from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from pydantic import ValidationError
from starlette.responses import JSONResponse, PlainTextResponse, Response

from ingest_social.channels import rubika
from parts.loopback import free_port
from parts.rubika_api import RubikaApi
from peyvand.errors import BadPayload, BadSignature, Gone, SignInFailed, Skipped, Unavailable
from peyvand.event import Attachment, Change, Direction, InteractionEvent
from peyvand.identity import Organisation
from peyvand.source import Batch, Remote
from social.accounts import ORGANISATION, delivered, fixture, rubika_account
from timeline.folds.interaction import fold

SECRET = "sixteen-characters"
OURS = "https://peyvand.example.ir/webhooks/shop-rubika"
CHAT, USER = "b0QFtn0C1I022abcd29f1d60c9ce5b08", "u0QFtn0abcded727585c77b8e116cd79"


def meaning(name: str) -> InteractionEvent:
    (event,) = rubika.normalise(fixture("rubika", f"{name}.http"), rubika_account(), ORGANISATION)
    return event


def told(body: Any, organisation: Organisation = ORGANISATION, **account: Any) -> InteractionEvent:
    (event,) = rubika.normalise(delivered("rubika", orjson.dumps(body)), rubika_account(**account), organisation)
    return event


def new(text: str = "hello", chat: str = CHAT, **fields: Any) -> dict[str, Any]:
    message = {"message_id": "7", "time": "1791102590", "sender_type": "User", "sender_id": USER, "text": text}
    return {"update": {"type": "NewMessage", "chat_id": chat, "new_message": {**message, **fields}}}


def test_an_edit_and_a_removal_are_of_the_message_that_they_name() -> None:
    message, edit, gone = meaning("text_persian"), meaning("edited_text"), meaning("removed_message")
    assert len({message.interaction_id, edit.interaction_id, gone.interaction_id}) == 1
    stands = fold([gone, edit, message])
    assert (stands.text, stands.deleted_at is not None) == (edit.text, True)


def test_two_edits_within_a_second_are_two_changes() -> None:
    edit = {"message_id": "7", "time": "1791102590", "sender_type": "User", "sender_id": USER}
    first, second = (
        told({"update": {"type": "UpdatedMessage", "chat_id": CHAT, "updated_message": {**edit, "text": text}}})
        for text in ("one", "two")
    )
    assert first.event_id != second.event_id


def test_a_number_of_eighteen_digits_keeps_them_all_in_either_form() -> None:
    as_number, as_text = told(new(message_id=204215121115944302)), told(new(message_id="204215121115944302"))
    assert as_number.interaction_id == as_text.interaction_id
    assert as_number.message_key == f"{CHAT}:204215121115944302"


def test_a_number_that_has_lost_digits_is_kept_for_repair() -> None:
    body = b'{"update":{"type":"NewMessage","chat_id":"b","new_message":{"message_id":2.04215121115944e17}}}'
    with pytest.raises(BadPayload, match="whole number"):
        rubika.normalise(delivered("rubika", body), rubika_account(), ORGANISATION)


def test_a_shared_card_is_text_and_proves_no_number() -> None:
    event = meaning("contact_proves_nothing")
    assert [h.kind for p in event.parties for h in p.handles] == ["rubika"]


def test_a_removal_is_read_in_both_spellings() -> None:
    assert meaning("removed_as_some_clients_spell_it").change is Change.DELETED


def test_a_colleague_who_tries_the_bot_is_no_customer() -> None:
    ours = Organisation.model_validate({"name": "x", "people": [{"user": "sara", "ids": {"rubika": USER}}]})
    assert told(new(), ours).direction is Direction.INTERNAL
    assert told(new("/price", "g0Ab"), ours).direction is Direction.OUTBOUND


@pytest.mark.parametrize("text", ["/price", "سلام @Nemooneh_Bot"])
def test_a_group_message_addressed_to_us_counts(text: str) -> None:
    assert told(new(text, "g0Ab")).direction is Direction.INBOUND


@pytest.mark.parametrize(
    ("fields", "account"),
    [
        ({"text": "hello all"}, {}),
        ({"text": "/price"}, {"groups": "ignore"}),
        ({"text": "/price", "sender_type": "Bot"}, {"groups": "all"}),
    ],
)
def test_other_messages_of_a_group_make_no_customer(fields: dict[str, Any], account: dict[str, Any]) -> None:
    with pytest.raises(Skipped):
        told(new(chat="g0Ab", **fields), **account)


@pytest.mark.parametrize("suffix", ["", "/receiveUpdate"])
def test_the_address_proves_who_calls(suffix: str) -> None:
    hooked = rubika_account(mode="webhook", secret=SECRET)
    rubika.verify(delivered("rubika", b"{}", url=f"{OURS}?key={SECRET}{suffix}"), hooked)
    with pytest.raises(BadSignature):
        rubika.verify(delivered("rubika", b"{}", url=f"{OURS}?key=wrong{suffix}"), hooked)


def test_what_is_no_token_is_refused_without_repeating_it() -> None:
    with pytest.raises(ValidationError, match="is no bot token") as refused:
        rubika_account(token="110201543:short")
    assert "110201543" not in str([e["msg"] for e in refused.value.errors(include_input=False)])


@pytest.fixture
def api() -> Iterator[RubikaApi]:
    with RubikaApi().running() as made:
        yield made


def here(api: RubikaApi, **fields: Any) -> rubika.Settings:
    return rubika_account(base_url=api.base_url, poll_seconds=1, **fields)


async def first(account: rubika.Settings, cursor: dict[str, Any] | None = None) -> Batch:
    fetched = rubika.POLLING.fetch(account, cursor)
    try:
        return await anext(fetched)
    finally:
        await fetched.aclose()  # type: ignore[attr-defined]


@pytest.mark.real
async def test_an_update_is_fetched_in_the_form_in_which_it_is_pushed(api: RubikaApi) -> None:
    api.updates.append(new()["update"])
    batch = await first(here(api))
    assert [orjson.loads(a.body) for a in batch.arrivals] == [new()]
    assert batch.cursor == {"offset_id": "1"}
    assert api.calls == [("getUpdates", {"limit": 100})]


@pytest.mark.real
async def test_what_came_is_passed_by_only_when_asked_on(api: RubikaApi) -> None:
    api.updates += [new(message_id=n)["update"] for n in range(150)]
    fetched = rubika.POLLING.fetch(here(api), {"offset_id": "20"})
    assert [len((await anext(fetched)).arrivals) for _ in range(2)] == [100, 30]
    assert [given.get("offset_id") for _, given in api.calls] == ["20", "120"]
    await fetched.aclose()  # type: ignore[attr-defined]


@pytest.mark.real
async def test_an_update_that_comes_again_is_the_same_delivery(api: RubikaApi) -> None:
    api.updates.append(new()["update"])
    one, two = await first(here(api)), await first(here(api))
    assert one.arrivals[0].url == two.arrivals[0].url


@pytest.mark.real
async def test_check_names_the_bot_and_changes_nothing(api: RubikaApi) -> None:
    assert "@nemooneh_bot answers" in await rubika.check(here(api))
    hooked = here(api, mode="webhook", secret=SECRET, address=OURS)
    assert "does not tell whom it calls" in await rubika.check(hooked)
    assert api.endpoints == {}


@pytest.mark.real
async def test_our_address_is_set_for_every_kind_of_call_when_we_are_told_to(api: RubikaApi) -> None:
    take_over = rubika.WEBHOOK.take_over
    assert take_over is not None
    await take_over(here(api, mode="webhook", secret=SECRET, address=OURS))
    assert api.endpoints == dict.fromkeys(("ReceiveUpdate", "ReceiveInlineMessage"), f"{OURS}?key={SECRET}")
    with pytest.raises(SignInFailed, match="address: is missing"):
        await take_over(here(api, mode="webhook", secret=SECRET))


@pytest.mark.real
async def test_a_file_is_where_the_vendor_says(api: RubikaApi) -> None:
    api.files["5a0b"] = "https://cdn.rubika.example/5a0b"
    assert rubika.POLLING.locate is not None
    found = await rubika.POLLING.locate(here(api), Attachment(at="rubika:5a0b"))
    assert isinstance(found, Remote)
    assert (found.url, found.trusted) == ("https://cdn.rubika.example/5a0b", False)
    with pytest.raises(Gone, match="INVALID_INPUT"):
        await rubika.POLLING.locate(here(api), Attachment(at="rubika:other"))


@pytest.mark.real
async def test_a_wrong_token_is_told_to_a_human(api: RubikaApi) -> None:
    with pytest.raises(SignInFailed, match="copy it again from BotFather"):
        await rubika.check(rubika_account(base_url=api.base_url, token="A" * 64))


@pytest.mark.real
@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (PlainTextResponse("<html>", 502), "no JSON"),
        (JSONResponse([]), "no answer of its API"),
        (JSONResponse({"status": "ERROR_GENERIC"}), "ERROR_GENERIC"),
        (JSONResponse({"status": "OK", "data": {"updates": 5}}), "with no list"),
        (JSONResponse({}, 429), "less often"),
    ],
    ids=["html", "list", "status", "updates", "pace"],
)
async def test_trouble_is_waited_for_and_said_in_words(api: RubikaApi, answer: Response, words: str) -> None:
    api.refusal = answer
    with pytest.raises(Unavailable, match=words):
        await first(here(api))


@pytest.mark.real
async def test_a_vendor_that_cannot_be_reached_names_the_proxy_as_a_way_out() -> None:
    with pytest.raises(Unavailable, match="proxy:"):
        await first(rubika_account(base_url=f"http://127.0.0.1:{free_port()}/v3"))
