"""Where an update was seen: all that reading it may know, and the keys that follow from it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from ingest_social.bots.account import BotAccount
from ingest_social.bots.dialect import Dialect
from ingest_social.bots.wire import Chat, User
from peyvand.delivery import Delivery
from peyvand.event import Party, Role, party
from peyvand.identity import Handle, Organisation, handle

# Chats in which every member sees the same message number.
_SHARED_NUMBERS = ("supergroup", "channel")


@dataclass(frozen=True, slots=True)
class Scene:
    """One update of one bot."""

    dialect: Dialect
    account: BotAccount
    organisation: Organisation
    delivery: Delivery
    update_id: int

    def key(self, chat: Chat, message_id: int, connection: str | None = None) -> str:
        """Return the vendor's key of a message: its number counts per chat, and in most chats per bot or owner."""
        if connection:
            return f"{self.account.bot_id}:{connection}:{chat.id}:{message_id}"
        if chat.type in _SHARED_NUMBERS:
            return f"{chat.id}:{message_id}"
        return f"{self.account.bot_id}:{chat.id}:{message_id}"

    def order(self, date: int | None) -> str:
        """Return the place of a change: its second, and within it the update's number."""
        return f"{max(date or 0, 0):012d}-{max(self.update_id, 0):012d}"

    def is_bot(self, user: User | Chat | None) -> bool:
        """Return whether a user is the bot itself."""
        return user is not None and str(user.id) == self.account.bot_id

    def is_ours(self, user: User | Chat | None) -> bool:
        """Return whether a user is the bot, or somebody of us."""
        return user is not None and (self.is_bot(user) or self.organisation.owns(self.handle_of(user)))

    def handle_of(self, user: User | Chat) -> Handle:
        """Return the handle of a user: the number; a username can be given up, and taken by somebody else."""
        return handle(self.dialect.name, user.id)

    def person(self, role: Role, user: User | Chat, more: Iterable[Handle | None] = (), *, ours: bool = False) -> Party:
        """Return a user, or the other side of a private chat, as a party."""
        known = [self.handle_of(user), *more]
        return party(role, known, self.organisation, name_of(user), ours=ours or self.is_bot(user))

    def bot(self, role: Role) -> Party:
        """Return the bot as a party, by the name that we have for it."""
        name = f"@{self.account.username}" if self.account.username else self.delivery.connector
        return party(role, [handle(self.dialect.name, self.account.bot_id)], self.organisation, name, ours=True)


def name_of(user: User | Chat) -> str | None:
    """Return how somebody calls himself, or the username of one who gives no name."""
    full = " ".join(part for part in (user.first_name, user.last_name) if part).strip()
    return full or (f"@{user.username}" if user.username else None)


def moment(seconds: int | None) -> datetime | None:
    """Return an epoch second, or None for 0 (the vendor's word for unknown) and what no calendar holds."""
    if not seconds or not 0 < seconds < 253_402_300_800:
        return None
    return datetime.fromtimestamp(seconds, UTC)
