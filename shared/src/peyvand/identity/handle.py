"""A handle: one address under which a channel knows somebody."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Proof(StrEnum):
    """How a party is known to own a handle."""

    VIA = "via"  # the channel itself authenticated the sender
    VERIFIED = "verified"  # a code, a signed-in session, a sender's own contact card
    CLAIMED = "claimed"  # typed by somebody


class Handle(BaseModel):
    """Kind, scope and normalised value; `written` is what stood there."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    kind: str
    value: str
    scope: str = ""
    written: str = ""
    proof: Proof = Proof.CLAIMED

    @property
    def key(self) -> tuple[str, str, str]:
        """Return what makes two handles the same handle."""
        return (self.kind, self.scope, self.value)


def handle(kind: str, value: str | int, *, scope: str = "", proof: Proof = Proof.VIA) -> Handle:
    """Return a handle of a vendor's own kind, its value taken as the vendor gives it."""
    return Handle(kind=kind, scope=scope, value=str(value), written=str(value), proof=proof)
