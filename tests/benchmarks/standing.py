"""Who is who among a thousand neighbours: cards, verdicts, and what the product derives from all that is said."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from benchmarks.persons import NEIGHBOURS, Way, number_at, person
from peyvand.identity import Handle, Organisation, Proof
from peyvand.identity.rules import Rules
from timeline.folds.identity import Evidence, Verdict, VerdictKind, derive, handle_id
from timeline.ledger import Card
from timeline.store.cards import card_evidence, card_id
from timeline.store.inserting import evidence_row
from timeline.store.neighbourhood import Known, KnownLink
from timeline.store.written import handle_row, link_row, name_rows

Tables = Mapping[str, Sequence[Mapping[str, Any]]]
ERP = "erp"
# Few are decided on: by the places, among a thousand, of those whose handles the verdict names.
_DECIDED = (
    (VerdictKind.NAME, 130, None, "فروشگاه مرکزی"),
    (VerdictKind.TAG, 140, None, "vip"),
    (VerdictKind.NOT_A_CUSTOMER, 150, None, "supplier"),
    (VerdictKind.SHARED, 160, None, None),
    (VerdictKind.PERSONAL, 60, None, None),
    (VerdictKind.SAME, 170, 171, None),
    (VerdictKind.DIFFERENT, 180, 180, None),
    (VerdictKind.DISMISSED, 190, 191, None),
)
_ALIKE = range(200, 210, 2)


def standing(organisation: Organisation, thousand: int, said: Sequence[Evidence], at: datetime) -> Tables:
    """Return the rows of cards and verdicts of a moment, and of the handles, links and names that follow from all."""
    cards = list(_cards(organisation, thousand, at))
    shown = [e for card in cards for e in card_evidence(organisation.id, card)]
    verdicts = list(_verdicts(organisation, thousand, at + timedelta(seconds=1)))
    found = derive(organisation.id, [*said, *shown], verdicts, Rules())
    known = (Known(s.seen, s.shared, s.component, s.customer, s.stranger) for s in found.handles.values())
    links = {pair: KnownLink(linked, found.refused.get(pair)) for pair, linked in found.links.items()}
    return {
        "card": [_card_row(organisation, card) for card in cards],
        "evidence": [evidence_row(e) for e in shown],
        "decision": [asdict(verdict) for verdict in verdicts],
        "handle": [handle_row(organisation.id, k) for k in known],
        "link": [link_row(pair, link) for pair, link in links.items()],
        "handle_name": name_rows(found.names),
        "likeness": [_alike(organisation, thousand, place) for place in _ALIKE],
    }


def _cards(organisation: Organisation, thousand: int, at: datetime) -> Iterable[Card]:
    for number in range(thousand * NEIGHBOURS, (thousand + 1) * NEIGHBOURS):
        who = person(number)
        if who.crm is not None:
            crm = Handle(kind="crm", scope=ERP, value=who.crm, written=who.crm, proof=Proof.VERIFIED)
            yield Card(ERP, who.crm, who.known.name, (crm, *_typed(who.known)), at)


def _typed(way: Way) -> list[Handle]:
    told = (("phone", way.phone), ("email", way.email))
    return [Handle(kind=kind, value=value, written=value) for kind, value in told if value]


def _card_row(organisation: Organisation, card: Card) -> dict[str, Any]:
    content = {"name": card.name, "handles": [h.model_dump(mode="json") for h in card.handles]}
    there = card_id(organisation.id, card.source, card.key)
    return {"id": there, "source": card.source, "key": card.key, "content": json.dumps(content), "at": card.at}


def _verdicts(organisation: Organisation, thousand: int, at: datetime) -> Iterable[Verdict]:
    for kind, a, b, value in _DECIDED:
        act = uuid5(organisation.id, f"act {thousand} {kind}")
        ends = _handles(organisation, thousand, a)[0], _handles(organisation, thousand, b)[-1] if b else None
        yield Verdict(act, act, kind, *ends, value, "sara", at)


def _handles(organisation: Organisation, thousand: int, place: int) -> list[UUID]:
    """Return the handles that somebody showed first."""
    way = person(number_at(thousand, place)).ways[0]
    told = (("phone", way.phone), ("email", way.email), ("telegram", way.telegram))
    return [handle_id(organisation.id, kind, "", value) for kind, value in told if value]


def _alike(organisation: Organisation, thousand: int, place: int) -> dict[str, Any]:
    """Return a likeness as the background finds them, but of two whom nothing makes alike."""
    a, b = sorted(_handles(organisation, thousand, p)[0] for p in (place, place + 1))
    return {"a": a, "b": b, "score": 3 + (thousand + place) % 90 / 10, "parts": json.dumps([["name", 6.5]])}
