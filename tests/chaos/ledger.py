"""What was sent, by whom, and what the timeline must show of it."""

import threading
from collections import Counter
from dataclasses import dataclass, field

from chaos.entries import Customer, Entry


@dataclass(slots=True)
class Ledger:
    """The sources' own books; several threads write them."""

    _entries: dict[Customer, list[Entry]] = field(default_factory=dict)
    _deliveries: Counter[str] = field(default_factory=Counter)
    _writing: threading.Lock = field(default_factory=threading.Lock)

    def expect(self, customer: Customer, entry: Entry) -> None:
        """Note that an entry stands on a customer's timeline from now on."""
        with self._writing:
            self._entries.setdefault(customer, []).append(entry)

    def replace(self, customer: Customer, old: Entry, new: Entry) -> None:
        """Note that an entry has become another one: edited, or a call with one more leg."""
        with self._writing:
            entries = self._entries[customer]
            entries[entries.index(old)] = new

    def delivered(self, connector: str, times: int = 1) -> None:
        """Note that a connector has that many more deliveries that mean something new."""
        with self._writing:
            self._deliveries[connector] += times

    def of(self, customer: Customer) -> list[Entry]:
        with self._writing:
            return list(self._entries.get(customer, ()))

    def stored(self) -> dict[str, int]:
        """Return how many deliveries of each connector brought something new."""
        with self._writing:
            return dict(self._deliveries)
