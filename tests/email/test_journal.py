"""A port at which mail servers hand over mail: answered 250 only when it is durable."""

import asyncio
import smtplib
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ingest_email.channels import journal
from ingest_email.channels.journal import Settings
from ingest_email.journal import line
from mailing import CUSTOMER, certificate, mail
from making import ORGANISATION
from parts.loopback import free_port
from peyvand.errors import Unavailable
from peyvand.event import Direction
from peyvand.listen import Listener
from peyvand.publish import Reading
from peyvand.testing import MemoryBlobs, MemoryCursors, MemoryPublisher

US, THEM = "support@example.ir", "ali.rezaei@example.com"


@dataclass
class Office:
    """A connector that listens, and what it has brought."""

    listener: Listener
    publisher: MemoryPublisher
    cursors: MemoryCursors

    @property
    def settings(self) -> Settings:
        assert isinstance(self.listener.settings, Settings)
        return self.listener.settings

    @property
    def headers(self) -> list[dict[str, str]]:
        return [dict(r.delivery.headers) for r in self.publisher.readings]


@asynccontextmanager
async def office(**given: Any) -> AsyncIterator[Office]:
    """Let a connector listen for as long as the block runs."""
    settings = Settings.model_validate({"port": free_port(), "addresses": [US], "hostname": "peyvand.test", **given})
    publisher, cursors = MemoryPublisher(), MemoryCursors()
    listener = Listener("journal", journal.SOURCE, settings, ORGANISATION, publisher, cursors, MemoryBlobs())
    running = asyncio.create_task(listener.run())
    try:
        async with asyncio.timeout(10):
            while listener.trouble == "it has just been started":
                await asyncio.sleep(0)
        yield Office(listener, publisher, cursors)
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def client(at: Office, does: Callable[[smtplib.SMTP], Any], speaks: type[smtplib.SMTP] = smtplib.SMTP) -> Any:
    """Return what a mail server does on one connection."""

    def talk() -> Any:
        connection = speaks("127.0.0.1", at.settings.port, timeout=10)
        try:
            return does(connection)
        finally:
            connection.close()

    return await asyncio.to_thread(talk)


def sends(raw: bytes, *recipients: str) -> Callable[[smtplib.SMTP], Any]:
    return lambda connection: connection.sendmail(THEM, recipients or (US,), raw)


async def ends(writer: asyncio.StreamWriter) -> None:
    """Close a bare client's connection."""
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()


async def answers(at: Office, *commands: bytes) -> list[bytes]:
    """Return the first line of each answer that a bare client gets, the greeting first."""
    reader, writer = await asyncio.open_connection("127.0.0.1", at.settings.port)
    found = [await reader.readline()]
    for command in commands:
        writer.write(command)
        found.append(await asyncio.wait_for(reader.readline(), 10))
    await ends(writer)
    return found


async def test_a_mail_that_is_handed_over_is_durable_and_read_as_mail_is() -> None:
    async with office() as at:
        await client(at, sends(mail("سفارش", "سلام"), US, "archive@example.ir"))
    (event,) = at.publisher.events
    assert (event.channel, event.subject, event.text, event.direction) == ("email", "سفارش", "سلام", Direction.INBOUND)
    (headers,) = at.headers
    assert (headers["envelope-from"], headers["envelope-to"]) == (THEM, f"{US}, archive@example.ir")


async def test_several_mails_come_over_one_connection() -> None:
    async with office() as at:
        await client(at, lambda c: [c.sendmail(THEM, [US], mail(f"mail {n}")) for n in range(30)])
    assert [e.subject for e in at.publisher.events] == [f"mail {n}" for n in range(30)]


async def test_while_the_bus_is_away_the_sender_keeps_the_mail() -> None:
    async with office() as at:
        at.publisher.away = True
        with pytest.raises(smtplib.SMTPDataError) as refused:
            await client(at, sends(mail()))
        at.publisher.away = False
        await client(at, sends(mail()))
    assert (refused.value.smtp_code, refused.value.smtp_error[:5]) == (451, b"4.3.0")
    assert len(at.publisher.readings) == 1


async def test_a_mail_that_cannot_be_read_is_kept_and_answered_250() -> None:
    async with office() as at:
        await client(at, sends(b"no mail at all\r\n"))
    assert [bool(r.kept) for r in at.publisher.readings] == [True]


async def test_a_recipient_who_is_not_named_is_unknown() -> None:
    async with office(recipients=["journal@example.ir", "@mail.example.ir"]) as at:
        taken = await client(at, sends(mail(), "Journal@example.ir", "sara@mail.example.ir", US))
    assert {name: code for name, (code, _) in taken.items()} == {US: 550}
    assert at.headers[0]["envelope-to"] == "Journal@example.ir, sara@mail.example.ir"


async def test_a_mail_that_is_too_large_is_refused_for_ever_and_the_connection_goes_on() -> None:
    large = mail("large", "x" * 70 + "\n" + "y" * 200_000)

    def both(connection: smtplib.SMTP) -> int:
        connection.ehlo_or_helo_if_needed()
        connection.mail(THEM)  # without its SIZE, so that only the mail itself tells
        connection.rcpt(US)
        code, _ = connection.data(large)
        connection.sendmail(THEM, [US], mail("small"))
        return code

    async with office(max_message="100KiB") as at:
        assert await client(at, both) == 552
        with pytest.raises(smtplib.SMTPSenderRefused) as announced:
            await client(at, sends(large))
    assert announced.value.smtp_code == 552
    assert [e.subject for e in at.publisher.events] == ["small"]


async def test_lines_of_any_length_and_lines_that_begin_with_dots_arrive_as_they_were() -> None:
    raw = mail("dots").replace(b"\n", b"\r\n") + b".\r\n..\r\n.x\r\n" + b"z" * 300_000 + b"\r\nlast\r\n"
    async with office() as at:
        await client(at, sends(raw))
    assert at.publisher.readings[0].delivery.body_ref is not None
    assert list(at.listener.blobs.held.values()) == [raw]  # type: ignore[attr-defined]  # they are in memory


@pytest.mark.parametrize("end", [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r"])
async def test_only_the_protocols_own_end_ends_a_mail(end: bytes) -> None:
    smuggled = mail("one").replace(b"\n", b"\r\n") + end + b"MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\n"
    async with office() as at:
        said = await answers(
            at, b"HELO x\r\n", b"MAIL FROM:<a@b.example>\r\n", b"RCPT TO:<c@d.example>\r\n", b"DATA\r\n",
            smuggled + b".\r\n", b"NOOP\r\n",
        )  # fmt: skip
    assert [answer[:3] for answer in said] == [b"220", b"250", b"250", b"250", b"354", b"250", b"250"]
    whole = smuggled.replace(b"\r\n.", b"\r\n")  # a line's first dot is the protocol's
    assert [r.delivery.body for r in at.publisher.readings] == [whole]


async def test_a_client_that_does_not_wait_for_the_answer_to_data_is_sent_away() -> None:
    async with office() as at:
        said = await answers(
            at, b"HELO x\r\n", b"MAIL FROM:<a@b.example>\r\n", b"RCPT TO:<c@d.example>\r\n", b"DATA\r\nSubject: x\r\n"
        )
    assert said[-1].startswith(b"503")
    assert at.publisher.readings == []


async def test_lmtp_answers_each_recipient() -> None:
    async with office(protocol="lmtp", recipients=["a@example.ir", "b@example.ir"]) as at:
        reader, writer = await asyncio.open_connection("127.0.0.1", at.settings.port)
        for command in (b"LHLO x", b"MAIL FROM:<>", b"RCPT TO:<a@example.ir>", b"RCPT TO:<no@example.ir>",
                        b"RCPT TO:<b@example.ir>", b"DATA"):  # fmt: skip
            writer.write(command + b"\r\n")
        found = b""
        while b"\n354" not in found:
            found += await asyncio.wait_for(reader.readline(), 10)
        writer.write(mail("to two").replace(b"\n", b"\r\n") + b".\r\nNOOP\r\n")
        last = [(await asyncio.wait_for(reader.readline(), 10))[:10] for _ in range(3)]
        await ends(writer)
    assert found.count(b"550 5.1.1") == 1
    assert last == [b"250 2.6.0 ", b"250 2.6.0 ", b"250 OK\r\n"]
    assert "envelope-from" not in at.headers[0]


async def test_strangers_do_not_get_in() -> None:
    async with office(networks=["10.0.0.0/8"]) as at:
        assert (await answers(at))[0].startswith(b"554 5.7.1")


async def test_more_connections_than_may_be_are_sent_away_until_one_has_ended() -> None:
    async with office(most_connections=1) as at:
        first = await asyncio.open_connection("127.0.0.1", at.settings.port)
        await first[0].readline()
        assert (await answers(at))[0].startswith(b"421 4.7.0")
        first[1].write(b"QUIT\r\n")
        await first[0].read()
        await ends(first[1])
        await client(at, sends(mail()))
    assert len(at.publisher.readings) == 1


async def test_more_than_memory_holds_is_put_off() -> None:
    async with office(memory="1MiB", max_message="1MiB") as at:
        reader, writer = await asyncio.open_connection("127.0.0.1", at.settings.port)
        for command in (b"HELO x", b"MAIL FROM:<a@b.example>", b"RCPT TO:<c@d.example>", b"DATA"):
            await reader.readline()
            writer.write(command + b"\r\n")
        await reader.readline()
        writer.write(b"x" * 1_000_000)  # a mail that stays on its way
        await writer.drain()
        room_taken = await asyncio.wait_for(_until_refused(at), 10)
        await ends(writer)
        while at.listener.trouble or len(at.publisher.readings) == 0:
            with suppress(smtplib.SMTPDataError):
                await client(at, sends(mail("later")))
    assert room_taken == 452


async def _until_refused(at: Office) -> int:
    while True:
        try:
            await client(at, sends(mail("big", ("y" * 70 + "\n") * 5_000)))
        except smtplib.SMTPDataError as error:
            return error.smtp_code


async def test_starttls_is_spoken_and_can_be_required(tmp_path: Path) -> None:
    chain, key = certificate(tmp_path, "localhost")
    trusting = ssl.create_default_context(cafile=str(chain))
    trusting.check_hostname = False

    def secured(connection: smtplib.SMTP) -> None:
        connection.starttls(context=trusting)
        connection.sendmail(THEM, [US], mail("secret"))

    async with office(tls_certificate=chain, tls_key=key, require_tls=True) as at:
        with pytest.raises(smtplib.SMTPSenderRefused) as refused:
            await client(at, sends(mail("clear")))
        await client(at, secured)
        assert "AUTH" not in (await client(at, lambda c: (c.starttls(context=trusting), c.ehlo())[1]))[1].decode()
    assert refused.value.smtp_code == 530
    assert [e.subject for e in at.publisher.events] == ["secret"]


async def test_a_port_that_is_taken_is_told_and_waited_for() -> None:
    holder = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0)
    port = holder.sockets[0].getsockname()[1]
    async with office(port=port) as at:
        assert at.listener.trouble is not None
        assert f"port {port} on 127.0.0.1 cannot be listened on" in at.listener.trouble
        assert at.cursors.errors["journal"] == at.listener.trouble
        with pytest.raises(Unavailable, match="cannot be listened on"):
            await journal.check(at.settings)
    holder.close()


class Slow(MemoryPublisher):
    """Publishes when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.may = asyncio.Event(), asyncio.Event()

    async def publish(self, readings: Sequence[Reading]) -> None:
        self.asked.set()
        await self.may.wait()
        await super().publish(readings)


async def test_what_is_being_made_durable_at_the_end_is_answered_and_others_are_told_to_come_again() -> None:
    slow = Slow()
    async with office() as at:
        at.listener.publisher = slow
        waiting, writer = await asyncio.open_connection("127.0.0.1", at.settings.port)
        await waiting.readline()
        sending = asyncio.create_task(client(at, lambda c: (c.ehlo(), c.mail(THEM), c.rcpt(US), c.data(mail()))[-1]))
        await slow.asked.wait()
        told = asyncio.create_task(waiting.readline())
        told.add_done_callback(lambda _: slow.may.set())
    assert (await told).startswith(b"421 4.3.2")
    assert (await sending)[0] == 250
    assert len(slow.readings) == 1
    await ends(writer)


async def test_check_says_where_mail_is_taken(tmp_path: Path) -> None:
    chain, key = certificate(tmp_path, "localhost")
    settings = Settings(port=free_port(), tls_certificate=chain, tls_key=key)
    assert await journal.check(settings) == (
        f"ready to take mail by SMTP on 127.0.0.1, port {settings.port}, with STARTTLS"
    )
    async with office() as at:
        assert (await journal.check(at.settings)).startswith("Peyvand takes mail by SMTP")
    with pytest.raises(Unavailable, match="tls_certificate or tls_key cannot be used: No such file"):
        await journal.check(Settings(port=1, tls_certificate=tmp_path / "none.pem"))


async def test_a_mail_that_takes_too_long_ends_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "DATA_SECONDS", 0.05)
    async with office() as at:
        said = await answers(
            at, b"HELO x\r\n", b"MAIL FROM:<a@b.example>\r\n", b"RCPT TO:<c@d.example>\r\n", b"DATA\r\n", b"half\r\n"
        )
    assert said[-1].startswith(b"421 4.4.2")
    assert at.publisher.readings == []


async def test_nothing_of_a_mail_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    async with office(recipients=[US]) as at:
        await client(at, lambda c: (c.docmd("SECRETWORD"), c.sendmail(THEM, [US], mail("private"))))
    told = caplog.text
    assert "SECRETWORD" not in told
    assert CUSTOMER not in told
    assert THEM not in told
