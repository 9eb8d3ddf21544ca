"""The Dovecot that tests get behaves as the mail servers that Peyvand reads."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from imapclient import IMAPClient

from parts.dovecot import Dovecot

pytestmark = pytest.mark.real

MAIL = b"From: a@example.com\r\nTo: sara@example.ir\r\nSubject: hello\r\nMessage-ID: <1@example.com>\r\n\r\nHi\r\n"


@contextmanager
def signed_in(server: Dovecot, name: str, password: str) -> Iterator[IMAPClient]:
    client = IMAPClient(server.host, server.port, ssl=False, timeout=10)
    client.login(name, password)
    try:
        yield client
    finally:
        with suppress(OSError):  # its session may be dead already
            client.shutdown()


def test_a_new_user_has_an_inbox_and_a_marked_sent_folder(dovecot: Dovecot) -> None:
    with signed_in(dovecot, *dovecot.user("sara")) as client:
        folders = {name: flags for flags, _, name in client.list_folders()}
    assert set(folders) == {"INBOX", "Sent", "Drafts", "Trash", "Junk"}
    assert b"\\Sent" in folders["Sent"]


def test_a_client_that_idles_is_told_of_a_delivery(dovecot: Dovecot) -> None:
    name, password = dovecot.user("sara")
    with signed_in(dovecot, name, password) as client:
        client.select_folder("INBOX")
        client.idle()
        dovecot.deliver(name, "INBOX", MAIL)
        told = client.idle_check(timeout=10)
        client.idle_done()
    assert (1, b"EXISTS") in told


def test_mail_outlives_a_stop_and_start_on_the_same_port(dovecot: Dovecot) -> None:
    name, password = dovecot.user("sara")
    dovecot.deliver(name, "INBOX", MAIL)
    dovecot.stop()
    dovecot.start()
    with signed_in(dovecot, name, password) as client:
        assert client.select_folder("INBOX")[b"EXISTS"] == 1


def test_killed_sessions_end_and_new_ones_begin(dovecot: Dovecot) -> None:
    name, password = dovecot.user("sara")
    with signed_in(dovecot, name, password) as client:
        dovecot.kill_sessions()
        with pytest.raises((client.AbortError, OSError)):
            client.noop()
    with signed_in(dovecot, name, password) as client:
        assert client.folder_exists("INBOX")


def test_a_lock_of_a_killed_session_holds_nobody_up(dovecot: Dovecot) -> None:
    name, password = dovecot.user("sara")
    dovecot.deliver(name, "INBOX", MAIL)
    with signed_in(dovecot, name, password):
        (dovecot.folder / "mail" / name / "dovecot-uidlist.lock").write_text("4711:elsewhere")
        dovecot.kill_sessions()
    with signed_in(dovecot, name, password) as client:
        assert client.select_folder("INBOX")[b"EXISTS"] == 1


def test_uidvalidity_changes_and_the_mail_stays(dovecot: Dovecot) -> None:
    name, password = dovecot.user("sara")
    dovecot.deliver(name, "INBOX", MAIL)
    with signed_in(dovecot, name, password) as client:
        before = client.select_folder("INBOX")
    dovecot.renew_uidvalidity(name, "INBOX")
    with signed_in(dovecot, name, password) as client:
        after = client.select_folder("INBOX")
    assert after[b"UIDVALIDITY"] != before[b"UIDVALIDITY"]
    assert after[b"EXISTS"] == 1
