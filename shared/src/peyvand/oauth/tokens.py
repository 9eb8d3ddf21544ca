"""An account's tokens, and how long they are good for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

import orjson

from peyvand.errors import Unavailable

# A token that ends while it is on its way serves nobody.
MARGIN = timedelta(minutes=1)
# RFC 6749 lets a vendor leave out for how long a token is good.
UNSAID = 3600


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a vendor gave; an empty `refresh` means that its sign-in is over, and a person has to sign in again."""

    access: str
    refresh: str
    expires_at: datetime

    def good(self, now: datetime) -> bool:
        """Return whether the access token may still be used."""
        return bool(self.access) and now + MARGIN < self.expires_at

    def answered(self, answer: Mapping[str, Any], now: datetime) -> "Tokens":
        """Return what a token endpoint's answer says; a refresh token that it does not replace stays good."""
        return Tokens.given({"refresh_token": self.refresh, **answer}, now)

    @classmethod
    def given(cls, answer: Mapping[str, Any], now: datetime) -> Self:
        """Return the tokens in a token endpoint's answer (RFC 6749, 5.1); raises Unavailable when there is none."""
        access, seconds = answer.get("access_token"), answer.get("expires_in")
        if not isinstance(access, str) or not access:
            raise Unavailable("the sign-in server answered without a token")
        try:
            lasts = timedelta(seconds=float(seconds if seconds is not None else UNSAID))
        except (TypeError, ValueError, OverflowError):
            lasts = timedelta(seconds=UNSAID)
        return cls(access, str(answer.get("refresh_token") or ""), now + lasts)

    def over(self) -> "Tokens":
        """Return what is left when the vendor takes the sign-in back."""
        return Tokens("", "", self.expires_at)

    def written(self) -> bytes:
        """Return the tokens as bytes, to be sealed."""
        return orjson.dumps([self.access, self.refresh, self.expires_at.isoformat()])

    @classmethod
    def read(cls, written: bytes) -> Self:
        """Return the tokens that were written."""
        access, refresh, expires_at = orjson.loads(written)
        return cls(access, refresh, datetime.fromisoformat(expires_at))
