"""Who wrote a mail that came by a list: lists put themselves into From, and the writer somewhere else."""

import re
from collections.abc import Collection, Iterator
from functools import lru_cache

from ingest_email.reading.addresses import Address, addresses
from ingest_email.reading.mail import Mail
from ingest_email.reading.marks.lists import is_discussion
from peyvand.identity import email

_MAILTO = re.compile(r"<mailto:([^>?]{1,320})", re.IGNORECASE)
_ID = re.compile(r"<([^<>\s]{1,255})>\s*\Z|\A\s*([^<>\s]{1,255})\s*\Z")
# What a list adds to the writer's name, in the languages in which list programs do.
_VIA = re.compile(r"\s+(?:via|über|par|vía|tramite|przez|через|از طریق|عبر)\s+.{1,200}\Z", re.IGNORECASE)


def list_addresses(mail: Mail) -> frozenset[str]:
    """Return the addresses at which a discussion list takes mail, as they stand in handles: they are nobody's."""
    headers = mail.root.headers
    if not is_discussion(headers):
        return frozenset()
    posts = (value_of(written) for written in _MAILTO.findall(headers.text("list-post"))[:3])
    name = _ID.search(headers.text("list-id").lower())
    identity = (name[1] or name[2]) if name else ""
    people = (*mail.senders, *mail.to, *mail.cc, *mail.reply_to)
    # the id of the list pumps@lists.example.org is pumps.lists.example.org (RFC 2919 §3)
    by_id = (v for p in people if (v := value_of(p.written)) and v.replace("@", ".", 1) == identity)
    return frozenset(v for v in (*posts, *by_id) if v)


def authors(mail: Mail, listed: Collection[str]) -> tuple[Address, ...]:
    """Return who wrote a mail: From, or whom a list that stands there names instead of itself."""
    if not listed or not any(value_of(sender.written) in listed for sender in mail.senders):
        return mail.senders
    found = next((a for a in _instead(mail) if (v := value_of(a.written)) and v not in listed), None)
    return (found,) if found else mail.senders


def _instead(mail: Mail) -> Iterator[Address]:
    headers = mail.root.headers
    yield from addresses([*headers.all("x-original-from"), *headers.all("x-google-original-from")])
    yield from mail.reply_to
    names = {_VIA.sub("", sender.name) for sender in mail.senders} - {""}
    yield from (person for person in mail.cc if person.name in names)


@lru_cache(maxsize=100_000)
def value_of(written: str) -> str | None:
    """Return an address as it stands in handles, or None when it is none."""
    handle = email(written)
    return handle.value if handle else None
