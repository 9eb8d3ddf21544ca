"""Cards into the record: people as another system, or an agent, knows them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Connection, delete, select

from peyvand.identity import Handle
from timeline.folds.identity.evidence import Evidence, clean_name, handle_id
from timeline.ledger import Card, Introduced
from timeline.store.identity import alone_with_identity
from timeline.store.inserting import insert_evidence
from timeline.store.matching import Matching
from timeline.store.mending import mend_evidence
from timeline.store.statements import chunks, insert_all, insert_missing, table, update_all, write
from timeline.store.tables import CardRow, CardTeamRow, EvidenceRow
from timeline.store.written import Cause, tell_of_customers

CARD, EVIDENCE = table(CardRow), table(EvidenceRow)
# The role of who is on a card.
ON_CARD = "card"
STEP = 500


def card_id(organisation: UUID, source: str, key: str) -> UUID:
    """Return the id of a card."""
    return uuid5(organisation, f"card\x1f{source}\x1f{key}")


def card_evidence(organisation: UUID, card: Card) -> list[Evidence]:
    """Return what a card says of who is who."""
    event, name = card_id(organisation, card.source, card.key), clean_name(card.name)
    return [
        Evidence(
            event, 0, handle_id(organisation, *h.key), h.kind, h.scope, h.value, ON_CARD, h.proof, name, card.at
        )
        for h in {h.key: h for h in card.handles}.values()
    ]  # fmt: skip


def introduce(matching: Matching, cards: Sequence[Card]) -> Introduced:
    """Record cards, each in the place of a former one with its key, and resolve."""
    connection, organisation = matching.connection, matching.organisation
    given = {card_id(organisation, c.source, c.key): c for c in cards}
    fresh = _add(connection, given)
    # who brought the same at the same time has committed it by now, and it is seen
    known = dict(cards_at(connection, list(given.keys() - fresh), lock=True))
    changed = {i: _since(given[i], known[i]) for i in differing(known, given)}
    old = [e for i in changed for e in card_evidence(organisation, known[i])]
    new = [e for c in ({i: given[i] for i in fresh} | changed).values() for e in card_evidence(organisation, c)]
    _replace(connection, changed)
    insert_evidence(connection, new)
    if new or old:
        alone_with_identity(connection)
        matching.resolve(new, old, Cause("card", (new or old)[0].event_id))
        tell_of_customers(connection, {e.handle_id for e in (*new, *old)})
    return Introduced(len(fresh), len(changed), len(known) - len(changed))


def differing(known: Mapping[UUID, Card], given: Mapping[UUID, Card]) -> list[UUID]:
    """Return the cards that say something else than the known ones; since when they say it changes nothing."""
    return [i for i, card in known.items() if _content(card) != _content(given[i])]


def cards_at(connection: Connection, ids: Sequence[UUID], *, lock: bool = False) -> list[tuple[UUID, Card]]:
    """Return the cards that are there."""
    found = []
    for part in chunks(sorted(ids)):
        rows = select(CARD).where(CARD.c.id.in_(part)).order_by(CARD.c.id)
        found += [card_from(row) for row in connection.execute(rows.with_for_update() if lock else rows).mappings()]
    return found


def card_from(row: Any) -> tuple[UUID, Card]:
    """Return a card from its row."""
    handles = tuple(Handle.model_validate(h) for h in row["content"]["handles"])
    return row["id"], Card(row["source"], row["key"], row["content"]["name"], handles, row["at"])


def _content(card: Card) -> dict[str, Any]:
    return {"name": card.name, "handles": [h.model_dump(mode="json") for h in card.handles]}


def _since(card: Card, former: Card) -> Card:
    """Return a card that takes another's place: it says what it says since that one was there."""
    return replace(card, at=former.at)


def _add(connection: Connection, cards: Mapping[UUID, Card]) -> set[UUID]:
    """Add cards that are not there; return those."""
    adding = insert_missing(connection.dialect.name, CardRow, "id").returning(CARD.c.id)
    fresh: set[UUID] = set()
    for part in chunks(sorted(cards.items())):
        rows = [{"id": i, "source": c.source, "key": c.key, "content": _content(c), "at": c.at} for i, c in part]
        fresh.update(write(connection, adding, rows).scalars())
    written = [{"card_id": i, "team": team} for i in sorted(fresh) for team in cards[i].teams]
    for new in chunks(written):
        write(connection, insert_all(connection.dialect.name, CardTeamRow), new)
    return fresh


def _replace(connection: Connection, cards: Mapping[UUID, Card]) -> None:
    """Let cards that are there say something else; what they said goes."""
    statement = update_all(connection.dialect.name, CardRow, "id", "content")
    for part in chunks(sorted(cards.items())):
        write(connection, statement, [{"of": i, "new_content": _content(c)} for i, c in part])
        connection.execute(delete(EVIDENCE).where(EVIDENCE.c.event_id.in_([i for i, _ in part])))


def next_cards(connection: Connection, after: UUID) -> dict[UUID, Card]:
    """Return the next cards in the order of their ids, which nobody changes until this transaction ends."""
    rows = select(CARD).where(CARD.c.id > after).order_by(CARD.c.id).limit(STEP).with_for_update()
    return dict(card_from(row) for row in connection.execute(rows).mappings())


def mend_cards(connection: Connection, organisation: UUID, cards: Mapping[UUID, Card]) -> int:
    """Let the evidence of cards be what they say; return of how many it was wrong."""
    return mend_evidence(connection, {i: card_evidence(organisation, card) for i, card in cards.items()})
