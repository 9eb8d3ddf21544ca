"""One bot of Rubika, as peyvand.yaml names it."""

import re
from typing import Annotated

from pydantic import Field, SecretStr, field_validator

from ingest_social.bots.account import Account

# Longer than any word, in letters and digits: the vendor promises no form.
_TOKEN = re.compile(r"[A-Za-z0-9_-]{32,256}\Z")


class RubikaAccount(Account):
    """One bot of Rubika; there is no long poll, so it is asked every few seconds."""

    base_url: str = "https://botapi.rubika.ir/v3"
    poll_seconds: Annotated[int, Field(ge=1, le=300)] = 4

    @field_validator("token")
    @classmethod
    def _whole(cls, token: SecretStr) -> SecretStr:
        if not _TOKEN.match(token.get_secret_value()):
            raise ValueError("is no bot token: BotFather at Rubika gives a long row of letters; copy it whole")
        return token
