"""What imapclient 4.1 does wrong, or leaves out, as `ingest_email.imap` goes round it; on a new version, look again.

A test that fails here says that a way round can go.
"""

import imaplib
import inspect
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import imapclient
import pytest
from imapclient.exceptions import IllegalStateError, LoginError, ProtocolError
from imapclient.response_parser import parse_fetch_response, parse_message_list

from ingest_email.imap.connection import connected
from mailing import mail, settings
from parts.dovecot import Dovecot

real = pytest.mark.real


@contextmanager
def ended(opened: Any) -> Iterator[None]:
    """End a connection, alive or not, when the body is through."""
    try:
        yield
    finally:
        with suppress(OSError):
            opened.shutdown()


@contextmanager
def client(server: Dovecot, count: int = 3) -> Iterator[Any]:
    """Sign in with imapclient as it comes, to an INBOX with mails."""
    name, password = server.user("support")
    for number in range(count):
        server.deliver(name, "INBOX", mail(f"شماره {number}", Message_ID=f"<{number}@example.com>"))
    opened = imapclient.IMAPClient(server.host, server.port, ssl=False, timeout=10)
    opened.login(name, password)
    with ended(opened):
        yield opened


@contextmanager
def scripted(said: Sequence[bytes]) -> Iterator[tuple[int, list[bytes]]]:
    """Answer each line of a client with what comes next, TAG standing for its command's tag; yields port and lines."""
    listener, heard = socket.create_server(("127.0.0.1", 0)), list[bytes]()

    def serve() -> None:
        tag = b""
        with listener, listener.accept()[0] as connection, connection.makefile("rb") as lines:
            connection.sendall(b"* OK [CAPABILITY IMAP4rev1] ready\r\n")
            for answer in (b"* CAPABILITY IMAP4rev1\r\nTAG OK done\r\n", *said):
                heard.append(lines.readline())
                tag = heard[-1].split(b" ", 1)[0] if b" " in heard[-1] else tag
                connection.sendall(answer.replace(b"TAG", tag))
            lines.readline()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield listener.getsockname()[1], heard
    thread.join(5)


def test_this_is_the_version_that_was_looked_at() -> None:
    assert imapclient.__version__.startswith("4.1.")


@real
@pytest.mark.parametrize("uids", ["1:*", ["1:3"]])
def test_a_range_of_uids_is_downloaded_and_then_raises(dovecot: Dovecot, uids: Any) -> None:
    with client(dovecot) as opened:
        opened.select_folder("INBOX", readonly=True)
        with pytest.raises(ValueError, match="invalid literal for int"):
            opened.fetch(uids, ["RFC822.SIZE"])


@real
def test_a_generator_of_uids_brings_nothing_without_a_word(dovecot: Dovecot) -> None:
    with client(dovecot) as opened:
        opened.select_folder("INBOX", readonly=True)
        assert opened.fetch((uid for uid in (1, 2)), ["RFC822.SIZE"]) == {}


def test_a_list_of_uids_is_sent_one_by_one() -> None:
    assert imapclient.imapclient.join_message_ids(range(1, 6)) == b"1,2,3,4,5"


@real
def test_every_literal_is_made_into_debug_text_unless_that_is_switched_off(dovecot: Dovecot) -> None:
    with client(dovecot) as opened:
        assert opened._imap.debug == 5
    ours = connected(settings(dovecot, ("support", "support-password")))
    with ended(ours):
        assert ours._imap.debug == 0


@real
def test_a_dead_connection_says_that_there_is_no_news_for_ever(dovecot: Dovecot) -> None:
    with client(dovecot) as opened:
        opened.select_folder("INBOX", readonly=True)
        opened.idle()
        dovecot.kill_sessions()
        assert [opened.idle_check(timeout=1) for _ in range(5)] == [[]] * 5
        with pytest.raises((imaplib.IMAP4.abort, OSError)):
            opened.idle_done()


@real
def test_news_before_the_plus_ends_the_wait_with_an_error() -> None:
    said = (b"* 4 EXISTS\r\n+ idling\r\n",)
    with scripted(said) as (port, _):
        opened = imapclient.IMAPClient("127.0.0.1", port, ssl=False, timeout=5)
        opened._imap.state, opened._cached_capabilities = "SELECTED", (b"IDLE",)
        with ended(opened), pytest.raises(imapclient.exceptions.IMAPClientError, match="Unexpected IDLE"):
            opened.idle()


@real
def test_times_are_local_and_without_a_zone_unless_that_is_switched_off(dovecot: Dovecot) -> None:
    with client(dovecot) as opened:
        opened.select_folder("INBOX", readonly=True)
        assert opened.fetch([1], ["INTERNALDATE"])[1][b"INTERNALDATE"].tzinfo is None
    ours = connected(settings(dovecot, ("support", "support-password")))
    with ended(ours):
        ours.select_folder("INBOX", readonly=True)
        assert ours.fetch([1], ["INTERNALDATE"])[1][b"INTERNALDATE"].tzinfo is not None


@real
def test_without_being_told_it_waits_for_ever(dovecot: Dovecot) -> None:
    assert inspect.signature(imapclient.IMAPClient).parameters["timeout"].default is None
    dovecot.user("support")
    ours = connected(settings(dovecot, ("support", "support-password")))
    with ended(ours):
        assert ours.socket().gettimeout() == 60


@real
def test_extensions_are_enabled_before_a_folder_is_opened_or_never(dovecot: Dovecot) -> None:
    with client(dovecot) as opened:
        opened.select_folder("INBOX", readonly=True)
        with pytest.raises(IllegalStateError):
            opened.enable("CONDSTORE")


def test_a_binary_part_with_a_zero_in_it_comes_as_its_own_marker() -> None:
    said = parse_fetch_response([(b"1 (UID 1 BINARY[1] ~{5}", b"ab\0cd"), b")"])
    assert said[1][b"BINARY[1]"] == b"~{5}"


@real
def test_mails_that_vanish_pile_up(dovecot: Dovecot) -> None:
    with client(dovecot) as opened:
        opened.enable("QRESYNC")
        opened.select_folder("INBOX")
        opened.delete_messages([2])
        opened.expunge()
        assert opened._imap.untagged_responses["VANISHED"] == [b"2"]


@real
def test_what_it_does_not_know_can_be_asked_through_imaplib(dovecot: Dovecot) -> None:
    with client(dovecot) as opened:
        imap = opened._imap
        kind, _ = imap._command_complete("LIST", imap._command("LIST", '""', '"*"', "RETURN (SPECIAL-USE)"))
        assert kind == "OK"
        assert any(b"\\Sent" in line for line in imap.untagged_responses.pop("LIST"))
        opened.select_folder("INBOX", readonly=True)
        kind, _ = imap._command_complete("SEARCH", imap._command("UID", "SEARCH", "RETURN (ALL)", "UID 1:*"))
        assert kind == "OK"
        assert b"ALL 1:3" in imap.untagged_responses["ESEARCH"][0]


@real
def test_two_commands_can_be_under_way_and_their_lines_read_through_imaplib(dovecot: Dovecot) -> None:
    with client(dovecot) as opened:
        opened._imap.debug = 0
        opened.select_folder("INBOX", readonly=True)
        imap = opened._imap
        tags = [imap._command("UID", "FETCH", str(uid), "(BODY.PEEK[])") for uid in (1, 2)]
        lines: list[bytes] = []
        ended: list[bytes] = []
        while len(ended) < 2:
            line = imap.readline()
            if line.endswith(b"}\r\n"):
                lines.append(imap.read(int(line.rsplit(b"{", 1)[1].rstrip(b"}\r\n"))))
            elif line.split(b" ", 1)[0] in tags:
                ended.append(line.split(b" ", 1)[0])
        assert ended == tags
        assert len(lines) == 2


def test_lines_of_more_than_a_million_bytes_are_refused() -> None:
    assert imaplib._MAXLINE == 1_000_000  # type: ignore[attr-defined]


def test_flags_told_unasked_are_taken_for_the_mail_whose_uid_is_their_number() -> None:
    said = parse_fetch_response([b"1 (UID 45 RFC822.SIZE 100)", b"45 (FLAGS (\\Seen))"])
    assert said[45][b"FLAGS"] == (b"\\Seen",)


def test_one_odd_structure_spoils_those_of_all_the_others() -> None:
    good = b'1 (UID 1 BODYSTRUCTURE ("TEXT" "PLAIN" NIL NIL NIL "7BIT" 5 1))'
    with pytest.raises((ProtocolError, ValueError, TypeError, IndexError)):
        parse_fetch_response([good, b"2 (UID 2 BODYSTRUCTURE ())"])


def test_a_search_that_answers_in_two_lines_is_not_understood() -> None:
    with pytest.raises(ValueError, match="unexpected message list"):
        parse_message_list([b"1 2", b"3"])


@real
def test_a_token_is_sent_twice_and_what_the_server_has_against_it_is_lost() -> None:
    against = b"+ eyJzdGF0dXMiOiI0MDEifQ==\r\n"  # {"status":"401"}
    with scripted((b"+ \r\n", against, b"TAG NO [AUTHENTICATIONFAILED] no\r\n")) as (port, heard):
        opened = imapclient.IMAPClient("127.0.0.1", port, ssl=False, timeout=5)
        with ended(opened), pytest.raises(LoginError) as raised:
            opened.oauth2_login("support", "token")
    assert heard[2] == heard[3]
    assert "401" not in str(raised.value)


@real
def test_a_batch_is_held_whole_before_any_of_it_is_given_out(dovecot: Dovecot) -> None:
    with client(dovecot) as opened:
        opened.select_folder("INBOX", readonly=True)
        assert isinstance(opened.fetch([1, 2, 3], ["BODY.PEEK[]"]), dict)
