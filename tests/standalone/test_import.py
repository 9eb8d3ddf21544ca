"""`peyvand import mail`: history out of mailbox files, Maildirs, folders and zips, each mail once."""

import asyncio
import os
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from mailing import mail
from peyvand_standalone.cli import app
from peyvand_standalone.imports import mails
from peyvand_standalone.places import Places
from peyvand_standalone.sources import read_configuration
from timeline.ports import Filters, Principal
from timeline.store import Database, SqlTimelines, open_database

EVERYBODY = Principal("test")
POSTMARK = b"From ali.rezaei@example.com Sun Oct  4 08:30:00 2026\n"
CONFIGURATION = """\
organisation: {name: نمونه, domains: [example.ir]}
connectors:
  - {name: archive, channel: mbox, path: archive.mbox, addresses: [support@example.ir]}
  - {name: site, channel: webform, secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}
"""


@pytest.fixture(autouse=True)
def _a_store_in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    Path("peyvand.yaml").write_text(CONFIGURATION, encoding="utf-8")
    Path("var").mkdir()
    asyncio.run(_closed())


async def _opened() -> Database:
    configuration = read_configuration(Path("peyvand.yaml"), os.environ)
    return await open_database(Places.of(Path("var"), configuration.storage).database)


async def _closed() -> None:
    await (await _opened()).close()


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["import", "mail", *arguments])


def imported(*arguments: str) -> str:
    told = run(*arguments, "--connector", "archive")
    assert told.exit_code == 0, told.output
    return told.output


def letter(subject: str, **headers: str) -> bytes:
    return mail(subject, Message_ID=f"<{subject}@example.com>", **headers)


def mailbox(path: str, *subjects: str) -> Path:
    made = Path(path)
    made.parent.mkdir(parents=True, exist_ok=True)
    made.write_bytes(b"".join(POSTMARK + letter(subject) + b"\n" for subject in subjects))
    return made


async def _timeline() -> list[tuple[str, str, tuple[str, ...]]]:
    database = await _opened()
    try:
        configuration = read_configuration(Path("peyvand.yaml"), os.environ)
        timelines = SqlTimelines(database, configuration.organisation)
        hits = await timelines.recent(EVERYBODY, 10)
        pages = [await timelines.page(EVERYBODY, hit.customer.id, Filters(), None, 100) for hit in hits]
        entries = [entry for page in pages for entry in page.entries]
        return sorted((e.subject or "", e.direction.value, tuple(f.name for f in e.flags)) for e in entries)
    finally:
        await database.close()


def timeline() -> list[tuple[str, str, tuple[str, ...]]]:
    return asyncio.run(_timeline())


def subjects() -> list[str]:
    return [subject for subject, _, _ in timeline()]


def test_a_mailbox_file_becomes_history_and_a_second_time_brings_nothing() -> None:
    mailbox("old.mbox", "one", "two")
    assert "2 mails: 2 new, 0 here already, 0 cannot be read." in imported("old.mbox")
    assert timeline() == [("one", "inbound", ("imported",)), ("two", "inbound", ("imported",))]
    assert "2 mails: 0 new, 2 here already, 0 cannot be read." in imported("old.mbox")
    mailbox("elsewhere/copy.mbox", "one", "three")
    assert "2 mails: 1 new, 1 here already" in imported("elsewhere/copy.mbox")
    assert subjects() == ["one", "three", "two"]


def test_a_rehearsal_says_what_it_would_bring_and_brings_nothing() -> None:
    mailbox("old.mbox", "one", "two", "one")
    Path("broken.eml").write_bytes(b"no mail at all")
    told = imported("old.mbox", "broken.eml", "--dry-run")
    assert "The first 2" in told
    assert "Ali Rezaei" in told
    assert "broken.eml: this is no mail" in told
    assert "4 mails: 2 new, 1 here already, 1 cannot be read." in told
    assert "Nothing was recorded." in told
    assert timeline() == []


def test_whatever_lies_in_a_folder_is_found() -> None:
    mailbox("export/Inbox", "from mbox")
    sent = mailbox("export/Sent", "answer")
    theirs, ours = b"Ali Rezaei <ali.rezaei@example.com>", b"me@else.example"
    sent.write_bytes(sent.read_bytes().replace(theirs, ours).replace(b"support@example.ir", b"maryam@example.com"))
    for name in ("cur", "new", "tmp"):
        Path("export/Maildir", name).mkdir(parents=True)
    Path("export/Maildir/cur/1.M1.host:2,S").write_bytes(letter("from maildir"))
    Path("export/Maildir/tmp/2.M2.host").write_bytes(letter("half")[:50])
    Path("export/deep/er").mkdir(parents=True)
    Path("export/deep/er/a.eml").write_bytes(letter("from eml"))
    Path("export/notes.pdf").write_bytes(b"%PDF-1.7")
    with zipfile.ZipFile("export/takeout.zip", "w") as archive:
        archive.writestr("Takeout/Mail/All mail.mbox", POSTMARK + letter("from zip") + b"\n" + POSTMARK + letter("z2"))
        archive.writestr("Takeout/one.eml", letter("zipped eml"))
        archive.writestr("Takeout/readme.html", "<html>")
    told = imported("export")
    assert "7 mails: 7 new" in told
    assert "notes.pdf: it is neither a mailbox file (mbox) nor a mail (.eml) nor a zip of these" in told
    assert "takeout.zip!Takeout/readme.html" in told
    assert {"from mbox", "from maildir", "from eml", "from zip", "z2", "zipped eml"} <= set(subjects())
    assert ("answer", "outbound") in {(subject, direction) for subject, direction, _ in timeline()}


def test_what_a_mail_program_deleted_or_wrote_to_itself_is_no_mail() -> None:
    gone = letter("gone").replace(b"Subject:", b"X-Mozilla-Status: 0009\nSubject:")
    note = b"From: MAILER-DAEMON\nSubject: DON'T DELETE\nX-IMAP: 1 2\n\nFOLDER INTERNAL DATA\n"
    Path("Inbox").write_bytes(b"".join(POSTMARK + one + b"\n" for one in (note, gone, letter("kept"))))
    assert "1 mails: 1 new" in imported("Inbox")
    assert subjects() == ["kept"]


def test_mail_among_us_is_left_out_and_what_cannot_be_read_is_kept_and_tried_again() -> None:
    Path("a.eml").write_bytes(letter("inside", From="sara@example.ir", To="omid@example.ir"))
    Path("b.eml").write_bytes(b"no mail")
    told = imported("a.eml", "b.eml")
    assert "2 mails: 0 new, 0 here already, 1 left out (internal), 1 cannot be read." in told
    assert "peyvand status --kept" in told
    assert "2 mails: 0 new, 1 here already, 1 cannot be read." in imported("a.eml", "b.eml")


def test_broken_off_it_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("peyvand_standalone.imports.mails.MOST_MAILS", 2)
    mailbox("old.mbox", *(f"mail{n}" for n in range(7)))
    taken = []

    def breaking(*arguments: object) -> object:
        taken.append(arguments)
        if len(taken) == 3:
            raise KeyboardInterrupt
        return reading(*arguments)  # type: ignore[arg-type]  # passed on

    reading = mails.Whose.read
    monkeypatch.setattr(mails.Whose, "read", breaking)
    assert run("old.mbox", "--connector", "archive").exit_code != 0
    monkeypatch.setattr(mails.Whose, "read", reading)
    assert len(subjects()) == 4
    assert "7 mails: 3 new, 4 here already" in imported("old.mbox")


def test_only_a_mailbox_may_be_named() -> None:
    mailbox("old.mbox", "one")
    told = run("old.mbox", "--connector", "site")
    assert told.exit_code == 2
    assert "site is no mailbox; there is archive" in told.output
