"""The migrated schema is the one that the tables say, and the hot queries walk their indexes."""

from collections.abc import Awaitable
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection

from hearing import Heard, plan
from making import ORGANISATION, START, address, customer, message, mobile, reading, telegram
from peyvand.event import Direction
from stores import Opened
from timeline.ports import Filters, Principal
from timeline.record import record
from timeline.store import SqlLedger, SqlPeople
from timeline.store.migrate import of_ours
from timeline.store.paging import encoded
from timeline.store.tables import metadata
from timeline.store.weighing import encoded as place

EVERYBODY = Principal("test")


async def test_the_migrations_make_the_tables_as_declared(opened: Opened) -> None:
    def differences(connection: Connection) -> list[Any]:
        context = MigrationContext.configure(connection, opts={"include_object": of_ours})
        return list(compare_metadata(context, metadata))

    assert await opened.database.read(differences) == []


FILTERS = {
    "all": Filters(),
    "a channel": Filters(channels=frozenset({"phone"})),
    "a direction since a day": Filters(directions=frozenset({Direction.INBOUND}), since=START),
}


@pytest.mark.parametrize("filters", list(FILTERS.values()), ids=list(FILTERS))
async def test_a_page_walks_the_index_of_each_handle_and_never_sorts(opened: Opened, filters: Filters) -> None:
    who = customer(telegram(1), mobile("09123456789"))
    await record([reading(message(str(n), [who], "x", n)) for n in range(9)], opened.store)
    found = (await opened.timelines.recent(EVERYBODY, 1))[0].customer.id
    with Heard() as heard:
        await opened.timelines.page(EVERYBODY, found, filters, encoded((START, ORGANISATION.id)), 3)
    ((statement, parameters),) = [s for s in heard.statements if "UNION ALL" in s[0]]
    shown = await opened.database.read(lambda c: plan(c, statement, parameters))
    assert "participation" in shown
    assert not any(word in shown for word in ("SCAN participation", "TEMP B-TREE", "Seq Scan", "Sort"))


async def test_a_page_of_deliveries_walks_one_index_and_never_sorts(opened: Opened) -> None:
    await record([reading(message(str(n), [customer(telegram(1))], "x", n)) for n in range(9)], opened.store)
    with Heard() as heard:
        await opened.timelines.deliveries(EVERYBODY, "shop-bot", "stored", encoded((START, ORGANISATION.id)), 3)
    statement, parameters = next(s for s in heard.statements if "LIMIT" in s[0])
    shown = await opened.database.read(lambda c: plan(c, statement, parameters))
    assert "ix_delivery_outcome" in shown
    assert not any(word in shown for word in ("SCAN delivery", "TEMP B-TREE", "Seq Scan", "Sort"))


async def _asked(opened: Opened, question: Awaitable[Any], word: str) -> str:
    """Return the plan of the first statement of a question that has a word in it."""
    with Heard() as heard:
        await question
    statement, parameters = next(s for s in heard.statements if word in s[0])
    return await opened.database.read(lambda c: plan(c, statement, parameters))


async def test_the_people_of_a_company_are_found_by_the_domain(opened: Opened) -> None:
    await record([reading(message("1", [customer(address("a@firm.ir"))]))], opened.store)
    people = SqlPeople(opened.database, ORGANISATION)
    assert "ix_handle_domain" in await _asked(opened, people.at_domain(EVERYBODY, "firm.ir", 5), "domain =")


async def test_names_that_people_gave_are_found_by_when_they_were_given(opened: Opened) -> None:
    shown = await _asked(opened, opened.timelines.search(EVERYBODY, "vip", 5), "kind IN ('name', 'tag')")
    assert "ix_decision_given" in shown


async def test_the_newest_decisions_are_found_without_sorting_all(opened: Opened) -> None:
    ledger = SqlLedger(opened.database, ORGANISATION.id)
    shown = await _asked(opened, ledger.verdicts(EVERYBODY, None, 5), "FROM decision")
    assert "ix_decision_at" in shown
    assert not any(word in shown for word in ("TEMP B-TREE", "Sort"))


@pytest.mark.parametrize(("word", "index"), [("FROM link", "ix_link_refused"), ("FROM likeness", "ix_likeness_score")])
async def test_the_review_queue_walks_an_index_and_never_sorts(opened: Opened, word: str, index: str) -> None:
    ledger = SqlLedger(opened.database, ORGANISATION.id)
    for after in (None, place((0.0, START, ORGANISATION.id, ORGANISATION.id))):
        shown = await _asked(opened, ledger.suggestions(EVERYBODY, 5, None, after), word)
        assert index in shown
        assert not any(wrong in shown for wrong in ("TEMP B-TREE", "Sort"))


@pytest.mark.parametrize("word", ["FROM link", "FROM likeness"])
async def test_suggestions_for_one_customer_are_found_by_the_handles(opened: Opened, word: str) -> None:
    ledger = SqlLedger(opened.database, ORGANISATION.id)
    shown = await _asked(opened, ledger.suggestions(EVERYBODY, 5, ORGANISATION.id), word)
    assert "ix_handle_customer" in shown
    assert not any(wrong in shown for wrong in ("SCAN", "Seq Scan"))


async def test_strangers_are_found_by_an_index_of_their_own(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("timeline.store.unknown.REACH", 0)
    people = SqlPeople(opened.database, ORGANISATION)
    shown = await _asked(opened, people.unknown(EVERYBODY, None, 5), "stranger IS NOT NULL")
    assert "ix_handle_stranger" in shown
    assert not any(wrong in shown for wrong in ("SCAN participation", "SCAN interaction", "Seq Scan"))


async def test_the_newest_interactions_are_gone_through_in_their_order(opened: Opened) -> None:
    people = SqlPeople(opened.database, ORGANISATION)
    shown = await _asked(opened, people.unknown(EVERYBODY, encoded((START, ORGANISATION.id)), 5), "FROM interaction")
    assert "ix_interaction_occurred_at" in shown


async def test_knots_are_found_by_the_links_that_tell_them(opened: Opened) -> None:
    people = SqlPeople(opened.database, ORGANISATION)
    assert "ix_link_large" in await _asked(opened, people.knots(EVERYBODY, 5), "'large'")
