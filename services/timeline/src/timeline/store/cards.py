"""Cards into the record: people as another system, or an agent, knows them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Connection, delete, select

from peyvand.identity import Handle
from timeline.folds.identity.evidence import NAME_LIMIT, Evidence, handle_id
from timeline.ledger import Card, Introduced
from timeline.store.identity import alone_with_identity
from timeline.store.inserting import evidence_row, insert_evidence
from timeline.store.matching import Matching
from timeline.store.statements import chunks, table, upsert, write
from timeline.store.tables import CardRow, EvidenceRow
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
    event, name = card_id(organisation, card.source, card.key), (card.name or "").replace("\0", "")[:NAME_LIMIT] or None
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
    known = dict(cards_at(connection, list(given), lock=True))
    changed = {i: c for i, c in given.items() if i not in known or _content(known[i]) != _content(c)}
    old = [e for i in changed if i in known for e in card_evidence(organisation, known[i])]
    # a card that says something else says it since it was first there
    now = {i: c if i not in known else _since(c, known[i]) for i, c in changed.items()}
    new = [e for c in now.values() for e in card_evidence(organisation, c)]
    _write(connection, now)
    for part in chunks(changed):
        connection.execute(delete(EVIDENCE).where(EVIDENCE.c.event_id.in_(part)))
    insert_evidence(connection, new)
    if new or old:
        alone_with_identity(connection)
        matching.resolve(new, old, Cause("card", next(iter(changed))))
        tell_of_customers(connection, {e.handle_id for e in (*new, *old)})
    added = len(changed.keys() - known.keys())
    return Introduced(added, len(changed) - added, len(given) - len(changed))


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
    return Card(card.source, card.key, card.name, card.handles, former.at)


def _write(connection: Connection, cards: dict[UUID, Card]) -> None:
    statement = upsert(connection.dialect.name, CardRow, ["id"], lambda new: {"content": new.content})
    rows = [
        {"id": i, "source": c.source, "key": c.key, "content": _content(c), "at": c.at}
        for i, c in sorted(cards.items())
    ]
    for part in chunks(rows):
        write(connection, statement, part)


def mend_cards(connection: Connection, organisation: UUID, keys: dict[UUID, tuple[str, str, str]]) -> int:
    """Compare the evidence of all cards with what they say, noting their handles; return how many were wrong."""
    mended, after = 0, UUID(int=0)
    while (
        rows := connection.execute(select(CARD).where(CARD.c.id > after).order_by(CARD.c.id).limit(STEP))
        .mappings()
        .all()
    ):
        cards = dict(card_from(row) for row in rows)
        after = max(cards)
        said = {i: card_evidence(organisation, card) for i, card in cards.items()}
        keys.update((e.handle_id, (e.kind, e.scope, e.value)) for every in said.values() for e in every)
        mended += _mend(connection, said)
    return mended


def _mend(connection: Connection, said: dict[UUID, list[Evidence]]) -> int:
    stored: dict[UUID, list[Any]] = {i: [] for i in said}
    for row in connection.execute(select(EVIDENCE).where(EVIDENCE.c.event_id.in_(list(said)))).mappings():
        stored[row["event_id"]].append(dict(row))
    wanted = {i: sorted((evidence_row(e) for e in every), key=_handle) for i, every in said.items()}
    wrong = [i for i in said if wanted[i] != sorted(stored[i], key=_handle)]
    connection.execute(delete(EVIDENCE).where(EVIDENCE.c.event_id.in_(wrong)))
    insert_evidence(connection, [e for i in wrong for e in said[i]])
    return len(wrong)


def _handle(row: dict[str, Any]) -> str:
    return str(row["handle_id"])
