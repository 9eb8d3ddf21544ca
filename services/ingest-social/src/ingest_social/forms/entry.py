"""One posted form with the key under which it is known, from either of the bodies that we take."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from ingest_social.forms.account import FormAccount
from ingest_social.forms.names import Meaning, folded, is_technical, meanings
from ingest_social.forms.posted import Posted, is_form, posted
from ingest_social.forms.proof import is_signed, sent_as
from ingest_social.forms.submission import LONGEST_FIELD, LONGEST_MESSAGE, Submission
from peyvand.delivery import Delivery, canonical_json
from peyvand.errors import BadPayload, Fault, Skipped
from peyvand.event import Attachment

Fields = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Entry:
    """What was filled in, its fields in the form's order without the message, and its files."""

    key: str
    submission: Submission
    fields: tuple[tuple[str, str], ...]
    files: tuple[Attachment, ...] = ()


def entry(delivery: Delivery, account: FormAccount) -> Entry:
    """Return what was posted; raises Skipped, ValidationError, BadPayload."""
    signed = is_signed(delivery, account.signature)
    if signed and not is_form(delivery.headers.get("content-type", "")):
        return _from_server(delivery, account)
    return _from_browser(delivery, account, signed=signed)


def _from_server(delivery: Delivery, account: FormAccount) -> Entry:
    """Return what a server posted by our own contract."""
    submission = Submission.model_validate(delivery.json())
    told = submission.model_dump(mode="json")
    key = sent_as(delivery, account.signature) or _digest(_day(delivery), told)
    return Entry(key, submission, submission.answers)


def _from_browser(delivery: Delivery, account: FormAccount, *, signed: bool) -> Entry:
    """Return what a browser posted, or a server in a browser's way."""
    content, honeypot = posted(delivery), account.honeypot
    if honeypot and any(name == honeypot and value.strip() for name, value in content.fields):
        raise Skipped("honeypot")
    fields = [(n, _written(v)) for n, v in content.fields if v.strip() and n != honeypot and not is_technical(n)]
    _require_short(fields)
    _require_small(content.files, account)
    means = meanings(account.fields)
    known = _known(fields, means)
    number = known.pop("id", None)
    if not signed:
        # a customer's number is no secret: any visitor could type himself into somebody else's timeline
        known.pop("crm_id", None)
    known.setdefault("page", _page(delivery))
    told = [(n, v) for n, v in fields if means.get(folded(n)) not in ("message", "id", "form", "page")]
    submission = Submission.model_validate({name: value for name, value in known.items() if value})
    sent = sent_as(delivery, account.signature) if signed else None
    return Entry(sent or _key(delivery, fields, content, number), submission, tuple(told), content.files)


def _written(value: str) -> str:
    """Return a value without the carriage returns that browsers put into every text of several lines."""
    return value.replace("\r\n", "\n").strip()


def _known(fields: Fields, means: Mapping[str, Meaning]) -> dict[Meaning, str]:
    """Return the fields of a known meaning; of two with one meaning the first counts."""
    found: dict[Meaning, str] = {}
    for name, value in fields:
        meaning = means.get(folded(name))
        if meaning is not None:
            found.setdefault(meaning, value)
    return found


def _key(delivery: Delivery, fields: Fields, content: Posted, number: str | None) -> str:
    """Return the same key for a form posted twice (a double click, a reload) and another for one filled in anew.

    The content is always part of it: some forms have a field `id` that is the same for all visitors. Without an id
    the day (UTC, so that it ends at night) tells two equal posts apart.
    """
    files = [(f.name, f.sha256) for f in content.files]
    return _digest(number or _day(delivery), fields, files)


def _day(delivery: Delivery) -> str:
    return delivery.received_at.astimezone(UTC).date().isoformat()


def _digest(*parts: Any) -> str:
    return hashlib.sha256(canonical_json(list(parts))).hexdigest()


def _page(delivery: Delivery) -> str:
    referer = delivery.headers.get("referer", "")
    return referer[:4_000] if referer.startswith(("http://", "https://")) else ""


def _require_small(files: Sequence[Attachment], account: FormAccount) -> None:
    """Return when there are no more files than wanted, and none larger; raises BadPayload."""
    if len(files) > account.most_files:
        raise BadPayload(f"at most {account.most_files} files are taken")
    megabyte = 1024 * 1024
    faults = [
        Fault("/files/" + file.name.replace("~", "~0").replace("/", "~1"), f"at most {account.largest_file} MB")
        for file in files
        if (file.size or 0) > account.largest_file * megabyte
    ]
    if faults:
        raise BadPayload("a file is too large", faults)


def _require_short(fields: Fields) -> None:
    faults = [
        Fault("/fields/" + name[:100].replace("~", "~0").replace("/", "~1"), f"at most {LONGEST_MESSAGE} characters")
        for name, value in fields
        if len(name) > LONGEST_FIELD or len(value) > LONGEST_MESSAGE
    ]
    if faults:
        raise BadPayload("a field is too long", faults)
