"""Where something was seen: the platform, the account, the notice; and who is who within it."""

from dataclasses import dataclass

from ingest_social.meta.envelope import Notice
from ingest_social.pages.platform import PageAccount, Platform
from ingest_social.pages.wire import Someone
from peyvand.delivery import Delivery
from peyvand.event import Party, Role, party
from peyvand.identity import Organisation, handle


@dataclass(frozen=True, slots=True)
class Scene:
    """One notice of one delivery."""

    platform: Platform
    account: PageAccount
    organisation: Organisation
    delivery: Delivery
    notice: Notice

    def is_ours(self, someone: Someone | None) -> bool:
        """Return whether somebody is the page or account itself, or one of our people."""
        if someone is None or someone.id is None:
            return False
        own = someone.id == self.account.own or someone.self_ig_scoped_id is not None
        return own or self.person(Role.FROM, someone).ours

    def person(self, role: Role, someone: Someone) -> Party:
        """Return a user as a party; a username can be given up, so it is a name at most."""
        name = someone.name or (f"@{someone.username.removeprefix('@')}" if someone.username else None)
        known = self.platform.handle(someone.id, self.account.own) if someone.id else None
        return party(role, [known], self.organisation, name)

    def ours(self, role: Role) -> Party:
        """Return the page or account as a party, by the name that we have for it."""
        own = handle(self.platform.name, self.account.own, scope=self.account.own)
        return party(role, [own], self.organisation, self.delivery.connector, ours=True)
