"""Promises 17 to 20: what people decide, what cards say, and that each of it can be taken back at any later time."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from making import ORGANISATION, START, address, customer, message, mobile, reading, telegram
from peyvand.errors import Rejected
from peyvand.identity import Handle, Proof, crm
from stores import Opened
from timeline.folds.identity import Verdict, VerdictKind, handle_id
from timeline.ledger import Card, Introduced, Suggestions
from timeline.ports import Customer, Filters, Principal, Transaction
from timeline.record import record, refold
from timeline.store import SqlLedger, rebuild
from timeline.store.cards import card_id
from timeline.store.statements import table
from timeline.store.tables import HandleRow, RegroupingRow

EVERYBODY = Principal("test")
ALI, SARA = mobile("09123456789"), mobile("09351112233")


def _ledger(opened: Opened) -> SqlLedger:
    return SqlLedger(opened.database, ORGANISATION.id)


def _crm(key: str) -> Handle:
    found = crm(key, "old-crm")
    assert found is not None
    return found


def _id(handle: Handle) -> UUID:
    return handle_id(ORGANISATION.id, *handle.key)


def _verdict(kind: VerdictKind, a: UUID, b: UUID | None = None, minutes: int = 0, value: str | None = None) -> Verdict:
    act = uuid4()
    return Verdict(act, act, kind, a, b, value, "leila", START + timedelta(days=1, minutes=minutes), "she said so")


async def _write(opened: Opened, *handles: Handle, key: str, name: str | None = None, minutes: int = 0) -> None:
    await record([reading(message(key, [customer(*handles, name=name)], f"text {key}", minutes))], opened.store)


async def _customers(opened: Opened) -> dict[UUID, set[str]]:
    hits = await opened.timelines.recent(EVERYBODY, 200)
    return {h.customer.id: {handle.value for handle in h.customer.handles} for h in hits}


async def _customer(opened: Opened, handle: Handle) -> Customer:
    (found,) = [h.customer for h in await opened.timelines.search(EVERYBODY, handle.value, 5)]
    return found


async def _texts(opened: Opened, found: Customer) -> list[str | None]:
    page = await opened.timelines.page(EVERYBODY, found.id, Filters(), None, 500)
    return [entry.text for entry in page.entries]


async def _sound(opened: Opened) -> bool:
    return [p.mended async for p in rebuild(opened.store)][-1] == 0


async def test_a_merge_undone_after_a_hundred_events_gives_back_both_customers_ids_too(opened: Opened) -> None:
    await _write(opened, ALI, key="a", name="Ali Rezaei")
    await _write(opened, SARA, key="s", name="Sara Ahmadi", minutes=1)
    before = await _customers(opened)
    assert len(before) == 2
    merge = _verdict(VerdictKind.SAME, _id(ALI), _id(SARA))
    await _ledger(opened).decide([merge])
    assert list((await _customers(opened)).values()) == [{ALI.value, SARA.value}]
    for n in range(50):
        await _write(opened, ALI, address("ali@x.ir"), key=f"a{n}", minutes=n + 2)
        await _write(opened, SARA, telegram(7), key=f"s{n}", minutes=n + 2)
    assert len(await _texts(opened, await _customer(opened, SARA))) == 102
    assert await _ledger(opened).revoke(merge.act, "leila", START + timedelta(days=2))
    ali, sara = await _customer(opened, ALI), await _customer(opened, SARA)
    assert {ali.id, sara.id} == before.keys()
    assert {h.value for h in ali.handles} == {ALI.value, "ali@x.ir"}
    assert {h.value for h in sara.handles} == {SARA.value, "7"}
    assert len(await _texts(opened, ali)) == len(await _texts(opened, sara)) == 51
    assert await _sound(opened)


async def test_an_automatic_merge_can_be_undone_and_the_undoing_too(opened: Opened) -> None:
    await _write(opened, ALI, address("ali@x.ir"), key="a")
    assert len(await _customers(opened)) == 1
    split = _verdict(VerdictKind.DIFFERENT, _id(ALI), _id(address("ali@x.ir")))
    await _ledger(opened).decide([split])
    await _write(opened, ALI, address("ali@x.ir"), key="b", minutes=5)
    assert len(await _customers(opened)) == 2
    await _ledger(opened).revoke(split.act, "leila", START)
    assert len(await _customers(opened)) == 1
    assert await _sound(opened)


async def test_a_number_is_shared_or_personal_as_people_say(opened: Opened) -> None:
    office = mobile("02188776655")
    for n in range(3):
        await _write(opened, office, telegram(n), key=f"t{n}", minutes=n)
    assert len(await _customers(opened)) == 4  # a landline links nobody
    personal = _verdict(VerdictKind.PERSONAL, _id(office))
    await _ledger(opened).decide([personal])
    assert len(await _customers(opened)) == 1
    await _ledger(opened).decide([_verdict(VerdictKind.SHARED, _id(office), minutes=1)])
    assert len(await _customers(opened)) == 4
    assert await _sound(opened)


async def test_a_moved_interaction_stands_with_the_other_customer_until_it_is_moved_back(opened: Opened) -> None:
    await _write(opened, ALI, key="a", name="Ali Rezaei")
    await _write(opened, SARA, key="s", name="Sara Ahmadi", minutes=1)
    moved = message("a", [customer(ALI)]).interaction_id
    move = _verdict(VerdictKind.MOVE, moved, _id(SARA))
    await _ledger(opened).decide([move])
    assert await _texts(opened, await _customer(opened, SARA)) == ["text s", "text a"]
    edited = message("a", [customer(ALI)], "edited", 0, order="2")
    await record([reading(edited)], opened.store)  # what is folded anew stays where it was put
    assert await _sound(opened)
    assert len(await _texts(opened, await _customer(opened, SARA))) == 2
    await _ledger(opened).revoke(move.act, "leila", START)
    assert await _texts(opened, await _customer(opened, SARA)) == ["text s"]
    assert len(await _texts(opened, await _customer(opened, ALI))) == 1
    assert await _sound(opened)


async def test_cards_of_a_crm_join_what_its_people_wrote_and_keep_two_of_its_people_apart(opened: Opened) -> None:
    await _write(opened, ALI, key="a", name="Ali Rezaei")
    cards = [
        Card("old-crm", "1001", "علی رضایی", (_crm("1001"), ALI, address("ali@x.ir")), START),
        Card("old-crm", "1002", "علی رضایی", (_crm("1002"), address("ali@x.ir")), START),
    ]
    assert await _ledger(opened).introduce(cards) == Introduced(2, 0, 0)
    assert await _ledger(opened).introduce(cards) == Introduced(0, 0, 2)
    (found,) = (await _customers(opened)).values()
    assert found >= {ALI.value, "1001"}
    assert "1002" not in found
    assert await _sound(opened)
    changed = Card("old-crm", "1001", "علی رضایی", (_crm("1001"),), START + timedelta(days=9))
    assert await _ledger(opened).introduce([changed]) == Introduced(0, 1, 0)
    assert {ALI.value} in (await _customers(opened)).values()
    assert await _sound(opened)


async def test_a_refused_link_is_suggested_until_somebody_decides(opened: Opened) -> None:
    await _write(opened, ALI, key="a", name="Ali Rezaei")
    await _write(opened, address("maryam@x.ir", Proof.VIA), key="m", name="Maryam Rezaei", minutes=1)
    both = customer(ALI, address("maryam@x.ir", Proof.CLAIMED), name="Ali Rezaei")
    mobile_said = customer(Handle(**{**ALI.model_dump(), "proof": Proof.VIA}), name="Ali Rezaei")
    await record([reading(message("b", [mobile_said], minutes=2))], opened.store)
    await record([reading(message("c", [both], minutes=3))], opened.store)
    (suggested,) = (await _ledger(opened).suggestions(EVERYBODY, 10)).entries
    (ground,) = suggested.grounds
    assert (ground.why, {ground.a.id, ground.b.id}) == ("name", {_id(ALI), _id(address("maryam@x.ir"))})
    dismissed = _verdict(VerdictKind.DISMISSED, ground.b.id, ground.a.id)
    await _ledger(opened).decide([dismissed])
    assert await _ledger(opened).suggestions(EVERYBODY, 10) == Suggestions(())
    await _ledger(opened).revoke(dismissed.act, "leila", START)
    await _ledger(opened).decide([_verdict(VerdictKind.SAME, ground.a.id, ground.b.id)])
    assert len(await _customers(opened)) == 1


async def test_why_names_the_evidence_the_link_and_who_decided(opened: Opened) -> None:
    await _write(opened, ALI, address("ali@x.ir"), key="a", name="Ali Rezaei")
    await _ledger(opened).decide([_verdict(VerdictKind.PERSONAL, _id(ALI))])
    found = await _customer(opened, ALI)
    told = {why.handle.value: why for why in await _ledger(opened).why(EVERYBODY, found.id)}
    number = told[ALI.value]
    assert number.sightings[0].interaction == message("a", [customer(ALI)]).interaction_id
    assert (number.sightings[0].proof, number.sightings[0].name) == ("claimed", "Ali Rezaei")
    assert [(link.other, link.strength, link.refused) for link in number.links] == [(_id(address("ali@x.ir")), 1, None)]
    assert [(v.kind, v.actor, v.why) for v in number.verdicts] == [(VerdictKind.PERSONAL, "leila", "she said so")]


async def test_a_verdict_on_what_is_not_there_is_refused_and_changes_nothing(opened: Opened) -> None:
    await _write(opened, ALI, key="a")
    with pytest.raises(Rejected, match="there is no handle"):
        await _ledger(opened).decide([_verdict(VerdictKind.SAME, _id(ALI), _id(SARA))])
    assert await _ledger(opened).verdicts(EVERYBODY, None, 10) == []


async def test_a_switchboard_is_a_customer_of_its_own_however_many_call_through_it(opened: Opened) -> None:
    office = address("reception@firm.ir")
    for n in range(8):
        await _write(opened, office, mobile(f"091234567{n:02d}"), key=f"c{n}", minutes=n)
    sizes = sorted(len(handles) for handles in (await _customers(opened)).values())
    assert sizes == [1] * 9
    assert await _sound(opened)


async def test_a_change_of_customers_is_logged_with_its_cause_and_time(opened: Opened) -> None:
    await _write(opened, ALI, key="a")
    await _write(opened, SARA, key="s", minutes=1)
    merge = _verdict(VerdictKind.SAME, _id(ALI), _id(SARA))
    await _ledger(opened).decide([merge])
    assert await _causes(opened) == {SARA.value: ("same", merge.act)}
    logged = select(table(RegroupingRow).c.at)
    assert None not in await opened.database.read(lambda c: c.execute(logged).scalars().all())


async def _causes(opened: Opened) -> dict[str, tuple[str, UUID | None]]:
    """Return why each handle passed to another customer last, and through what."""
    log, handle = table(RegroupingRow).c, table(HandleRow).c
    logged = select(handle.value, log.why, log.cause).join_from(
        table(RegroupingRow), table(HandleRow), handle.id == log.handle_id
    )
    rows = await opened.database.read(lambda c: c.execute(logged.order_by(log.id)).all())
    return {value: (why, cause) for value, why, cause in rows}


async def test_of_a_batch_the_event_that_linked_two_is_the_cause(opened: Opened) -> None:
    handles = [mobile(f"0912345678{n}") for n in range(1, 9)]
    for n, known in enumerate(handles):
        await _write(opened, known, key=f"k{n}", minutes=n)
    one, two, three, four, *others = handles
    batch = [
        message("unrelated", [customer(others[0])], minutes=20),
        message("first", [customer(one, two)], minutes=21),
        message("second", [customer(three, telegram(7))], minutes=22),
        message("third", [customer(telegram(7), four)], minutes=23),
        message("known", [customer(two)], minutes=24),
    ]
    await record([reading(event) for event in batch], opened.store)
    assert await _causes(opened) == {
        two.value: ("evidence", batch[1].event_id),
        four.value: ("evidence", batch[3].event_id),
    }


async def test_of_a_batch_the_event_by_which_too_many_share_a_handle_is_the_cause(opened: Opened) -> None:
    shared = mobile("09123456789")
    mails = [address(f"m{n}@x.ir") for n in range(7)]
    await record([reading(message(f"m{n}", [customer(shared, mails[n])], minutes=n)) for n in range(5)], opened.store)
    unrelated = message("unrelated", [customer(mobile("09351112233"))], minutes=6)
    sixth = message("m5", [customer(shared, mails[5])], minutes=7)
    await record([reading(unrelated), reading(sixth)], opened.store)
    parted = await _causes(opened)
    assert parted
    assert set(parted.values()) == {("evidence", sixth.event_id)}


async def test_of_many_cards_the_one_that_linked_two_is_the_cause(opened: Opened) -> None:
    await _write(opened, ALI, key="a", name="Ali Rezaei")
    await _write(opened, address("ali@x.ir"), key="b", name="Ali Rezaei", minutes=1)
    cards = [Card("crm", f"100{n}", None, (_crm(f"100{n}"), address(f"m{n}@x.ir")), START) for n in range(5)]
    linking = Card("crm", "9000", "Ali Rezaei", (_crm("9000"), ALI, address("ali@x.ir")), START + timedelta(days=1))
    await _ledger(opened).introduce([*cards, linking])
    assert await _causes(opened) == {"ali@x.ir": ("card", card_id(ORGANISATION.id, "crm", "9000"))}


async def test_what_was_typed_first_with_a_number_is_whose_it_is_however_late_it_is_read(opened: Opened) -> None:
    ali, sara = address("ali@x.ir"), address("sara@x.ir")
    await _write(opened, SARA, key="0")
    await _write(opened, SARA, ali, key="5", name="Ali Rezaei", minutes=5)
    await _write(opened, SARA, sara, key="6", name="Sara Ahmadi", minutes=6)
    assert {SARA.value, ali.value} in (await _customers(opened)).values()
    await _write(opened, SARA, key="1", name="Sara Ahmadi", minutes=1)
    assert {SARA.value, sara.value} in (await _customers(opened)).values()
    assert await _sound(opened)


async def test_a_decision_outlives_a_handle_that_goes_and_comes_back(opened: Opened) -> None:
    await _write(opened, ALI, key="a")
    await _write(opened, SARA, key="s", minutes=1)
    await _ledger(opened).decide([_verdict(VerdictKind.SAME, _id(ALI), _id(SARA))])
    said = message("s", [customer(SARA)], "text s", 1)

    def retract(tx: Transaction) -> None:
        gone = tx.retract([said.event_id])
        refold(tx, {e.interaction_id for e in gone})
        tx.resolve([], gone)

    await opened.store.transact(retract)
    assert list((await _customers(opened)).values()) == [{ALI.value}]
    await _write(opened, SARA, key="s", minutes=1)
    assert list((await _customers(opened)).values()) == [{ALI.value, SARA.value}]
    assert await _sound(opened)
