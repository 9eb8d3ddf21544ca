"""What every way in for mail is told of whose mail it is."""

from functools import cached_property
from typing import Literal

from pydantic import BaseModel, ConfigDict

from ingest_email.reading.interaction import Ours, ours


class MailAccount(BaseModel):
    """Which addresses are ours beside the organisation's, what becomes of internal mail, whose verdicts count."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    addresses: tuple[str, ...] = ()
    internal: Literal["skip", "metadata", "store"] = "skip"
    trusted_servers: tuple[str, ...] = ()

    @cached_property
    def own(self) -> Ours:
        """Return what is ours here."""
        return ours(self.addresses, internal=self.internal, trusted=self.trusted_servers)
