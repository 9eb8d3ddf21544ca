"""The company's website: signs its visitors' forms and posts each until it is taken, as its vendor's server would."""

import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx

from chaos.entries import Customer, Entry, now
from chaos.ledger import Ledger
from standalone.signing import signed

CONNECTOR = "site-form"
# What a process that hangs may cost one post; it is posted again.
PATIENCE = 8.0
AGAIN = 0.2
REPEATED = 7


@dataclass(frozen=True, slots=True)
class Answer:
    """What a post was answered, when it was sent, and when the answer came."""

    at: float
    till: float
    status: int
    retry_after: str | None


def _caller() -> httpx.Client:
    # a new one for each post costs more than the post
    return httpx.Client(timeout=PATIENCE, trust_env=False)


@dataclass(slots=True)
class Website:
    """Posts forms one after the other; every seventh is posted again although it was taken."""

    name: str
    address: Callable[[], str]  # asked for each post
    ledger: Ledger
    answers: list[Answer] = field(default_factory=list)
    sent: int = 0
    _client: httpx.Client = field(default_factory=_caller)

    def step(self) -> None:
        """Post the next form until it is acknowledged."""
        self.sent += 1
        customer, entry = Customer.of(self.sent), Entry(now(), "web", f"form {self.sent} of {self.name}")
        key, body = f"{self.name}_{self.sent}", form(customer, entry)
        while not self._post(key, body):
            time.sleep(random.uniform(AGAIN / 2, AGAIN))
        self.ledger.expect(customer, entry)
        self.ledger.delivered(CONNECTOR)
        if self.sent % REPEATED == 0:
            self._post(key, body)

    def between(self, begin: float, end: float) -> list[Answer]:
        """Return what was answered to posts of a stretch of time, within it."""
        return [a for a in self.answers if begin <= a.at and a.till <= end]

    def close(self) -> None:
        self._client.close()

    def _post(self, key: str, body: bytes) -> bool:
        began = time.monotonic()
        try:
            address = f"{self.address()}/webhooks/{CONNECTOR}"
            answer = self._client.post(address, content=body, headers=signed(key, body))
        except httpx.HTTPError:
            return False
        told = answer.status_code, answer.headers.get("retry-after")
        self.answers.append(Answer(began, time.monotonic(), *told))
        return answer.is_success


def form(customer: Customer, entry: Entry) -> bytes:
    """Return what a visitor has filled in."""
    filled = {
        "name": customer.name, "email": customer.address, "phone": customer.phone,
        "message": entry.said, "submitted_at": entry.at.isoformat(),
    }  # fmt: skip
    return json.dumps(filled).encode()
