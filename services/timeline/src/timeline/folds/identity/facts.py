"""What evidence comes to: when each handle was first seen, what links it, and how it is called."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from timeline.folds.identity.evidence import Evidence, Linked, Named, Seen, firsts, links_of, names_of
from timeline.folds.identity.verdicts import Pair


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of handles; neither order nor repetition of what is added changes it.

    Of a handle everything is known once all has been added that was said of any party in which it is. So one may ask
    about some handles with the evidence on those parties alone, however much more there is.
    """

    seen: dict[UUID, Seen] = field(default_factory=dict)
    links: dict[Pair, Linked] = field(default_factory=dict)
    names: dict[Named, datetime] = field(default_factory=dict)

    def add(self, evidence: Iterable[Evidence]) -> None:
        """Add what further evidence says; what is said of one party comes together."""
        every = list(evidence)
        for handle, seen in firsts(every).items():
            self.seen[handle] = min(self.seen.get(handle, seen), seen)
        for pair, link in links_of(every).items():
            self.links[pair] = self.links[pair].with_(link) if pair in self.links else link
        for name, at in names_of(every).items():
            self.names[name] = min(self.names.get(name, at), at)
