"""Who wrote to whom, seen from us: direction, roles, and whether a sender is believed."""

import time
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

import pytest

from ingest_email.reading.interaction import mail_events, ours
from ingest_email.reading.lookalikes import imitated, mixes_alphabets
from peyvand.delivery import Delivery
from peyvand.errors import Skipped
from peyvand.event import Direction, InteractionEvent, Party, Role
from peyvand.identity import Organisation, Proof, email

ORGANISATION = Organisation(name="Example", domains=("example.ir",))
NOON = datetime(2026, 10, 4, 8, 30, tzinfo=UTC)
OUTSIDE = "Received: from mx.example.net (mx.example.net [192.0.2.7]) by mx.example.ir with ESMTPS id 1; x"
CHECKED = "Authentication-Results: mx.example.ir; {}"
Internal = Literal["skip", "metadata", "store"]


def event(
    *head: str,
    body: str = "Hello",
    said: dict[str, str] | None = None,
    internal: Internal = "skip",
    trusted: Iterable[str] = (),
) -> InteractionEvent:
    raw = "\n".join([*head, "Subject: Order", "Date: Sun, 4 Oct 2026 11:44:00 +0330", "", body]).encode()
    delivery = Delivery(UUID(int=1), "support-inbox", "imap", NOON, raw, headers=said or {})
    own = ours(["support@example.ir", "our.shop@gmail.com"], internal=internal, trusted=tuple(trusted))
    (found,) = mail_events(delivery, own, ORGANISATION)
    return found


def roles(found: InteractionEvent, role: Role) -> list[str]:
    return [shown(p) for p in found.parties if p.role is role]


def shown(party: Party) -> str:
    return party.handles[0].value if party.handles else f"({party.name})"


def flags(found: InteractionEvent) -> list[str]:
    return [flag.name for flag in found.flags]


US, THEM, COLLEAGUE = "From: support@example.ir", "From: Ali <ali@example.com>", "From: sara@example.ir"
TO_US, TO_THEM = "To: support@example.ir", "To: ali@example.com"
SENT = {"special-use": "\\Sent"}


def test_what_we_write_is_outbound_and_what_is_written_to_us_inbound() -> None:
    assert event(US, TO_THEM, said=SENT).direction is Direction.OUTBOUND
    assert event(COLLEAGUE, TO_THEM, "Cc: support@example.ir").direction is Direction.OUTBOUND
    assert event("From: OurShop@gmail.com", TO_THEM).direction is Direction.OUTBOUND
    assert event(THEM, TO_US).direction is Direction.INBOUND


def test_mail_among_us_is_skipped_kept_as_metadata_or_stored() -> None:
    among_us = (COLLEAGUE, TO_US, "Message-ID: <a@example.ir>", "In-Reply-To: <b@example.ir>")
    with pytest.raises(Skipped):
        event(*among_us)
    stored, bare = event(*among_us, internal="store"), event(*among_us, internal="metadata")
    assert (stored.direction, stored.subject, stored.text) == (Direction.INTERNAL, "Order", "Hello")
    assert (bare.direction, bare.subject, bare.text, bare.html, bare.attachments) == (
        Direction.INTERNAL,
        None,
        None,
        None,
        (),
    )
    assert (bare.parties, bare.message_key, bare.replies_to, bare.occurred_at) == (
        stored.parties, "a@example.ir", ("b@example.ir",), stored.occurred_at,
    )  # fmt: skip


def test_without_a_trusted_server_a_colleague_is_taken_at_his_word() -> None:
    with pytest.raises(Skipped):
        event(OUTSIDE, COLLEAGUE, TO_US)


def test_with_a_trusted_server_a_mail_from_us_without_proof_is_inbound_and_suspect() -> None:
    found = event(CHECKED.format("spf=fail; dmarc=fail"), OUTSIDE, COLLEAGUE, TO_US, trusted=["mx.example.ir"])
    assert (found.direction, flags(found)) == (Direction.INBOUND, ["spoof-suspect"])
    assert found.flags[0].why == (
        "it says that it is from us, and mx.example.ir found no proof of example.ir: spf=fail, dmarc=fail"
    )
    unchecked = event(OUTSIDE, COLLEAGUE, TO_THEM, "Cc: support@example.ir", trusted=["mx.example.ir"])
    assert (unchecked.direction, flags(unchecked)) == (Direction.INBOUND, ["spoof-suspect"])


@pytest.mark.parametrize(
    "head",
    [
        [CHECKED.format("dkim=pass header.d=example.ir"), OUTSIDE],
        ["Received: from laptop (unknown [203.0.113.5]) by mail.example.ir with ESMTPSA id 1; x"],
        [],
    ],
    ids=["signed", "given in by somebody who signed in", "never sent"],
)
def test_with_proof_a_mail_from_us_is_ours(head: list[str]) -> None:
    found = event(*head, COLLEAGUE, TO_THEM, "Cc: support@example.ir", trusted=["mx.example.ir"])
    assert (found.direction, flags(found)) == (Direction.OUTBOUND, [])


def test_a_mail_that_somebody_handed_over_is_not_believed_for_lack_of_a_path() -> None:
    said = {"envelope-to": "support@example.ir"}
    assert flags(event(COLLEAGUE, TO_US, said=said, trusted=["mx.example.ir"])) == ["spoof-suspect"]


def test_what_lies_in_our_folder_of_sent_mail_is_ours_without_any_check() -> None:
    found = event("From: alias@example.net", TO_THEM, said=SENT, trusted=["mx.example.ir"])
    assert (found.direction, [p.ours for p in found.parties], flags(found)) == (Direction.OUTBOUND, [True, False], [])


def test_what_we_sent_on_stays_its_writers() -> None:
    found = event("Resent-From: support@example.ir", "Resent-To: partner@example.org", THEM, TO_US, said=SENT)
    assert found.direction is Direction.INBOUND
    assert [(p.role, shown(p), p.ours) for p in found.parties] == [
        (Role.FROM, "ali@example.com", False),
        (Role.TO, "support@example.ir", True),
        (Role.TO, "partner@example.org", False),
    ]


def test_an_address_is_proven_only_where_a_trusted_server_vouches_for_it() -> None:
    passed = CHECKED.format("dkim=pass header.d=example.com")
    assert _proof(event(passed, OUTSIDE, THEM, TO_US, trusted=["mx.example.ir"])) is Proof.VIA
    assert _proof(event(passed, OUTSIDE, THEM, TO_US)) is Proof.CLAIMED
    assert _proof(event(CHECKED.format("none"), OUTSIDE, THEM, TO_US, trusted=["mx.example.ir"])) is Proof.CLAIMED
    two = event(passed, OUTSIDE, "From: ali@example.com, eve@example.com", TO_US, trusted=["mx.example.ir"])
    assert _proof(two) is Proof.CLAIMED


def _proof(found: InteractionEvent) -> Proof:
    return next(p for p in found.parties if p.role is Role.FROM).handles[0].proof


def test_a_customers_forged_mail_is_suspect_unless_a_list_broke_its_signature() -> None:
    failed = CHECKED.format("dmarc=fail header.from=example.com")
    assert flags(event(failed, OUTSIDE, THEM, TO_US, trusted=["mx.example.ir"])) == ["spoof-suspect"]
    by_list = event(failed, OUTSIDE, THEM, TO_US, "List-Post: <mailto:p@example.org>", trusted=["mx.example.ir"])
    assert flags(by_list) == ["list"]


@pytest.mark.parametrize(
    ("head", "flagged"),
    [
        (['From: "sara@example.ir" <x@example.net>'], ["spoof-suspect"]),
        (['From: "Sara (sara@examp1e.ir)" <x@example.net>'], ["spoof-suspect"]),
        (["From: Sara <sara@exarnple.ir>"], ["spoof-suspect"]),
        (["From: Sara <sara@xn--exmple-4nf.ir>"], ["spoof-suspect"]),
        (["From: Sara <sara@example.ir.login.example.net>"], ["spoof-suspect"]),
        ([THEM, "Reply-To: sara@examp1e.ir"], ["spoof-suspect"]),
        (['From: "boss@example.org" <x@example.net>'], ["misleading-name"]),
        (["From: \"'ali@example.org' via Pumps\" <p@example.net>", "List-Id: <p.example.net>"], ["list"]),
        (['From: "ali@mail.example.com" <ali@example.com>'], []),
        (["From: Sara <sara@sample.ir>"], []),
        (["From: Sara <sara@example.com>"], []),
        (["From: پارس <info@پارس.ایران>"], []),
    ],
)
def test_what_is_made_to_look_like_us_is_suspect(head: list[str], flagged: list[str]) -> None:
    found = event(*head, TO_US)
    assert (found.direction, flags(found)) == (Direction.INBOUND, flagged)


def test_several_senders_are_flagged_and_never_us() -> None:
    found = event("From: ali@example.com", "From: support@example.ir", TO_US)
    assert (found.direction, flags(found)) == (Direction.INBOUND, ["spoof-suspect", "several-senders"])
    assert flags(event("From: a@example.com, b@example.com", "Sender: a@example.com", TO_US)) == ["several-senders"]
    assert flags(event("From: Ali <ali@example.com>, ali@EXAMPLE.com", TO_US)) == []


def test_a_mailbox_that_is_named_nowhere_had_a_blind_copy() -> None:
    assert roles(event(THEM, "To: jane@example.net", "Delivered-To: support@example.ir"), Role.BCC) == [
        "support@example.ir"
    ]
    assert roles(event(THEM, "To: jane@example.net", "Delivered-To: jane@example.net"), Role.BCC) == []
    by_alias = event(THEM, "To: j@example.net", "X-Original-To: sales@example.ir", "Delivered-To: support@example.ir")
    assert roles(by_alias, Role.BCC) == ["sales@example.ir"]
    assert roles(event(THEM, "To: info@example.ir", "Delivered-To: support@example.ir"), Role.BCC) == []
    by_list = event(THEM, "To: p@example.org", "List-Post: <mailto:p@example.org>", "Delivered-To: support@example.ir")
    assert roles(by_list, Role.BCC) == []


def test_an_envelope_names_blind_copies_and_a_journals_report_those_of_anybody() -> None:
    said = {"envelope-to": "support@example.ir, ali@example.com, eve@example.org"}
    reported = said | {"journal": "report"}
    assert roles(event(US, TO_THEM, said=reported), Role.BCC) == ["support@example.ir", "eve@example.org"]
    assert roles(event(US, TO_THEM, said=said), Role.BCC) == ["support@example.ir"]
    assert roles(event("From: x@example.net", TO_THEM, said=reported), Role.BCC) == ["support@example.ir"]


def test_who_sent_a_mail_on_had_it_too() -> None:
    found = event("Resent-From: eve@example.org", "Resent-To: support@example.ir", THEM, "To: jane@example.net")
    assert (roles(found, Role.CC), roles(found, Role.TO)) == (
        ["eve@example.org"],
        ["jane@example.net", "support@example.ir"],
    )


def test_a_lists_address_is_nobodys_and_its_writer_stays_the_writer() -> None:
    head = ("To: pumps@lists.example.org", "List-Id: Pumps <pumps.lists.example.org>")
    plain = event(THEM, *head)
    assert (roles(plain, Role.FROM), roles(plain, Role.TO)) == (["ali@example.com"], ["(pumps@lists.example.org)"])
    instead = "From: Ali via Pumps <pumps@lists.example.org>"
    for where in (
        "Reply-To: Ali <ali@example.com>",
        "X-Original-From: Ali <ali@example.com>",
        "Cc: Ali <ali@example.com>",
    ):
        assert roles(event(instead, *head, where), Role.FROM) == ["ali@example.com"]
    assert roles(event(instead, *head), Role.FROM) == ["(Ali via Pumps)"]


def test_a_newsletters_sender_is_kept() -> None:
    found = event("From: News <news@example.org>", TO_US, "List-Id: <news.example.org>", "List-Unsubscribe: <x:y>")
    assert roles(found, Role.FROM) == ["news@example.org"]


def test_a_bounce_is_about_the_recipient_and_from_nobody() -> None:
    found = event(
        "From: Mail Delivery System <mailer-daemon@example.ir>",
        TO_US,
        "Return-Path: <>",
        "X-Failed-Recipients: ali@example.com",
    )
    assert found.direction is Direction.INBOUND
    assert [(p.role, shown(p)) for p in found.parties] == [
        (Role.FROM, "(Mail Delivery System)"),
        (Role.TO, "support@example.ir"),
        (Role.ABOUT, "ali@example.com"),
    ]
    assert {h.proof for p in found.parties for h in p.handles} == {Proof.CLAIMED}


def test_a_bounce_in_our_own_servers_name_needs_proof_too() -> None:
    head = ("From: mailer-daemon@example.ir", TO_US, "X-Failed-Recipients: ali@example.com")
    home = "Received: by mail.example.ir (Postfix) id 1; x"
    assert flags(event(home, *head, trusted=["mx.example.ir"])) == ["bounce"]
    assert flags(event(OUTSIDE, *head, trusted=["mx.example.ir"])) == ["bounce", "spoof-suspect"]
    assert flags(event(OUTSIDE, *head)) == ["bounce"]


def test_a_form_of_our_website_is_from_its_visitor() -> None:
    found = event(COLLEAGUE, TO_US, "Reply-To: ali@example.com")
    assert (found.direction, roles(found, Role.REPLY_TO)) == (Direction.INBOUND, ["ali@example.com"])


def _as_handle(domain: str) -> str:
    handle = email(f"x@{domain}")
    assert handle is not None
    return handle.value.partition("@")[2]


@pytest.mark.parametrize(
    ("domain", "ours_imitated"),
    [
        ("examp1e.ir", True), ("exarnple.com", True), ("exаmple.ir", True), ("éxample.ir", True), ("ехаmрle.net", True),
        ("mail.example.ir.attacker.example", True), ("example.ir", False), ("mail.example.ir", False),
        ("example.com", False), ("exampleir.com", False), ("samples.ir", False), ("", False),
    ],
)  # fmt: skip
def test_a_domain_made_to_be_taken_for_ours_is_known(domain: str, ours_imitated: bool) -> None:
    value = _as_handle(domain) if domain else ""
    assert (imitated(value, {"example.ir"}) is not None) is ours_imitated


def test_persian_letters_of_two_keyboards_are_one_look() -> None:
    assert imitated(_as_handle("ايرانيان.com"), {_as_handle("ایرانیان.ایران")})


def test_a_label_of_two_alphabets_is_told_from_one_in_one() -> None:
    assert mixes_alphabets(_as_handle("pаypal.com"))
    assert not mixes_alphabets(_as_handle("пример.рф"))
    assert not mixes_alphabets(_as_handle("پارس.ایران"))
    assert not mixes_alphabets("xn--zzzzzzz.com")


@pytest.mark.parametrize(
    "head",
    [
        f'From: "{"a@" * 15_000}" <x@example.net>',
        f'From: "{"a@b.c " * 5_000}" <x@example.net>',
        "From: " + ", ".join(f'"sara@example.ir" <x{i}@xn--{i}.net>' for i in range(900)),
        "\n".join(f"From: x{i}@example.net" for i in range(900)),
        f"To: {'x@example.net,' * 2_000}\nResent-From: {'y@example.net,' * 2_000}",
        f"List-Post: {'<mailto:' * 3_000}\nList-Id: {'<' * 30_000}",
        f"Subject: {'[a] re: ' * 3_000}",
    ],
    ids=["ats", "addresses in a name", "senders", "From fields", "recipients", "lists", "subject"],
)
def test_hostile_people_take_no_time(head: str) -> None:
    began = time.process_time()
    event(head, "From: z@example.net", trusted=["mx.example.ir"])
    assert time.process_time() - began < 1
