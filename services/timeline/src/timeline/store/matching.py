"""Handles, links, names and customers, kept up to date with evidence and verdicts, neighbourhood by neighbourhood."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import Connection

from peyvand.identity.rules import Rules
from timeline.folds.identity.evidence import NUMBERS, Evidence, firsts, links_of, names_of
from timeline.store.derived_with import mark
from timeline.store.forgetting import forget
from timeline.store.neighbourhood import Known, KnownLink, Neighbourhood
from timeline.store.regrouping import regroup
from timeline.store.sharing import share
from timeline.store.touched import Touched
from timeline.store.written import Cause, Written, write_names


class Matching:
    """One batch's matching, inside the transaction that holds the lock on identity."""

    def __init__(self, connection: Connection, organisation: UUID, rules: Rules) -> None:
        self.connection = connection
        self.organisation = organisation
        self.rules = rules
        self.near = Neighbourhood(connection)

    def knows(self, evidence: Sequence[Evidence]) -> bool:
        """Return whether evidence would change nothing: handles, links and names are there, as strong and as old."""
        first = firsts(evidence)
        there = self.near.firsts(first)
        if any(i not in there or (s.first_at, s.first_event) < there[i] for i, s in first.items()):
            return False
        links = links_of(evidence)
        known = self.near.links(links)
        if any(p not in known or known[p].linked.with_(new) != known[p].linked for p, new in links.items()):
            return False
        names = names_of(evidence)
        since = self.near.names(names)
        return all(key in since and since[key] <= at for key, at in names.items())

    def resolve(
        self, new: Sequence[Evidence], old: Sequence[Evidence], cause: Cause, decided: Mapping[UUID, UUID] | None = None
    ) -> int:
        """Bring all that is derived up to date with new evidence, old that is gone, and handles that acts are about.

        Returns how many handles passed to another customer.
        """
        touched = self._touched(new, old, decided or {})
        self._see(new, touched)
        self._link(new, touched)
        self._name(new, touched)
        if not touched.dirty:
            return 0
        mark(self.connection, self.rules)
        share(self.near, self.rules, touched)
        return regroup(self.near, Written(self.connection, self.organisation), self.rules, touched, cause)

    def _touched(self, new: Sequence[Evidence], old: Sequence[Evidence], decided: Mapping[UUID, UUID]) -> Touched:
        """Return what is touched as it is stored, when what is gone has been forgotten."""
        forgotten = forget(self.connection, old) if old else set()
        undone = {*decided, *forgotten}
        touched = Touched(
            self.near.handles({*undone, *(e.handle_id for e in new)}),
            dirty=set(undone),
            undone=undone,
            evidence=[*new, *old],
            decided=decided,
        )
        self._unname(forgotten, touched)
        return touched

    def _see(self, evidence: Sequence[Evidence], touched: Touched) -> None:
        for i, seen in firsts(evidence).items():
            known = touched.handles.get(i)
            if known is not None and known.seen <= seen:
                continue
            if known is None:
                touched.handles[i] = Known(seen, stranger=seen.kind in NUMBERS)
            else:
                touched.change(i, seen=seen)
            touched.dirty.add(i)

    def _link(self, evidence: Sequence[Evidence], touched: Touched) -> None:
        links = links_of(evidence)
        known = self.near.links(p for p in links if touched.stored.keys() >= {*p})
        for pair, new in links.items():
            link = known.get(pair)
            together = link.linked.with_(new) if link else new
            if link is None or together != link.linked:
                touched.links[pair] = KnownLink(together, link.refused if link else None)
                touched.dirty.update(pair)

    def _name(self, evidence: Sequence[Evidence], touched: Touched) -> None:
        names = names_of(evidence)
        since = self.near.names(key for key in names if key[0] in touched.stored)
        touched.names = {key: at for key, at in names.items() if key not in since or at < since[key]}
        write_names(self.connection, touched.names)
        touched.dirty.update(handle for handle, _, _ in touched.names)
        for handle in {handle for handle, _, _ in touched.names if touched.handles[handle].stranger}:
            touched.change(handle, stranger=False)

    def _unname(self, forgotten: set[UUID], touched: Touched) -> None:
        """Let numbers from which names were taken away be strangers, unless others are left."""
        left = {handle for handle, _, _ in self.near.names_of(forgotten)}
        for i in forgotten & touched.handles.keys():
            touched.change(i, stranger=touched.handles[i].seen.kind in NUMBERS and i not in left)
