"""A store that stores everything but who is who, and the rows of that, to be written by who knows them beforehand."""

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlmodel import SQLModel

from peyvand.event import InteractionEvent
from timeline.folds.identity import derive, evidence_of
from timeline.store import SqlStore
from timeline.store.neighbourhood import Known, KnownLink
from timeline.store.statements import Rows, chunks, insert_all, write
from timeline.store.tables import HandleNameRow, HandleRow, LinkRow
from timeline.store.writing import SqlTransaction
from timeline.store.written import handle_row, link_row, name_rows

BATCH = 500


class Unmatched(SqlTransaction):
    """A transaction that stores all but who is who."""

    def resolve(self, added: Sequence[InteractionEvent], removed: Sequence[InteractionEvent]) -> None:
        """Do nothing."""


class WithoutMatching(SqlStore):
    """A store that matches nobody."""

    async def transact(self, work: Any) -> Any:
        return await self.database.write(lambda c: work(Unmatched(c, self.organisation, self.rules)))


def identity_rows(store: SqlStore, events: Iterable[InteractionEvent]) -> Mapping[type[SQLModel], Rows]:
    """Return the rows of handles, links and names of people whom nobody has seen before."""
    evidence = [e for event in events for e in evidence_of(store.organisation, event)]
    found = derive(store.organisation, evidence, (), store.rules)
    known = (Known(s.seen, s.shared, s.component, s.customer, s.stranger) for s in found.handles.values())
    links = {pair: KnownLink(linked, found.refused.get(pair)) for pair, linked in found.links.items()}
    return {
        HandleRow: [handle_row(store.organisation, k) for k in known],
        LinkRow: [link_row(pair, link) for pair, link in links.items()],
        HandleNameRow: name_rows(found.names),
    }


async def seconds_to_write(store: SqlStore, rows: Mapping[type[SQLModel], Rows]) -> float:
    """Return how long it takes to write rows, in batches."""
    began = time.perf_counter()
    for model, every in rows.items():
        for part in chunks(every, BATCH):
            statement = insert_all(store.database.dialect, model)
            await store.database.write(lambda c, part=part, statement=statement: write(c, statement, part).rowcount)  # type: ignore[misc]
    return time.perf_counter() - began
