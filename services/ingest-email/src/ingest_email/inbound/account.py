"""An account of a vendor who receives mail for us and proves itself by a secret that we gave it."""

from pydantic import Field

from ingest_email.account import MailAccount
from peyvand.signature import Secrets


class CalledAccount(MailAccount):
    """One address that the vendor calls; of several secrets each counts, while one replaces the other."""

    secret: Secrets = Field(min_length=1)
