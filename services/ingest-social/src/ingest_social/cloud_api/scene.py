"""Where something was seen: the account, the number of ours, who is named beside it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ingest_social.cloud_api.account import Settings
from ingest_social.cloud_api.wire import Contact, Number
from peyvand.delivery import Delivery
from peyvand.event import Flag, Party, Role, party
from peyvand.identity import Handle, Organisation, Proof, whatsapp_bsuid, whatsapp_phone

_HISTORY = Flag(name="imported", why="history of the app that WhatsApp handed over")


@dataclass(frozen=True, slots=True)
class Someone:
    """Somebody by the names that WhatsApp gives: a number, an id within the portfolio, one within linked portfolios."""

    phone: str | None = None
    user_id: str | None = None
    parent_id: str | None = None

    @property
    def key(self) -> str | None:
        """Return what a conversation with the user is called by."""
        return self.phone or self.user_id or self.parent_id


@dataclass(frozen=True, slots=True)
class Scene:
    """One change of one delivery; `history` says that it tells of the past."""

    account: Settings
    organisation: Organisation
    delivery: Delivery
    number: Number
    contacts: tuple[Contact, ...] = ()
    history: bool = False
    flags: tuple[Flag, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "flags", (_HISTORY,) if self.history else ())

    def is_our_number(self, phone: str | None) -> bool:
        """Return whether a number is the one that this was told of."""
        return bool(phone) and _digits(phone) == _digits(self.number.display_phone_number)

    def ours(self, role: Role) -> Party:
        """Return our number as a party."""
        shown = self.number.display_phone_number
        return party(role, [whatsapp_phone(_digits(shown))], self.organisation, shown, ours=True)

    def person(self, role: Role, user: Someone, *, before: Someone | None = None) -> Party:
        """Return a user as a party.

        Who he was `before` is evidence, and only claimed: so names that contradict keep two known customers apart, and
        a former number may be somebody else's tomorrow.
        """
        former = () if before is None else self._handles(before, Proof.CLAIMED)
        known = {h.key: h for h in (*former, *self._handles(user, Proof.VIA))}
        return party(role, known.values(), self.organisation, self._name(user))

    def sole_contact(self) -> Someone | None:
        """Return whom the change names beside us, when it names one."""
        if len(self.contacts) != 1:
            return None
        only = self.contacts[0]
        return Someone(only.wa_id, only.user_id, only.parent_user_id)

    def known_as(self, user: Someone) -> Someone:
        """Return a user with those names too that the change gives beside the message."""
        contact = self._contact(user)
        if contact is None:
            return user
        return Someone(
            user.phone or contact.wa_id, user.user_id or contact.user_id, user.parent_id or contact.parent_user_id
        )

    def _handles(self, user: Someone, proof: Proof) -> Iterator[Handle]:
        portfolio = self.account.portfolio or ""
        above = self.account.parent_portfolio or portfolio
        found: Iterable[Handle | None] = (
            whatsapp_phone(_digits(user.phone), proof) if user.phone else None,
            whatsapp_bsuid(user.user_id, portfolio, proof) if user.user_id else None,
            whatsapp_bsuid(user.parent_id, above, proof) if user.parent_id else None,
        )
        return (handle for handle in found if handle is not None)

    def _contact(self, user: Someone) -> Contact | None:
        for contact in self.contacts:
            if (user.phone and contact.wa_id == user.phone) or (user.user_id and contact.user_id == user.user_id):
                return contact
        return None

    def _name(self, user: Someone) -> str | None:
        """Return how a user calls himself; the username, which can be given up, only where there is nothing else."""
        contact = self._contact(user)
        profile = contact.profile if contact else None
        if profile is None:
            return None
        return profile.name or (f"@{profile.username.removeprefix('@')}" if profile.username else None)


def _digits(phone: str | None) -> str:
    return "".join(c for c in phone or "" if c.isdecimal())
