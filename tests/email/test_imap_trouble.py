"""Servers that misbehave: a mail that cannot be had stops nothing, and a server that is ill is left alone."""

import itertools
import re
import ssl
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import ExitStack, aclosing
from pathlib import Path
from typing import cast

import pytest

from conftest import not_run
from ingest_email.channels import imap
from ingest_email.imap import idle
from ingest_email.imap.settings import Settings
from mailing import ASK, Between, Reader, certificate, fetches_body, ids, mail, reading, settings
from parts.dovecot import Dovecot
from parts.dovecot import dovecot as dovecot_with
from parts.missing import Missing
from peyvand.errors import SignInFailed, Unavailable
from peyvand.source import Batch

pytestmark = pytest.mark.real

Fault = Callable[[bytes], bytes | None]


def filled(dovecot: Dovecot, count: int = 5) -> tuple[str, str]:
    """Return a mailbox with mails."""
    account = dovecot.user("support")
    for number in range(1, count + 1):
        dovecot.deliver("support", "INBOX", mail(f"شماره {number}", Message_ID=f"<{number}@example.com>"))
    return account


def answering(wanted: Callable[[bytes], bool], answer: bytes) -> Fault:
    return lambda line: answer if wanted(line) else None


def fetched(account: Settings) -> AsyncGenerator[Batch, None]:
    return cast("AsyncGenerator[Batch, None]", imap.SOURCE.fetch(account, None))


async def kept_alone(server: Between, account: tuple[str, str]) -> str:
    """Return why the one mail of five that cannot be had is kept, once all are through."""
    async with server.listening(), reading(Reader(settings(server, account))) as reader:
        await reader.has(5)
    assert len(reader.events) == 4
    (kept,) = [r for r in reader.readings if r.kept]
    assert kept.delivery.url.endswith("/;UID=3")
    assert reader.notes.cursors["support"]["folders"]["INBOX"]["uid"] == 5
    return kept.kept or ""


async def test_a_mail_that_the_server_refuses_is_kept_and_the_others_arrive(dovecot: Dovecot) -> None:
    fault = answering(lambda line: fetches_body(line, 3), b"TAG NO [SERVERBUG] Internal error occurred.\r\n")
    assert "SERVERBUG" in await kept_alone(Between(dovecot, fault), filled(dovecot))


async def test_a_mail_at_which_the_server_falls_dead_is_kept_and_the_others_arrive(dovecot: Dovecot) -> None:
    fault = answering(lambda line: fetches_body(line, 3), b"")
    assert "ends the connection" in await kept_alone(Between(dovecot, fault), filled(dovecot))


async def test_a_mail_that_is_silently_left_out_is_kept(dovecot: Dovecot) -> None:
    fault = answering(lambda line: fetches_body(line, 3), b"TAG OK Fetch completed.\r\n")
    server = Between(dovecot, fault)
    assert "does not hand it over" in await kept_alone(server, filled(dovecot))


async def test_a_connection_that_ends_once_by_chance_costs_no_mail(dovecot: Dovecot) -> None:
    faults = iter([b""])
    server = Between(dovecot, lambda line: next(faults, None) if fetches_body(line, 3) else None)
    account = filled(dovecot)
    async with server.listening(), reading(Reader(settings(server, account))) as reader:
        await reader.has(5)
    assert len(reader.events) == 5


async def test_a_server_that_falls_dead_at_every_mail_is_ill_and_nothing_is_given_up(dovecot: Dovecot) -> None:
    server = Between(dovecot, answering(lambda line: b"BODY.PEEK[]" in line, b""))
    account = filled(dovecot)
    async with server.listening(), reading(Reader(settings(server, account))) as reader:
        await reader.until(lambda: reader.notes.complaints, "a complaint")
    assert "closed the connection" in reader.notes.complaints[0]
    assert reader.readings == []


async def test_throttling_is_obeyed_and_blames_no_mail(dovecot: Dovecot) -> None:
    said = b"TAG NO Request is throttled. Suggested Backoff Time: 42000 milliseconds\r\n"
    server = Between(dovecot, answering(lambda line: b"BODY.PEEK[]" in line, said))
    async with server.listening(), aclosing(fetched(settings(server, filled(dovecot)))) as batches:
        with pytest.raises(Unavailable, match="wait 43 s") as raised:
            await anext(batches)
    assert raised.value.retry_after == 43


@pytest.mark.parametrize(
    ("said", "error", "words"),
    [
        (b"[UNAVAILABLE] Temporary authentication failure", Unavailable, "not now"),
        (b"[LIMIT] Too many simultaneous connections", Unavailable, "not now"),
        (b"[ALERT] Application-specific password required", SignInFailed, "wants an app password"),
        (b"[AUTHENTICATIONFAILED] Authentication failed.", SignInFailed, "check username and password"),
        (b"[EXPIRED] That password is not good any more", SignInFailed, "the password has expired"),
        (b"User is authenticated but not connected.", Unavailable, "not now"),
    ],
)
async def test_a_refused_sign_in_is_told_from_a_busy_server(
    dovecot: Dovecot, said: bytes, error: type[Exception], words: str
) -> None:
    server = Between(dovecot, answering(lambda line: b" LOGIN " in line.upper(), b"TAG NO " + said + b"\r\n"))
    async with server.listening():
        with pytest.raises(error, match=words):
            await imap.check(settings(server, dovecot.user("support")))


async def test_mails_are_asked_for_by_lists_of_uids_and_never_marked(dovecot: Dovecot) -> None:
    server, account = Between(dovecot, lambda _line: None), filled(dovecot)
    async with server.listening(), reading(Reader(settings(server, account))) as reader:
        await reader.has(5)
    asked = [line.partition(b" ")[2] for line in server.asked]  # the "DONE" that ends a wait has no tag
    fetches = [line for line in asked if line.startswith(b"UID FETCH")]
    assert fetches[:2] == [
        b"UID FETCH 1:5 (RFC822.SIZE INTERNALDATE)\r\n",
        b"UID FETCH 1:5 (BODY.PEEK[])\r\n",
    ]
    assert {*fetches[2:]} <= {b"UID FETCH * (UID)\r\n"}
    assert not [line for line in asked if line.startswith((b"SELECT", b"STORE", b"UID STORE"))]


async def test_news_told_before_the_wait_begins_is_not_overlooked(dovecot: Dovecot) -> None:
    account = dovecot.user("support")
    rounds: list[str] = []

    def told_with_an_answer(line: bytes) -> bytes | None:
        if b" UID FETCH * " not in line or rounds:
            return None
        rounds.append("told")  # the mail comes after this question, and its EXISTS with the answer
        dovecot.deliver("support", "INBOX", mail("در آخرین لحظه"))
        return ASK + b"TAG NOOP\r\n"

    server = Between(dovecot, told_with_an_answer)
    async with server.listening(), reading(Reader(settings(server, account, poll_seconds=3600))) as reader:
        await reader.has(1, seconds=5)
    assert reader.subjects == ["در آخرین لحظه"]


async def test_a_line_that_is_closed_without_a_word_while_waiting_is_noticed(dovecot: Dovecot) -> None:
    server, account = Between(dovecot, lambda _line: None), dovecot.user("support")
    async with server.listening(), reading(Reader(settings(server, account, poll_seconds=3600))) as reader:
        await reader.until(lambda: any(b"IDLE" in line for line in server.asked), "the wait")
        server.hang_up()
        await reader.until(lambda: reader.notes.complaints, "a complaint", seconds=3)
        dovecot.deliver("support", "INBOX", mail("پس از قطع"))
        await reader.has(1)
    assert "closed the connection" in reader.notes.complaints[0]


async def test_without_idle_the_mailbox_is_polled(dovecot: Dovecot) -> None:
    server, account = Between(dovecot, lambda _line: None), dovecot.user("support")
    async with (
        server.listening(),
        reading(Reader(settings(server, account, idle=False, poll_seconds=1))) as reader,
    ):
        await reader.until(lambda: reader.notes.polls, "the first poll")
        dovecot.deliver("support", "INBOX", mail("تازه"))
        await reader.has(1)
    assert not [line for line in server.asked if b"IDLE" in line]


async def test_the_wait_begins_anew_before_routers_forget_the_line(
    dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert idle.LONGEST == 9 * 60
    monkeypatch.setattr(idle, "LONGEST", 0.1)
    server, account = Between(dovecot, lambda _line: None), dovecot.user("support")
    async with server.listening(), reading(Reader(settings(server, account, poll_seconds=3600))) as reader:
        await reader.until(lambda: len([line for line in server.asked if b"IDLE" in line]) >= 3, "three waits")


async def test_a_line_that_ends_within_a_mail_costs_no_mail_and_blames_none(dovecot: Dovecot) -> None:
    account = dovecot.user("support")
    dovecot.fill("support", "INBOX", (mail(f"شماره {n}", Message_ID=f"<{n}@example.com>") for n in range(450)))
    heard = itertools.count()

    def cut_once(said: bytes) -> bytes:
        return b"" if b"BODY[] {" in said and next(heard) == 1 else said

    server = Between(dovecot, lambda _line: None, cut_once)
    async with server.listening(), reading(Reader(settings(server, account, poll_seconds=1))) as reader:
        await reader.has(450)
        await reader.rests()
    assert len({e.subject for e in reader.events}) == len(reader.readings) == 450
    assert next(heard) > 2


async def test_a_server_killed_while_it_hands_over_costs_no_mail(dovecot: Dovecot) -> None:
    account = dovecot.user("support")
    dovecot.fill("support", "INBOX", (mail(f"شماره {n}", Message_ID=f"<{n}@example.com>") for n in range(450)))
    killed: list[bool] = []

    def kill_once(line: bytes) -> None:
        if b"BODY.PEEK[]" in line and not killed:
            killed.append(True)
            dovecot.kill_sessions()

    server = Between(dovecot, kill_once)
    async with server.listening(), reading(Reader(settings(server, account, poll_seconds=1))) as reader:
        await reader.until(lambda: len({e.subject for e in reader.events}) == 450, "all mails")
        await reader.rests()
    assert [r for r in reader.readings if r.kept] == []


async def test_a_mail_that_could_not_be_had_is_asked_for_again_and_takes_the_place_of_its_failure(
    dovecot: Dovecot,
) -> None:
    ill = Between(dovecot, answering(lambda line: fetches_body(line, 3), b"TAG NO [SERVERBUG] Internal error.\r\n"))
    account = filled(dovecot)
    async with ill.listening(), reading(Reader(settings(ill, account))) as before:
        await before.has(5)
        (kept,) = [r for r in before.readings if r.kept]
        held = before.notes.cursors["support"]["folders"]["INBOX"]["held"]
        assert list(held) == ["3"]
        assert time.time() + 23 * 3600 < held["3"] < time.time() + 25 * 3600
    held["3"] = 0  # a day later
    async with ill.listening(), reading(Reader(settings(ill, account, poll_seconds=1), notes=before.notes)) as still:
        await still.rests()
        assert still.readings == []  # it was told of already
    before.notes.cursors["support"]["folders"]["INBOX"]["held"]["3"] = 0
    async with reading(Reader(settings(dovecot, account), notes=before.notes)) as after:
        await after.has(1)
    assert after.readings[0].delivery.url.replace(f":{dovecot.port}", "") == kept.delivery.url
    assert after.readings[0].delivery.id == kept.delivery.id
    assert {*before.subjects, *after.subjects} == {f"شماره {n}" for n in range(1, 6)}
    assert "held" not in after.notes.cursors["support"]["folders"]["INBOX"]


async def test_a_server_without_valid_uids_is_read_again_from_two_days_back_in_each_session(dovecot: Dovecot) -> None:
    account = filled(dovecot)
    server = Between(dovecot, lambda _line: None, lambda said: re.sub(rb"UIDVALIDITY \d+", b"UIDVALIDITY 0", said))
    async with server.listening():
        async with reading(Reader(settings(server, account, poll_seconds=1))) as first:
            await first.has(5)
            await first.rests()
            dovecot.deliver("support", "INBOX", mail("در همان نشست"))
            await first.has(6)
            await first.rests()
        server.asked.clear()
        async with reading(Reader(settings(server, account, poll_seconds=1), notes=first.notes)) as second:
            await second.has(6)
            await second.rests()
    assert len(first.readings) == len(second.readings) == 6
    assert ids(first.events) == ids(second.events)
    assert any(b" SINCE " in line for line in server.asked)


async def test_a_server_that_does_not_say_the_next_uid_is_read_all_the_same(dovecot: Dovecot) -> None:
    account = filled(dovecot)
    server = Between(
        dovecot, lambda _line: None, lambda said: re.sub(rb"\* OK \[UIDNEXT[^\n]*\n| UIDNEXT \d+", b"", said)
    )
    async with server.listening(), reading(Reader(settings(server, account, poll_seconds=1))) as reader:
        await reader.has(5)
        dovecot.deliver("support", "INBOX", mail("تازه"))
        await reader.has(6)
        await reader.rests()
    assert len(reader.readings) == 6


async def test_a_server_that_says_a_wrong_next_uid_is_not_read_again_and_again(dovecot: Dovecot) -> None:
    account = filled(dovecot)
    server = Between(dovecot, lambda _line: None, lambda said: re.sub(rb"UIDNEXT \d+", b"UIDNEXT 2", said))
    async with server.listening():
        async with reading(Reader(settings(server, account, poll_seconds=1))) as first:
            await first.has(5)
            await first.rests()
        async with reading(Reader(settings(server, account, poll_seconds=1), notes=first.notes)) as second:
            await second.rests()
    assert second.readings == []


async def test_a_server_that_offers_to_compress_is_not_asked_to() -> None:
    with ExitStack() as stack:
        try:
            compressing = stack.enter_context(dovecot_with("protocol imap {\n  mail_plugins = imap_zlib\n}\n"))
        except Missing as missing:
            not_run(missing)
        account = filled(compressing)
        offered: list[bytes] = []
        server = Between(compressing, lambda _line: None, lambda said: offered.append(said) or said)  # type: ignore[func-returns-value]
        async with server.listening(), reading(Reader(settings(server, account))) as reader:
            await reader.has(5)
    assert b"COMPRESS=DEFLATE" in b"".join(offered)
    assert not [line for line in server.asked if b"COMPRESS" in line]


async def test_a_server_that_sends_more_than_it_said_is_not_believed(dovecot: Dovecot) -> None:
    account = filled(dovecot, 1)
    large = b"* 1 FETCH (UID 1 BODY[] {900000000}\r\n" + b"x" * 100_000
    server = Between(dovecot, answering(lambda line: b"BODY.PEEK[]" in line, large))
    async with server.listening(), reading(Reader(settings(server, account, poll_seconds=1))) as reader:
        await reader.has(1)
    assert "ends the connection" in (reader.readings[0].kept or "")


async def test_over_tls_mail_is_read_watched_and_a_dead_line_noticed(dovecot: Dovecot, tmp_path: Path) -> None:
    account = dovecot.user("support")
    own, key = certificate(tmp_path, "localhost")
    server = Between(dovecot, lambda _line: None)
    tls = {"tls": "implicit", "host": "localhost", "ca_file": str(own), "poll_seconds": 3600}
    async with (
        server.listening(_served(own, key)),
        reading(Reader(settings(server, account, **tls))) as reader,
    ):
        await reader.until(lambda: reader.notes.polls, "the first poll")
        dovecot.deliver("support", "INBOX", mail("رمزشده"))
        await reader.has(1, seconds=5)
        dovecot.kill_sessions()
        dovecot.deliver("support", "INBOX", mail("پس از قطع"))
        await reader.has(2)
    assert reader.subjects == ["رمزشده", "پس از قطع"]


async def test_a_certificate_of_another_host_or_authority_is_refused_before_the_password(
    dovecot: Dovecot, tmp_path: Path
) -> None:
    account = dovecot.user("support")
    own, key = certificate(tmp_path, "mail.example.org")
    server = Between(dovecot, lambda _line: None)
    async with server.listening(_served(own, key)):
        for more in ({"ca_file": str(own)}, {}):
            with pytest.raises(Unavailable, match=r"certificate of localhost:.* is not valid"):
                await imap.check(settings(server, account, host="localhost", tls="implicit", **more))
    assert server.asked == []


async def test_a_server_without_tls_is_named_as_that(dovecot: Dovecot) -> None:
    with pytest.raises(Unavailable, match="check tls and port"):
        await imap.check(settings(dovecot, dovecot.user("support"), tls="implicit"))


def _served(own: Path, key: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own, key)
    return context
