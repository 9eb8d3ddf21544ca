"""Compares what was sent with what stands on the timelines: each there once, in the right place, as it was said."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from confluent_kafka import Consumer, TopicPartition

from chaos.entries import Customer, Entry, everybody
from chaos.ledger import Ledger
from chaos.waiting import wait_calmly
from distributed.running import FourServices
from peyvand.wire import DEAD

MOST_TOLD = 10
ARRIVING_SECONDS = 120


def check(sent: Ledger, product: FourServices, seconds: float = ARRIVING_SECONDS) -> None:
    """Return when everything stands as it was sent; raises AssertionError with all that is wrong."""
    arrived(sent, product, seconds)
    faults = [
        *(fault for customer in everybody() for fault in customer_faults(customer, sent.of(customer), product)),
        *book_faults(sent.stored(), product.get("/v1/connectors")["connectors"]),
        *letter_faults(product),
    ]
    assert not faults, "\n".join(faults)


def check_rebuild(product: FourServices) -> None:
    """Return when everything folded again is the same; raises AssertionError."""
    told = product.run("rebuild")
    assert "no difference" in told.stdout, told.stdout + told.stderr


def arrived(sent: Ledger, product: FourServices, seconds: float) -> None:
    """Return when as many deliveries are stored as were sent, or after so long: what is missing is then told.

    What was not published whole, and came again, is settled after some seconds.
    """

    def have() -> bool:
        books = {c["name"]: c for c in product.get("/v1/connectors")["connectors"]}
        enough = all(books[name]["stored"] >= count for name, count in sent.stored().items())
        return enough and not any(b["arriving"] for b in books.values())

    try:
        wait_calmly(have, "the arrival of all that was sent", seconds)
    except TimeoutError:
        return


def customer_faults(customer: Customer, sent: Sequence[Entry], product: FourServices) -> list[str]:
    """Return what is wrong with one customer's timeline."""
    found = product.customers(customer.address)
    if len(found) != 1:
        return [f"{customer.name} is {len(found)} customers"]
    handles = frozenset((h["kind"], h["value"]) for h in found[0]["handles"])
    strange = [f"{customer.name} is known by {sorted(handles)}"] if handles != customer.handles else []
    standing = [Entry.found(told) for told in product.timeline(found[0]["id"])]
    return [*strange, *entry_faults(customer.name, sent, standing)]


def entry_faults(whose: str, sent: Iterable[Entry], found: Sequence[Entry]) -> list[str]:
    """Return what is missing, twice or wrong on a timeline as it was found, newest first."""
    wanted, standing = Counter(sent), Counter(found)
    faults = [f"{whose}: missing {_told(entry)}" for entry in sorted(wanted - standing)]
    faults += [
        f"{whose}: {'twice' if entry in wanted else 'wrong'} {_told(entry)}" for entry in sorted(standing - wanted)
    ]
    if len(faults) > MOST_TOLD:
        faults = [*faults[:MOST_TOLD], f"{whose}: and {len(faults) - MOST_TOLD} more"]
    times = [entry.at for entry in found]
    return faults if times == sorted(times, reverse=True) else [*faults, f"{whose}: not in the order of time"]


def book_faults(stored: Mapping[str, int], books: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return where connectors' books do not balance, or are not those of what was sent."""
    return [
        f"{b['name']}: {what} {b[what]} and not {wanted}"
        for b in books
        for what, wanted in (
            ("balanced", True), ("stored", stored.get(b["name"], 0)), ("arriving", 0), ("kept", 0), ("skipped", {}),
            ("seen", b["stored"] + b["duplicate"]),
        )
        if b[what] != wanted
    ]  # fmt: skip


def letter_faults(product: FourServices) -> list[str]:
    """Return how many dead letters there are, if any."""
    written = dead_letters(product.lag.bootstrap, product.lag.prefix + DEAD)
    return [f"{written} dead letters"] if written else []


def dead_letters(bootstrap: str, topic: str) -> int:
    """Return how many records a topic has ever had."""
    looker = Consumer({"bootstrap.servers": bootstrap, "group.id": "checker", "enable.auto.commit": False})
    try:
        partitions = looker.list_topics(topic, timeout=10).topics[topic].partitions
        return sum(looker.get_watermark_offsets(TopicPartition(topic, p), timeout=10)[1] for p in partitions)
    finally:
        looker.close()


def _told(entry: Entry) -> str:
    return f"{entry.channel} {entry.said!r} of {entry.at:%H:%M:%S}{', edited' if entry.edited else ''}"
