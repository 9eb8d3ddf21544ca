"""What a server answers, read from bytes: as it should be, as it is allowed to be, and as it must not hurt us."""

import imaplib
import io
from datetime import UTC, datetime
from typing import Any

import pytest

from ingest_email.imap.answers import Answer, Completed, next_answer


class Said:
    """As much of imaplib as the reader uses, over bytes."""

    def __init__(self, said: bytes) -> None:
        self._file = io.BytesIO(said)
        self.tagged_commands: dict[bytes, Any] = {b"A1": None, b"A2": None}
        self.untagged_responses: dict[str, list[bytes]] = {}

    def readline(self) -> bytes:
        return self._file.readline()

    def read(self, size: int) -> bytes:
        return self._file.read(size)


def answer(said: bytes, most: int = 1000) -> Answer:
    found = next_answer(Said(said), most)
    assert isinstance(found, Answer)
    return found


def test_a_mail_is_read_with_its_uid() -> None:
    found = answer(b"* 12 FETCH (UID 45 BODY[] {5}\r\nhe\r\no)\r\n")
    assert (found.uid, found.sections()) == (45, {b"": b"he\r\no"})


def test_the_uid_may_stand_behind_the_mail_and_the_mail_may_speak_of_uids() -> None:
    found = answer(b"* 12 FETCH (BODY[] {9}\r\n UID 9)\r\n UID 45)\r\n")
    assert (found.uid, found.sections()) == (45, {b"": b" UID 9)\r\n"})


def test_a_short_mail_may_be_a_quoted_string() -> None:
    found = answer(rb'* 12 FETCH (BODY[] "a UID 9 \"b\" \\" UID 45)' + b"\r\n")
    assert (found.uid, found.sections()) == (45, {b"": rb'a UID 9 "b" ' + b"\\"})


def test_a_mail_that_is_nil_has_not_come() -> None:
    assert answer(b"* 12 FETCH (UID 45 BODY[] NIL)\r\n").sections() == {}


def test_parts_are_told_apart() -> None:
    found = answer(b"* 1 FETCH (UID 4 BODY[HEADER]<0> {3}\r\nA:b BODY[1.MIME] {2}\r\nxy BODY[1]<0> NIL)\r\n")
    assert found.sections() == {b"HEADER": b"A:b", b"1.MIME": b"xy"}


def test_size_and_arrival_are_read_in_utc() -> None:
    found = answer(b'* 1 FETCH (UID 4 INTERNALDATE " 4-Oct-2026 12:00:00 +0330" RFC822.SIZE 532)\r\n')
    assert (found.size(), found.arrived()) == (532, datetime(2026, 10, 4, 8, 30, tzinfo=UTC))


@pytest.mark.parametrize("date", [b"31-Feb-2026 12:00:00 +0000", b"01-Xyz-2026 12:00:00 +0000", b"yesterday", b""])
def test_an_arrival_that_cannot_be_is_none(date: bytes) -> None:
    assert answer(b'* 1 FETCH (UID 4 INTERNALDATE "' + date + b'")\r\n').arrived() is None


def test_flags_that_are_told_unasked_belong_to_no_mail() -> None:
    assert answer(b"* 7 FETCH (FLAGS (\\Seen))\r\n").uid is None


def test_the_end_of_a_command_says_how_it_went() -> None:
    said = Said(b"A2 NO [SERVERBUG] Internal error\r\nA1 OK done\r\n")
    assert next_answer(said, 0) == Completed(b"A2", ok=False, said="[SERVERBUG] Internal error")
    assert next_answer(said, 0) == Completed(b"A1", ok=True, said="done")
    assert said.tagged_commands == {}


def test_what_is_said_beside_is_passed_over_and_new_mail_noticed() -> None:
    said = Said(b"* 3 EXPUNGE\r\n* 44 EXISTS\r\n* OK still here\r\n* VANISHED 4:9\r\nA1 OK done\r\n")
    assert isinstance(next_answer(said, 0), Completed)
    assert said.untagged_responses == {"EXISTS": [b"44"]}


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (b"", "ended within an answer"),
        (b"* 1 FETCH (UID 4 BODY[] {9}\r\nabc", "ended within a mail"),
        (b"* 1 FETCH (UID 4 BODY[] {3}\r\nabc", "ended within an answer"),
        (b"* 1 FETCH (UID 4 BODY[] {5000}\r\n" + b"x" * 5000 + b")\r\n", "more than it said"),
        (b"* 1 FETCH (UID 4 BODY[] {999999999999}\r\n", "more than it said"),
        (b"* 1 FETCH (UID 4" + b" X {0}\r\n" * 70 + b")\r\n", "more than it said"),
        (b"* BYE Autologout; idle for too long\r\n", "said goodbye: Autologout"),
        (b"A9 OK done\r\n", "what was not asked"),
        (b"nonsense\r\n", "what was not asked"),
    ],
)
def test_a_line_that_cannot_be_trusted_any_more_is_given_up(said: bytes, words: str) -> None:
    with pytest.raises(imaplib.IMAP4.abort, match=words):
        answer(said)
