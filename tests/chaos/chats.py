"""A bot's chats: the vendor keeps its updates until the bot has asked for what comes after."""

import time
from dataclasses import dataclass, field
from typing import Any

from chaos.entries import Customer, Entry, now
from chaos.ledger import Ledger
from parts.bot_api import BotApi

BOT = "shop-bot"
EDITED = 3


@dataclass(slots=True)
class Chats:
    """A bot's chats: first everybody shares the number; then they write, and every third message is edited later."""

    bot: BotApi
    ledger: Ledger
    messages: int = 0
    _to_edit: list[tuple[Customer, Entry, dict[str, Any]]] = field(default_factory=list)

    def step(self) -> None:
        """Send the next message, and an edit of one before it."""
        self.messages += 1
        customer = Customer.of(self.messages)
        entry = Entry(now(), "telegram", f"update {self.messages}")
        said = _message(customer, entry, self.messages)
        self._send(message=said)
        self.ledger.expect(customer, entry)
        if self._to_edit:
            self._edit(*self._to_edit.pop(0))
        if self.messages % EDITED == 0:
            self._to_edit.append((customer, entry, said))

    def share_number(self, customer: Customer) -> None:
        """Send what makes a bot's customer the one of the phone."""
        self.messages += 1
        contact = {"phone_number": customer.phone, "first_name": customer.name, "user_id": customer.telegram}
        entry = Entry(now(), "telegram", f"{customer.name}\n{customer.phone}")
        said = _message(customer, entry, self.messages)
        self._send(message={**{k: v for k, v in said.items() if k != "text"}, "contact": contact})
        self.ledger.expect(customer, entry)

    def send_again(self, times: int) -> None:
        """Send one new update several times, as a vendor does that has not heard our answer."""
        self.messages += 1
        customer, entry = Customer.of(self.messages), Entry(now(), "telegram", f"update {self.messages}")
        number = self._send(message=_message(customer, entry, self.messages))
        for _ in range(times - 1):
            self.bot.send({"update_id": number, "message": _message(customer, entry, self.messages)})
        self.ledger.expect(customer, entry)

    def _edit(self, customer: Customer, entry: Entry, said: dict[str, Any]) -> None:
        edited = Entry(entry.at, entry.channel, f"{entry.said} edited", edited=True)
        self._send(edited_message={**said, "text": edited.said, "edit_date": int(time.time())})
        self.ledger.replace(customer, entry, edited)

    def _send(self, **update: Any) -> int:
        number = self.bot.send(update)
        self.ledger.delivered(BOT)
        return number


def _message(customer: Customer, entry: Entry, number: int) -> dict[str, Any]:
    who = {"id": customer.telegram, "is_bot": False, "first_name": customer.name}
    about = {"from": who, "chat": {**who, "type": "private"}, "date": int(entry.at.timestamp())}
    return {"message_id": number, "text": entry.said, **about}
