"""A mailbox on a real server (Dovecot): each mail once, whatever happens to the connection."""

import asyncio
import time

import pytest

from ingest_email.channels import imap
from mailing import Notes, Reader, flags, ids, mail, reading, settings
from parts.dovecot import Dovecot
from peyvand.errors import SignInFailed, Unavailable
from peyvand.event import Direction

pytestmark = pytest.mark.real


async def test_inbox_is_inbound_and_sent_is_outbound(dovecot: Dovecot) -> None:
    account = dovecot.user("support")
    dovecot.deliver("support", "INBOX", mail("قیمت پمپ"))
    dovecot.deliver("support", "Sent", mail("پاسخ", From="support@example.ir", To="ali.rezaei@example.com"))
    async with reading(Reader(settings(dovecot, account))) as reader:
        await reader.has(2)
    assert {e.subject: e.direction for e in reader.events} == {
        "قیمت پمپ": Direction.INBOUND,
        "پاسخ": Direction.OUTBOUND,
    }


async def test_reading_marks_nothing_as_read(dovecot: Dovecot) -> None:
    account = dovecot.user("support")
    dovecot.deliver("support", "INBOX", mail("یک"))
    dovecot.deliver("support", "INBOX", mail("بزرگ", text="کلمه " * 60_000))
    async with reading(Reader(settings(dovecot, account, max_message="64KiB"))) as reader:
        await reader.has(2)
    assert [b"\\Seen" in one for one in flags(dovecot, account)] == [False, False]


async def test_a_restart_goes_on_from_the_cursor_and_repeats_nothing(dovecot: Dovecot) -> None:
    account = dovecot.user("support")
    dovecot.deliver("support", "INBOX", mail("پیش از توقف"))
    async with reading(Reader(settings(dovecot, account))) as first:
        await first.has(1)
    dovecot.deliver("support", "INBOX", mail("در هنگام توقف"))
    async with reading(Reader(settings(dovecot, account, poll_seconds=1), notes=first.notes)) as second:
        await second.has(1)
        await second.rests()
    assert second.subjects == ["در هنگام توقف"]


async def test_a_new_mail_is_seen_within_five_seconds_without_polling(dovecot: Dovecot) -> None:
    account = dovecot.user("support")
    async with reading(Reader(settings(dovecot, account, poll_seconds=3600))) as reader:
        await reader.until(lambda: reader.notes.polls, "the first poll")
        began = time.monotonic()
        dovecot.deliver("support", "INBOX", mail("تازه"))
        await reader.has(1, seconds=5)
    assert time.monotonic() - began < 5
    assert reader.subjects == ["تازه"]


async def test_sent_mail_is_found_by_the_poll_while_the_inbox_is_watched(dovecot: Dovecot) -> None:
    account = dovecot.user("support")
    async with reading(Reader(settings(dovecot, account, poll_seconds=1))) as reader:
        await reader.until(lambda: reader.notes.polls, "the first poll")
        dovecot.deliver("support", "Sent", mail("پاسخ", From="support@example.ir", To="ali.rezaei@example.com"))
        await reader.has(1)
    assert reader.events[0].direction is Direction.OUTBOUND


async def test_a_session_killed_while_waiting_is_noticed_and_nothing_is_lost(dovecot: Dovecot) -> None:
    account = dovecot.user("support")
    dovecot.deliver("support", "INBOX", mail("پیش"))
    async with reading(Reader(settings(dovecot, account, poll_seconds=3600))) as reader:
        await reader.has(1)
        await asyncio.to_thread(dovecot.kill_sessions)
        dovecot.deliver("support", "INBOX", mail("پس"))
        await reader.has(2)
    assert reader.subjects == ["پیش", "پس"]
    assert any("closed the connection" in said for said in reader.notes.complaints)


async def test_a_server_that_is_away_is_said_in_plain_words_and_waited_for(dovecot: Dovecot) -> None:
    account = dovecot.user("support")
    dovecot.deliver("support", "INBOX", mail("سلام"))
    dovecot.stop()
    async with reading(Reader(settings(dovecot, account))) as reader:
        await reader.until(lambda: reader.notes.complaints, "a complaint")
        assert "nothing listens" in reader.notes.complaints[0]
        await asyncio.to_thread(dovecot.start)
        await reader.has(1)
    assert reader.subjects == ["سلام"]


async def test_a_changed_uidvalidity_gives_the_same_events_again(dovecot: Dovecot) -> None:
    account = dovecot.user("support")
    for subject in ("یک", "دو", "سه"):
        dovecot.deliver("support", "INBOX", mail(subject))
    async with reading(Reader(settings(dovecot, account))) as before:
        await before.has(3)
    dovecot.renew_uidvalidity("support", "INBOX")
    async with reading(Reader(settings(dovecot, account, poll_seconds=1), notes=before.notes)) as after:
        await after.has(3)
        await after.rests()
    assert ids(after.events) == ids(before.events)


async def test_a_wrong_password_is_said_in_plain_words(dovecot: Dovecot) -> None:
    name, _ = dovecot.user("support")
    with pytest.raises(
        SignInFailed, match=r"refused the sign-in of support: check username and password.*app password"
    ):
        await imap.check(settings(dovecot, (name, "wrong")))
    async with reading(Reader(settings(dovecot, (name, "wrong")))) as reader:
        await reader.until(lambda: reader.notes.complaints, "a complaint")
    assert "check username and password" in reader.notes.complaints[0]


async def test_check_counts_what_is_there(dovecot: Dovecot) -> None:
    account = dovecot.user("support")
    dovecot.deliver("support", "INBOX", mail("یک"))
    assert await imap.check(settings(dovecot, account)) == (
        "signed in as support; INBOX has 1 messages; Sent (sent mail) has 0 messages"
    )


async def test_check_names_a_folder_that_is_not_there(dovecot: Dovecot) -> None:
    account = dovecot.user("support")
    with pytest.raises(
        Unavailable, match="no folder 'Archive' in this mailbox; it has Drafts, INBOX, Junk, Sent, Trash"
    ):
        await imap.check(settings(dovecot, account, folders=["Archive"]))


async def test_a_mail_that_cannot_be_read_is_kept_and_the_next_one_arrives(dovecot: Dovecot) -> None:
    account = dovecot.user("support")
    dovecot.deliver("support", "INBOX", b"\n\nthese bytes are no mail\n")
    async with reading(Reader(settings(dovecot, account))) as reader:
        await reader.has(1)
        dovecot.deliver("support", "INBOX", mail("بعدی"))
        await reader.has(2)
    assert [bool(r.kept) for r in reader.readings] == [True, False]
    assert reader.subjects == ["بعدی"]


async def test_five_mailboxes_are_read_side_by_side(dovecot: Dovecot) -> None:
    readers = []
    for number in range(5):
        account = dovecot.user(f"box{number}")
        dovecot.deliver(account[0], "INBOX", mail(f"نامه {number}"))
        readers.append(Reader(settings(dovecot, account), f"box{number}"))
    running = [asyncio.create_task(r.pull.run()) for r in readers]
    for reader in readers:
        await reader.has(1)
    for number in range(5):
        dovecot.deliver(f"box{number}", "INBOX", mail(f"دوم {number}"))
    for reader in readers:
        await reader.has(2, seconds=5)
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    assert [r.subjects for r in readers] == [[f"نامه {n}", f"دوم {n}"] for n in range(5)]


async def test_one_mail_in_three_mailboxes_is_one_interaction_seen_three_times(dovecot: Dovecot) -> None:
    events = []
    for name in ("support", "sales", "info"):
        account = dovecot.user(name)
        copy = b"Received: from mx by %b; Sun, 04 Oct 2026 08:30:05 +0000\n" % name.encode() + mail("به همه")
        dovecot.deliver(name, "INBOX", copy)
        async with reading(Reader(settings(dovecot, account), name)) as reader:
            await reader.has(1)
        events += reader.events
    assert len({e.interaction_id for e in events}) == 1
    assert len({e.event_id for e in events}) == 3


async def test_two_mails_with_one_message_id_are_two_interactions(dovecot: Dovecot) -> None:
    account = dovecot.user("support")
    dovecot.deliver("support", "INBOX", mail("فاکتور ۱۰۱", Message_ID="<always-the-same@shop.example.com>"))
    dovecot.deliver("support", "INBOX", mail("فاکتور ۱۰۲", Message_ID="<always-the-same@shop.example.com>"))
    async with reading(Reader(settings(dovecot, account))) as reader:
        await reader.has(2)
    assert len({e.interaction_id for e in reader.events}) == 2
    assert {e.message_key for e in reader.events} == {"always-the-same@shop.example.com"}


async def test_mails_without_message_id_are_told_apart_and_known_again(dovecot: Dovecot) -> None:
    account = dovecot.user("support")
    for text in ("اول", "دوم"):
        dovecot.deliver("support", "INBOX", mail("از فرم سایت", text=text, Message_ID=None))
    async with reading(Reader(settings(dovecot, account))) as reader:
        await reader.has(2)
    async with reading(Reader(settings(dovecot, account))) as again:
        await again.has(2)
    assert len(set(ids(reader.events))) == 2
    assert ids(again.events) == ids(reader.events)


async def test_a_huge_mail_is_read_from_its_beginning_only(dovecot: Dovecot) -> None:
    account = dovecot.user("support")
    dovecot.deliver("support", "INBOX", mail("کوچک"))
    dovecot.deliver("support", "INBOX", mail("بزرگ", text="واژه‌ها " * 100_000))
    dovecot.deliver("support", "INBOX", mail("بعدی"))
    async with reading(Reader(settings(dovecot, account, max_message="64KiB"))) as reader:
        await reader.has(3)
    assert set(reader.subjects) == {"کوچک", "بزرگ", "بعدی"}
    huge = next(e for e in reader.events if e.subject == "بزرگ")
    assert "partial" in [f.name for f in huge.flags]
    assert huge.text is not None
    assert huge.text.startswith("واژه‌ها واژه‌ها")
    assert next(len(r.delivery.body) for r in reader.readings if huge in r.events) < 330_000


async def test_mail_from_before_the_wanted_day_is_left_alone(dovecot: Dovecot) -> None:
    account = dovecot.user("support")
    dovecot.deliver("support", "INBOX", mail("امروز رسید"))
    async with reading(Reader(settings(dovecot, account, since="2100-01-01", poll_seconds=1))) as reader:
        await reader.rests()
    assert reader.events == []


async def test_thousands_of_mails_come_in_batches_and_each_once(dovecot: Dovecot) -> None:
    account = dovecot.user("support")
    for number in range(450):
        dovecot.deliver("support", "INBOX", mail(f"شماره {number}", Message_ID=f"<{number}@example.com>"))
    async with reading(Reader(settings(dovecot, account))) as reader:
        await reader.has(450, seconds=30)
    assert len({e.interaction_id for e in reader.events}) == 450
    assert reader.notes.cursors["support"]["folders"]["INBOX"]["uid"] == 450


async def test_stopping_while_waiting_takes_no_time_and_ends_the_session(dovecot: Dovecot) -> None:
    account = dovecot.user("support")
    async with reading(Reader(settings(dovecot, account, poll_seconds=3600))) as reader:
        await reader.until(lambda: reader.notes.polls, "the first poll")
        began = time.monotonic()
    assert time.monotonic() - began < 1
    assert isinstance(reader.notes, Notes)
    await reader.until(lambda: not dovecot._sessions(), "the end of the session", seconds=5)
