"""What peyvand.yaml says of calls at Twilio."""

from datetime import date

from pydantic import BaseModel

from peyvand.twilio.account import TwilioAccount


class Settings(TwilioAccount):
    """One account; `since` is the first day (UTC) whose calls a polling connector brings."""

    since: date | None = None


def polls(account: BaseModel) -> bool:
    """Return whether we ask Twilio."""
    return getattr(account, "mode", None) == "polling"


def is_called(account: BaseModel) -> bool:
    """Return whether Twilio calls us."""
    return getattr(account, "mode", None) == "webhook"
