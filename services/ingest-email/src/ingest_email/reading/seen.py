"""A mail as far as it is read, and as what and whose it was seen."""

from dataclasses import dataclass

from ingest_email.reading.mail import Mail
from ingest_email.reading.marks import Marks
from ingest_email.reading.ours import Ours
from peyvand.delivery import Delivery
from peyvand.identity import Handle, Organisation


@dataclass(frozen=True, slots=True)
class Seen:
    """A mail with its marks, in a mailbox of ours; `sent`: in its folder of sent mail."""

    mail: Mail
    marked: Marks
    delivery: Delivery
    own: Ours
    organisation: Organisation
    sent: bool

    def ours(self, handle: Handle | None) -> bool:
        """Return whether an address is the mailbox's or the organisation's."""
        return self.own.has(handle, self.organisation)
