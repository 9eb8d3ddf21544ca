"""A call log that grows: nobody acknowledges its rows, and each must arrive."""

import time
from dataclasses import dataclass, field
from pathlib import Path

from chaos.entries import Customer, Entry, now
from chaos.ledger import Ledger

CALLS = "pbx"
LEGS = 3


@dataclass(slots=True)
class CallLog:
    """Asterisk's CDR file: every third call has three legs, whose rows stand among other calls'."""

    path: Path
    ledger: Ledger
    calls: int = 0
    _growing: list[tuple[Customer, Entry]] = field(default_factory=list)

    def step(self) -> None:
        """Write the row of a new call's first leg, and of a next leg of one before it."""
        self.calls += 1
        customer, leg = Customer.of(self.calls), f"{int(time.time())}.{self.calls * 10}"
        entry = Entry(now(), "phone", leg)
        self._write(customer, entry, leg)
        self.ledger.expect(customer, entry)
        if self._growing:
            self._transfer(*self._growing.pop(0))
        if self.calls % LEGS == 0:
            self._growing.append((customer, entry))

    def write_again(self, times: int) -> None:
        """Write the same row of a new call several times."""
        self.calls += 1
        customer, leg = Customer.of(self.calls), f"{int(time.time())}.{self.calls * 10}"
        entry = Entry(now(), "phone", leg)
        with self.path.open("a") as log:
            log.write(_row(customer, entry, leg) * times)
        self.ledger.expect(customer, entry)
        self.ledger.delivered(CALLS)

    def _transfer(self, customer: Customer, entry: Entry) -> None:
        legs = entry.said.split()
        first, _, last = legs[-1].partition(".")
        leg = f"{first}.{int(last) + 1}"
        longer = Entry(entry.at, entry.channel, f"{entry.said} {leg}")
        self._write(customer, entry, leg)
        self.ledger.replace(customer, entry, longer)
        if len(legs) + 1 < LEGS:
            self._growing.append((customer, longer))

    def _write(self, customer: Customer, entry: Entry, leg: str) -> None:
        row = _row(customer, entry, leg)
        with self.path.open("a") as log:  # in two halves: the file may be read in between
            log.write(row[:60])
            log.flush()
            log.write(row[60:])
        self.ledger.delivered(CALLS)


def _row(customer: Customer, entry: Entry, leg: str) -> str:
    number, at = "0" + customer.phone.removeprefix("+98"), entry.at.strftime("%Y-%m-%d %H:%M:%S")
    call = entry.said.split()[0]
    return (
        f'"","{number}","201","from-trunk","""{number}"" <{number}>","PJSIP/trunk-1","PJSIP/201-2","Dial","",'
        f'"{at}","{at}","{at}",60,55,"ANSWERED","DOCUMENTATION","{leg}","","","{call}",{leg.partition(".")[2]}\n'
    )
