"""Where an update of Rubika was seen: keys, handles and whose word it is."""

from dataclasses import dataclass

from ingest_social.rubika.account import RubikaAccount
from ingest_social.rubika.wire import Message
from peyvand.delivery import Delivery
from peyvand.errors import Skipped
from peyvand.event import Direction, Party, Role, party
from peyvand.identity import Handle, Organisation, handle

VENDOR = "rubika"
# How the vendor begins the number of a group and of a channel; no update names a chat's type.
GROUP, CHANNEL = "g0", "c0"
Told = tuple[Direction, tuple[Party, ...]]


@dataclass(frozen=True, slots=True)
class Scene:
    """One update of one bot."""

    account: RubikaAccount
    organisation: Organisation
    delivery: Delivery

    def key(self, chat: str, message: str) -> str:
        """Return the vendor's key of a message: a chat of two has a number of its own for each bot."""
        return f"{chat}:{message}"

    def handle_of(self, sender: str) -> Handle:
        """Return the handle of a user: the number by which the vendor knows him."""
        return handle(VENDOR, sender)

    def told(self, chat: str, message: Message) -> Told:
        """Return direction and parties, decided from who wrote; raises Skipped for what is not spoken to us."""
        if chat.startswith(CHANNEL):
            return Direction.OUTBOUND, (party(Role.FROM, [], self.organisation, ours=True),)
        if chat.startswith(GROUP):
            self._require_addressed(message)
        if message.sender_type == "Bot":
            return Direction.OUTBOUND, (self.bot(Role.FROM),)
        known = [self.handle_of(message.sender_id)] if message.sender_id else []
        sender = party(Role.FROM, known, self.organisation)
        if sender.ours:
            return (Direction.OUTBOUND if chat.startswith(GROUP) else Direction.INTERNAL), (sender,)
        return Direction.INBOUND, (sender, self.bot(Role.TO))

    def bot(self, role: Role) -> Party:
        """Return the bot as a party, by the name that we have for it; its own number stands in no update."""
        name = f"@{self.account.username}" if self.account.username else self.delivery.connector
        return party(role, [], self.organisation, name, ours=True)

    def _require_addressed(self, message: Message) -> None:
        """Return when a group's message counts: an update does not tell whose message is answered."""
        if self.account.groups == "ignore":
            raise Skipped("groups are ignored")
        if message.sender_type == "Bot":
            raise Skipped("message of a bot in a group")
        text, name = (message.text or "").lower(), self.account.username
        called = text.startswith("/") or (name is not None and f"@{name}" in text)
        if self.account.groups == "addressed" and not called:
            raise Skipped("group message that is not addressed to us")
