"""A mailbox that fills: a mail stays in it, read or not, and must arrive once."""

from dataclasses import dataclass
from email.utils import format_datetime

from chaos.entries import Customer, Entry, now
from chaos.ledger import Ledger
from mailing import mail
from parts.dovecot import Dovecot

MAILS = "support"
MAILBOX = "support"


@dataclass(slots=True)
class Mailbox:
    """A mailbox into which everybody writes."""

    server: Dovecot
    ledger: Ledger
    mails: int = 0

    def step(self) -> None:
        """Deliver the next mail."""
        self.deliver(1)

    def deliver(self, times: int) -> None:
        """Deliver one new mail, several times."""
        self.mails += 1
        customer, entry = Customer.of(self.mails), Entry(now(), "email", f"mail {self.mails}")
        written = mail(
            f"subject {self.mails}", entry.said, From=f"{customer.name} <{customer.address}>",
            Date=format_datetime(entry.at), Message_ID=f"<chaos-{self.mails}@example.com>",
        )  # fmt: skip
        for _ in range(times):
            self.server.deliver(MAILBOX, "INBOX", written)
        self.ledger.expect(customer, entry)
        self.ledger.delivered(MAILS)
