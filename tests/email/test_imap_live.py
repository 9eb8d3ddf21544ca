"""A mailbox on a real server (Dovecot): each mail once, whatever happens to the connection."""

import asyncio
import itertools
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack

import pytest
from imapclient import IMAPClient

from ingest_email.channels import imap
from mailing import Between, Notes, Reader, flags, ids, mail, reading, settings
from parts.dovecot import Dovecot
from peyvand.errors import SignInFailed, Unavailable
from peyvand.event import Direction

pytestmark = pytest.mark.real


def numbered(count: int) -> Iterator[bytes]:
    return (mail(f"شماره {n}", Message_ID=f"<{n}@example.com>") for n in range(count))


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


async def test_twenty_mailboxes_are_read_side_by_side(dovecot: Dovecot) -> None:
    readers = []
    for number in range(20):
        account = dovecot.user(f"box{number}")
        dovecot.deliver(account[0], "INBOX", mail(f"نامه {number}"))
        readers.append(Reader(settings(dovecot, account), f"box{number}"))
    async with AsyncExitStack() as stack:
        for reader in readers:
            await stack.enter_async_context(reading(reader))
        for reader in readers:
            await reader.has(1)
        for number in range(20):
            dovecot.deliver(f"box{number}", "INBOX", mail(f"دوم {number}"))
        for reader in readers:
            await reader.has(2)
    assert [r.subjects for r in readers] == [[f"نامه {n}", f"دوم {n}"] for n in range(20)]


async def test_mailboxes_beyond_what_a_host_gives_take_turns_and_miss_nothing(dovecot: Dovecot) -> None:
    server = Between(dovecot, lambda _line: None)
    names = [f"box{number}" for number in range(5)]
    accounts = [dovecot.user(name) for name in names]
    async with server.listening(), AsyncExitStack() as stack:
        usual = {"connections": 2, "poll_seconds": 1}
        readers = [Reader(settings(server, a, **usual), n) for a, n in zip(accounts, names, strict=True)]
        for reader in readers:
            await stack.enter_async_context(reading(reader))
        for name in names:
            dovecot.deliver(name, "INBOX", mail(f"برای {name}"))
        for reader in readers:
            await reader.has(1)
    assert server.most_open == 2
    assert [r.subjects for r in readers] == [[f"برای {name}"] for name in names]


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


async def test_mail_from_before_the_wanted_day_is_left_alone(dovecot: Dovecot) -> None:
    account = dovecot.user("support")
    dovecot.deliver("support", "INBOX", mail("امروز رسید"))
    async with reading(Reader(settings(dovecot, account, since="2100-01-01", poll_seconds=1))) as reader:
        await reader.rests()
    assert reader.events == []


async def test_what_came_during_a_long_outage_comes_once_each_and_the_newest_first(dovecot: Dovecot) -> None:
    account = dovecot.user("support")
    dovecot.deliver("support", "INBOX", mail("پیش از قطع"))
    async with reading(Reader(settings(dovecot, account))) as before:
        await before.has(1)
    dovecot.fill("support", "INBOX", numbered(1000))
    async with reading(Reader(settings(dovecot, account, poll_seconds=1), notes=before.notes)) as after:
        await after.has(1000)
        await after.rests()
    assert len(after.subjects) == len({e.interaction_id for e in after.events}) == 1000
    assert after.notes.cursors["support"]["folders"]["INBOX"] == before.notes.cursors["support"]["folders"]["INBOX"] | {
        "uid": 1001
    }
    first = [int(r.delivery.url.rpartition("=")[2]) for r in after.readings[:200]]
    assert first == [*range(802, 1002)]


async def test_a_restart_in_the_middle_of_a_large_mailbox_repeats_no_more_than_a_batch(dovecot: Dovecot) -> None:
    account = dovecot.user("support")
    dovecot.fill("support", "INBOX", numbered(700))
    async with reading(Reader(settings(dovecot, account))) as first:
        await first.has(200)
    async with reading(Reader(settings(dovecot, account, poll_seconds=1), notes=first.notes)) as second:
        await second.until(lambda: second.notes.polls > 5 and second.notes.polls, "some polls")
        await second.rests()
    subjects = [*first.subjects, *second.subjects]
    assert len(set(subjects)) == 700
    assert len(subjects) <= 900


async def test_new_mail_does_not_wait_for_a_mailbox_of_old_mail(
    dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest_email.imap.visit.TURN_SECONDS", 0.0)
    account, asked = dovecot.user("support"), itertools.count()
    dovecot.fill("support", "INBOX", numbered(1000))

    def mail_comes_meanwhile(line: bytes) -> None:
        if b"BODY.PEEK[]" in line and next(asked) == 1:
            dovecot.deliver("support", "INBOX", mail("همین حالا"))

    server = Between(dovecot, mail_comes_meanwhile)
    async with server.listening(), reading(Reader(settings(server, account, poll_seconds=1))) as reader:
        await reader.has(1001)
    assert reader.subjects.index("همین حالا") < 700


async def test_mail_that_was_read_elsewhere_is_read_here_too(dovecot: Dovecot) -> None:
    account = dovecot.user("support")
    dovecot.deliver("support", "INBOX", mail("خوانده شده"))
    other = IMAPClient(dovecot.host, dovecot.port, ssl=False, timeout=10)
    try:
        other.login(*account)
        other.select_folder("INBOX")
        other.set_flags([1], [b"\\Seen", b"\\Flagged"])
    finally:
        other.shutdown()
    async with reading(Reader(settings(dovecot, account))) as reader:
        await reader.has(1)
    assert reader.subjects == ["خوانده شده"]


async def test_archived_mail_is_read_and_drafts_trash_and_junk_are_not(dovecot: Dovecot) -> None:
    account = dovecot.user("support")
    for folder in ("Archive", "Drafts", "Trash", "Junk", "INBOX"):
        dovecot.deliver("support", folder, mail(folder))
    async with reading(Reader(settings(dovecot, account, poll_seconds=1))) as reader:
        await reader.has(2)
        await reader.rests()
    assert set(reader.subjects) == {"Archive", "INBOX"}
    assert {r.delivery.headers["special-use"] for r in reader.readings} == {"", "\\Archive"}


async def test_folders_are_asked_for_by_a_pattern(dovecot: Dovecot) -> None:
    account = dovecot.user("support")
    for folder in ("Clients", "Clients/North", "Clients/South", "Other", "Trash"):
        dovecot.deliver("support", folder, mail(folder))
    async with reading(Reader(settings(dovecot, account, folders=["Clients*"], poll_seconds=1))) as reader:
        await reader.has(3)
        await reader.rests()
    assert set(reader.subjects) == {"Clients", "Clients/North", "Clients/South"}


async def test_a_folder_that_is_missing_is_said_and_the_others_are_read_and_watched(dovecot: Dovecot) -> None:
    account = dovecot.user("support")
    dovecot.deliver("support", "INBOX", mail("یک"))
    wanted = {"folders": ["INBOX", "Orders"], "poll_seconds": 1}
    async with reading(Reader(settings(dovecot, account, **wanted))) as reader:
        await reader.until(lambda: len(reader.notes.complaints) >= 2, "two complaints")
        dovecot.deliver("support", "INBOX", mail("دو"))
        await reader.has(2)
    assert "there is no folder 'Orders' in this mailbox; it has Drafts, INBOX" in reader.notes.complaints[0]
    assert reader.subjects == ["یک", "دو"]


async def test_a_folder_that_is_removed_keeps_nobody_from_the_others(
    dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = dovecot.user("support")
    dovecot.deliver("support", "Orders", mail("سفارش"))
    wanted = {"folders": ["INBOX", "Orders"], "poll_seconds": 1}
    async with reading(Reader(settings(dovecot, account, **wanted))) as reader:
        await reader.has(1)
        dovecot.remove("support", "Orders")
        await reader.until(lambda: reader.notes.complaints, "a complaint")
        dovecot.deliver("support", "INBOX", mail("پس از حذف"))
        await reader.has(2)
    assert "there is no folder 'Orders'" in reader.notes.complaints[0]


async def test_a_folder_that_is_renamed_is_read_under_its_new_name_and_gives_the_same_events(dovecot: Dovecot) -> None:
    account = dovecot.user("support")
    dovecot.deliver("support", "Orders", mail("سفارش"))
    async with reading(Reader(settings(dovecot, account, folders=["INBOX", "Ord*"]))) as before:
        await before.has(1)
    dovecot.kill_sessions()
    dovecot.rename("support", "Orders", "Ordered")
    wanted = {"folders": ["INBOX", "Ord*"], "poll_seconds": 1}
    async with reading(Reader(settings(dovecot, account, **wanted), notes=before.notes)) as after:
        await after.has(1)
        dovecot.deliver("support", "Ordered", mail("سفارش دوم"))
        await after.has(2)
    assert ids(after.events[:1]) == ids(before.events)


async def test_an_older_state_of_a_folder_gives_the_same_events_and_then_what_is_new(dovecot: Dovecot) -> None:
    account = dovecot.user("support")
    for number in range(3):
        dovecot.deliver("support", "INBOX", mail(f"شماره {number}"))
    async with reading(Reader(settings(dovecot, account))) as before:
        await before.has(3)
    before.notes.cursors["support"]["folders"]["INBOX"]["uid"] = 9  # so much had been there before the backup came back
    dovecot.deliver("support", "INBOX", mail("تازه"))
    async with reading(Reader(settings(dovecot, account, poll_seconds=1), notes=before.notes)) as after:
        await after.has(4)
        await after.rests()
    assert {*ids(before.events)} < {*ids(after.events)}
    assert len(after.readings) == 4


async def test_the_allowance_of_a_day_is_kept_said_and_goes_on_tomorrow(dovecot: Dovecot) -> None:
    account = dovecot.user("support")
    large = "واژه " * 20_000  # some 240 KB as it is sent
    dovecot.fill("support", "INBOX", (mail(f"شماره {n}", large, Message_ID=f"<{n}@example.com>") for n in range(8)))
    usual = {"daily": "1MiB", "poll_seconds": 1}
    async with reading(Reader(settings(dovecot, account, **usual))) as today:
        await today.until(lambda: today.notes.complaints, "a complaint")
        dovecot.deliver("support", "INBOX", mail("کوچک و تازه"))
        await today.until(lambda: "کوچک و تازه" in today.subjects, "the new mail")
    assert "in a day (1 MB) is used up" in today.notes.complaints[0]
    assert sum(len(r.delivery.body) for r in today.readings) < 1024 * 1024
    today.notes.cursors["support"]["spent"]["day"] = "2026-01-01"
    async with reading(Reader(settings(dovecot, account, **usual), notes=today.notes)) as tomorrow:
        await tomorrow.until(lambda: len({*today.subjects, *tomorrow.subjects}) == 9, "the rest")
    assert not {*today.subjects} & {*tomorrow.subjects}


async def test_stopping_while_waiting_takes_no_time_and_ends_the_session(dovecot: Dovecot) -> None:
    account = dovecot.user("support")
    async with reading(Reader(settings(dovecot, account, poll_seconds=3600))) as reader:
        await reader.until(lambda: reader.notes.polls, "the first poll")
        began = time.monotonic()
    assert time.monotonic() - began < 1
    assert isinstance(reader.notes, Notes)
    await reader.until(lambda: not dovecot._sessions(), "the end of the session", seconds=5)
