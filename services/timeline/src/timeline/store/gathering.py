"""What the evidence says of some handles, without holding the evidence: it passes by in the order of its events."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, select, tuple_

from timeline.folds.identity.evidence import Evidence
from timeline.folds.identity.facts import Facts
from timeline.store.keys import keys_of
from timeline.store.statements import among, chunks, table
from timeline.store.tables import EvidenceRow

EVIDENCE = table(EvidenceRow)
# Rows that are in memory at a time, as a party has many fewer.
STEP = 2_000


def facts_about(connection: Connection, organisation: UUID, handles: Collection[UUID]) -> Facts:
    """Return what is known of handles, and of those beside them what was said in the same parties.

    What nobody can say the kind and value of is left out: nothing but rows of evidence speaks of it.
    """
    facts = Facts()
    for part in chunks(handles):
        for parties in _parties(connection, part):
            facts.add(parties)
    keys = keys_of(connection, organisation, facts.seen)
    seen = {
        i: replace(s, kind=keys[i][0], scope=keys[i][1], value=keys[i][2]) for i, s in facts.seen.items() if i in keys
    }
    links = {p: link for p, link in facts.links.items() if p[0] in seen and p[1] in seen}
    return Facts(seen, links, {n: at for n, at in facts.names.items() if n[0] in seen})


@cache
def _beside(dialect: str) -> Select[Any]:
    """Return the evidence on all parties in which one of some handles is, party by party."""
    e, theirs = EVIDENCE.c, EVIDENCE.alias("theirs").c
    parties = select(theirs.event_id, theirs.party).where(among(dialect, theirs.handle_id))
    return select(EVIDENCE).where(tuple_(e.event_id, e.party).in_(parties)).order_by(e.event_id, e.party)


def _parties(connection: Connection, handles: Collection[UUID]) -> Iterator[list[Evidence]]:
    """Yield the evidence on the parties of handles, whole parties at a time; of whom, the ids say alone."""
    found = connection.execute(
        _beside(connection.dialect.name), {"ids": handles}, execution_options={"yield_per": STEP}
    )
    held: list[Evidence] = []
    for row in found.mappings():
        if len(held) >= STEP and (row["event_id"], row["party"]) != (held[-1].event_id, held[-1].party):
            yield held
            held = []
        held.append(Evidence(**row, kind="", scope="", value=""))
    yield held
