"""When two sightings are one mail: its copies on all ways have one key, other mails have another."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest_email.reading.interaction import mail_events, ours
from peyvand.delivery import Delivery
from peyvand.event import InteractionEvent
from peyvand.identity import Organisation

ORGANISATION = Organisation(name="Example", domains=("example.ir",))
NOON = datetime(2026, 10, 4, 8, 30, tzinfo=UTC)
HEAD = (
    "From: Jane Roe <jane@example.net>",
    "To: support@example.ir, pumps@lists.example.org",
    "Subject: Re: Impeller wear on the two inch models in Bandar Abbas",
    "Date: Sun, 4 Oct 2026 07:59:00 +0000",
)
NAMED = (*HEAD, "Message-ID: <jr-1@example.net>")
TEXT = "Yes, about 0.4 mm.\n"


def event(head: Sequence[str], text: str = TEXT, connector: str = "inbox", special_use: str = "") -> InteractionEvent:
    raw = "\n".join([*head, "", text]).encode()
    delivery = Delivery(UUID(int=1), connector, "imap", NOON, raw, headers={"special-use": special_use})
    (found,) = mail_events(delivery, ours(["support@example.ir"], internal="store"), ORGANISATION)
    return found


def key(head: Sequence[str], text: str = TEXT) -> UUID:
    return event(head, text).interaction_id


def changed(head: Sequence[str], name: str, value: str) -> list[str]:
    return [f"{name}: {value}" if field.startswith(f"{name}:") else field for field in head]


# What servers, lists and filters do to a mail on its ways.
ON_THE_WAY = st.sampled_from(
    [
        "Received: from a by b with SMTP; Sun, 4 Oct 2026 08:00:00 +0000", "Return-Path: <x@example.org>",
        "X-Spam: no",
        "DKIM-Signature: v=1; b=abc", "ARC-Seal: i=1; a=b", "Authentication-Results: a; dkim=pass",
        "Bcc: eve@example.org",
        "Delivered-To: support@example.ir", "List-Id: <pumps.lists.example.org>", "Precedence: list",
        "List-Post: <mailto:pumps@lists.example.org>", "List-Unsubscribe: <x:y>", "X-UID: 12", "Status: RO",
        "Cc: Added <added@example.org>", "Resent-To: x@example.org", "Sender: pumps-bounces@lists.example.org",
    ]
)  # fmt: skip
TAG = st.sampled_from(["", "[pumps] ", "[EXTERNAL] ", "***SPAM*** ", "{Spam?} ", "[EXT] [pumps] "])
FOOTER = st.sampled_from(["", "_______\npumps mailing list\n", "\n-- \nThis mail was checked.\n"])


@settings(deadline=None)  # the machine may be busy
@given(st.lists(ON_THE_WAY, max_size=6, unique=True), TAG, TAG, FOOTER, st.booleans())
def test_the_key_does_not_depend_on_the_way(way: list[str], tag: str, inner: str, footer: str, folded: bool) -> None:
    subject = f"{tag}Re: {inner}Impeller wear on the two inch models in Bandar Abbas"
    copy = changed([*way, *NAMED], "Subject", subject.replace(" models", "\n models") if folded else subject)
    assert key(copy, TEXT + footer) == key(NAMED)


def test_the_copies_of_one_mail_are_one_interaction_seen_by_several() -> None:
    head = changed(changed(NAMED, "From", "support@example.ir"), "To", "jane@example.net, sara@example.ir")
    sent = event([*head, "Bcc: eve@example.org"], special_use="\\Sent")
    other = event(["Received: from a by b; x", *head], connector="sara")
    assert sent.interaction_id == other.interaction_id
    assert sent.event_id != other.event_id


def test_a_list_that_puts_itself_into_from_changes_no_key() -> None:
    munged = changed(NAMED, "From", "Jane Roe via Pumps <pumps@lists.example.org>")
    munged = changed(munged, "Subject", f"[p] {NAMED[2][9:]}")
    more = ["List-Id: <pumps.lists.example.org>", "Reply-To: Jane Roe <jane@example.net>"]
    assert key([*munged, *more]) == key(NAMED)


def test_two_mails_under_one_id_are_two() -> None:
    others = [
        changed(NAMED, "From", "other@example.net"),
        changed(NAMED, "Subject", "[#102] Invoice"),
        changed(NAMED, "Subject", "[#103] Invoice"),
        changed(NAMED, "Date", "Sun, 4 Oct 2026 07:59:01 +0000"),
    ]
    assert len({key(NAMED), *map(key, others)}) == 5


def test_without_an_id_text_and_recipients_tell_mails_apart() -> None:
    assert key(HEAD) != key(NAMED)
    assert key(["Received: from a by b; x", "Bcc: x@example.org", *HEAD], "Yes,  about\n0.4 mm.") == key(HEAD)
    assert len({key(HEAD), key(HEAD, "No."), key(changed(HEAD, "To", "support@example.ir"))}) == 3
    bare = ("From: a@example.com", "To: support@example.ir", "Subject: x")
    assert key(bare) == key(("Received: from a by b; Sun, 4 Oct 2026 08:00:00 +0000", *bare)) != key(bare, "other")


def test_an_id_that_is_none_counts_as_no_id() -> None:
    for written in ("<>", "<no at sign>", "<a@b> <c@d>", "x@y"):
        assert key([*HEAD, f"Message-ID: {written}"]) == key(HEAD)


@settings(deadline=None)
@given(st.sampled_from(["<A1@EXAMPLE.net>", " <A1@example.NET> ", "<A1@example.net> (added)", "\n <A1@Example.net>"]))
def test_an_id_is_one_however_it_is_written(written: str) -> None:
    found = event([*HEAD, f"Message-ID: {written}"])
    assert (found.message_key, found.interaction_id) == ("A1@example.net", key([*HEAD, "Message-ID: <A1@example.net>"]))
