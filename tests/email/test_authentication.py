"""Who vouches for a sender: Authentication-Results, where they stand, and whose domain they are about."""

import time

import pytest

from ingest_email.reading.authentication import Standing, aligned, at_home, judged, organisational
from ingest_email.reading.authentication.results import Verdict, results
from ingest_email.reading.headers import Headers, split_headers

GOOGLE = "mx.google.com"
OURS = "mx.example.ir"
LOCAL = "Received: from mx.example.ir (localhost [127.0.0.1]) by store.example.ir with LMTP id 1; x"
BORDER = "Received: from out.example.com (out.example.com [192.0.2.7]) by mx.example.ir (Postfix) with ESMTPS id 2; x"
PASS = "Authentication-Results: mx.example.ir; dmarc=pass header.from=example.com"


def headers(*fields: str) -> Headers:
    raw = ("\n".join(fields) + "\n\n").encode()
    return split_headers(raw, 0, len(raw))[0]


def standing(*fields: str, domain: str = "example.com", trusted: tuple[str, ...] = (OURS,)) -> Standing:
    return judged(headers(*fields), domain, trusted).standing


def test_a_field_is_read_with_comments_quotes_versions_and_spaces() -> None:
    read = results(
        b' "mx.example.ir" 1 (a; b (c)) ; DKIM/1 = pass (2048-bit; ok) header.d = Example.COM reason="a; \\"b\\"";\n'
        b"\tspf=pass smtp.mailfrom=a@example.com;; dmarc=none"
    )
    assert read.server == "mx.example.ir"
    assert read.verdicts == (
        Verdict("dkim", "pass", {"header.d": "example.com", "reason": 'a; \\"b\\'}),
        Verdict("spf", "pass", {"smtp.mailfrom": "a@example.com"}),
        Verdict("dmarc", "none", {}),
    )


def test_a_server_that_checked_nothing_and_one_that_does_not_say_its_name_are_read() -> None:
    assert results(b"mx.example.ir; none").verdicts == ()
    read = results(b"spf=pass (sender IP is 192.0.2.7) smtp.mailfrom=example.com; dkim=fail header.d=example.com")
    assert (read.server, [v.method for v in read.verdicts]) == ("", ["spf", "dkim"])


@pytest.mark.parametrize(
    "value",
    [
        b"(" * 200_000,
        b";" * 200_000,
        b'"' * 200_001,
        b"a=" * 100_000,
        b"\\" * 200_000,
        b"a " * 100_000,
        b'a="' * 90_000,
    ],
    ids=["comments", "semicolons", "quotes", "pairs", "escapes", "words", "open quotes"],
)
def test_a_hostile_field_takes_no_time(value: bytes) -> None:
    began = time.process_time()
    assert len(results(value).verdicts) <= 51
    assert time.process_time() - began < 0.5


def test_domains_of_one_organisation_are_aligned_by_the_public_suffix_list() -> None:
    assert organisational("mail.sales.example.co.ir") == "example.co.ir"
    assert aligned("bounce.example.com", "EXAMPLE.com.")
    assert not aligned("example.co.ir", "other.co.ir")
    assert not aligned("a.github.io", "b.github.io")
    assert not aligned("", "")


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("dmarc=pass header.from=example.com", Standing.VOUCHED),
        ("dkim=pass header.d=mail.example.com", Standing.VOUCHED),
        ("dkim=pass header.i=@example.com", Standing.VOUCHED),
        ("spf=pass smtp.mailfrom=bounces@example.com", Standing.VOUCHED),
        ("dkim=pass header.d=esp.example.net; spf=pass smtp.mailfrom=esp.example.net", Standing.UNPROVEN),
        ("dkim=pass header.d=example.com.attacker.example", Standing.UNPROVEN),
        ("spf=pass smtp.helo=example.com", Standing.UNPROVEN),
        ("dkim=none; spf=softfail smtp.mailfrom=example.com", Standing.UNPROVEN),
        ("dkim=fail header.d=example.com; dmarc=fail header.from=example.com", Standing.FORGED),
        ("dmarc=fail header.from=example.com; arc=pass", Standing.UNPROVEN),
        ("none", Standing.UNPROVEN),
    ],
)
def test_only_a_pass_that_is_about_the_senders_organisation_vouches(said: str, found: Standing) -> None:
    assert standing(f"Authentication-Results: {OURS}; {said}", BORDER) is found


def test_nothing_is_known_without_a_server_that_is_trusted() -> None:
    assert standing(PASS, BORDER, trusted=()) is Standing.UNKNOWN
    assert standing(PASS, BORDER, trusted=(GOOGLE,)) is Standing.UNKNOWN
    assert standing(PASS.replace("mx.example.ir", "evilmx.example.ir"), BORDER) is Standing.UNKNOWN
    assert standing(PASS.replace("mx.example.ir", "a.mx.example.ir"), BORDER) is Standing.VOUCHED
    assert standing(BORDER) is Standing.UNKNOWN


def test_what_stands_above_our_servers_counts_and_what_the_sender_wrote_below_does_not() -> None:
    fail = PASS.replace("dmarc=pass", "dmarc=fail")
    further = "Received: from laptop by out.example.com with ESMTPSA id 3; x"
    assert standing(PASS, LOCAL, BORDER) is Standing.VOUCHED
    assert standing(LOCAL, PASS, BORDER) is Standing.VOUCHED
    assert standing(LOCAL, BORDER, further, PASS) is Standing.UNKNOWN
    assert standing(LOCAL, fail, BORDER, PASS) is Standing.FORGED
    assert standing(LOCAL, fail, BORDER, further, PASS) is Standing.FORGED


def test_a_name_among_our_servers_counts_only_when_it_was_looked_up() -> None:
    greeting = "Received: from mx2.example.ir ({}) by store.example.ir with ESMTP id 1; x"
    known, claimed = greeting.format("mx2.example.ir [198.51.100.5]"), greeting.format("[198.51.100.5]")
    foreign = greeting.format("vps.attacker.example [198.51.100.5]")
    assert standing(known, known, PASS, BORDER) is Standing.VOUCHED
    assert standing(claimed, known, PASS, BORDER) is Standing.UNKNOWN
    assert standing(foreign, known, PASS, BORDER) is Standing.UNKNOWN


def test_a_server_that_writes_beneath_its_own_field_counts_there_once() -> None:
    border = "Received: from out.example.com (out.example.com. [192.0.2.7]) by mx.google.com with ESMTPS id x; x"
    hop = "Received: by 2002:a05:6a10:1 with SMTP id y; x"
    fail = f"Authentication-Results: {GOOGLE}; dkim=none; dmarc=fail header.from=example.com"
    forged = f"Authentication-Results: {GOOGLE}; dmarc=pass header.from=example.com"
    good = f"Authentication-Results: {GOOGLE}; dkim=pass header.i=@example.com"
    assert standing(hop, border, good, trusted=(GOOGLE,)) is Standing.VOUCHED
    assert standing(hop, border, fail, forged, trusted=(GOOGLE,)) is Standing.FORGED


def test_the_separate_fields_of_one_servers_filters_count_together() -> None:
    spf = f"Authentication-Results: {OURS}; spf=pass smtp.mailfrom=esp.example.net"
    dkim = f"Authentication-Results: {OURS}; dkim=pass header.d=example.com"
    assert standing(spf, dkim, BORDER) is Standing.VOUCHED


def test_exchange_online_is_known_without_its_name() -> None:
    hop = (
        "Received: from BN8NAM11FT064.eop-nam11.prod.protection.outlook.com (2603:10b6:408:e4::33) by "
        "BN9PR03CA0123.outlook.office365.com (2603:10b6:408:fd::8) with Microsoft SMTP Server id 15; x"
    )
    border = (
        "Received: from out.example.com (192.0.2.7) by BN8NAM11FT064.mail.protection.outlook.com (10.13.177.154) "
        "with Microsoft SMTP Server id 15; x"
    )
    said = "Authentication-Results: spf=none smtp.mailfrom=x.example; dmarc=none;compauth=pass reason=109"
    trusted = ("protection.outlook.com",)
    assert standing(hop, said, border, trusted=trusted) is Standing.VOUCHED
    assert standing(hop, border, "Received: from a by b with SMTP; x", said, trusted=trusted) is Standing.UNKNOWN
    assert standing(hop, said, border, trusted=(GOOGLE,)) is Standing.UNKNOWN
    internal = headers(hop, "X-MS-Exchange-Organization-AuthAs: Internal")
    assert at_home(internal, "example.com", trusted)
    assert not at_home(internal, "example.com", (GOOGLE,))


@pytest.mark.parametrize(
    ("received", "home"),
    [
        ((), True),
        (("by mail.example.ir (Postfix, from userid 33) id 1; x",), True),
        (
            ("from laptop (unknown [203.0.113.5]) (sender: sara) by mail.example.ir with ESMTPSA id 1; x",),
            True,
        ),
        (("from laptop (laptop.lan [192.168.1.7]) by mail.example.ir with ESMTP id 1; x",), True),
        (("from laptop (unknown [203.0.113.5]) by mail.example.ir with ESMTPS id 1; x",), False),
        (("from mail.example.ir (unknown [203.0.113.5]) by mail.example.ir with ESMTP id 1; x",), False),
        (("from [203.0.113.5] (helo=mail.example.ir) by mail.example.ir with esmtp (Exim 4.9) id 1; x",), False),
        (("from a (a.example.net [203.0.113.5]) by server12.hosting.example with ESMTPSA id 1; x",), False),
        (
            (
                "from mail.example.ir (unknown [203.0.113.5]) by mail.example.ir with ESMTP id 1; x",
                "from laptop by mail.example.ir with ESMTPSA id 2; x",
            ),
            False,
        ),
    ],
)
def test_a_colleagues_mail_is_known_by_where_it_was_given_in(received: tuple[str, ...], home: bool) -> None:
    found = at_home(headers("Subject: x", *(f"Received: {r}" for r in received)), "example.ir", (OURS,))
    assert bool(found) is home


def test_a_thousand_received_fields_take_no_time() -> None:
    many = headers(*[f"Received: {'from a (' * 200} by mx.example.ir with LMTP; x"] * 900)
    began = time.process_time()
    judged(many, "example.com", (OURS,))
    assert time.process_time() - began < 0.5
