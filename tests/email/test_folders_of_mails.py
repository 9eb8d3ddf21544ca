"""A Maildir, and a folder of .eml files, that others write while they are read."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest_email.channels import eml, maildir
from mailing import Reader, ids, mail, reading
from peyvand.errors import Unavailable
from peyvand.event import Direction

OWN = ("support@example.ir",)


class Mailbox:
    """A Maildir as a mail server writes it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.count = 0
        self.made(root)

    def made(self, folder: Path) -> Path:
        for name in ("tmp", "new", "cur"):
            (folder / name).mkdir(parents=True)
        return folder

    def folder(self, name: str) -> Path:
        return self.made(self.root / f".{name}")

    def arrives(self, subject: str, folder: Path | None = None, **headers: str) -> Path:
        """Deliver as maildir(5) has it: written in tmp, then renamed into new."""
        self.count += 1
        name = f"179110259{self.count}.M{self.count}P77.mail.example.ir"
        written = (folder or self.root) / "tmp" / name
        written.write_bytes(mail(subject, Message_ID=f"<{subject}@example.com>", **headers))
        return written.rename((folder or self.root) / "new" / name)

    def seen(self, path: Path, flags: str = "S") -> Path:
        """Move to cur as a mail program does that showed it, or give it other flags."""
        return path.rename(path.parent.parent / "cur" / f"{path.name.partition(':')[0]}:2,{flags}")


@pytest.fixture
def box(tmp_path: Path) -> Mailbox:
    return Mailbox(tmp_path / "support")


@pytest.fixture
def reader(box: Mailbox) -> Callable[..., Reader]:
    def made(**more: object) -> Reader:
        account = maildir.Settings(path=box.root, poll_seconds=0.05, addresses=OWN)
        return Reader(account, source=maildir.SOURCE, **more)  # type: ignore[arg-type]  # passed on

    return made


async def test_a_maildir_is_read_and_followed(box: Mailbox, reader: Callable[..., Reader]) -> None:
    box.seen(box.arrives("one"))
    box.arrives("two")
    async with reading(reader()) as running:
        await running.has(2)
        box.arrives("three")
        await running.has(3)
    assert running.subjects == ["one", "two", "three"]
    assert {e.channel for e in running.events} == {"email"}


async def test_flags_repeat_nothing(box: Mailbox, reader: Callable[..., Reader]) -> None:
    first = box.arrives("one")
    async with reading(reader()) as running:
        await running.has(1)
        first = box.seen(first, "S")
        box.seen(first, "RS")
        await running.rests()
    async with reading(reader(notes=running.notes)) as again:
        await again.rests()
    assert running.subjects == ["one"]
    assert again.readings == []


async def test_what_was_flagged_long_after_while_we_were_away_is_the_same_delivery(
    box: Mailbox, reader: Callable[..., Reader]
) -> None:
    arrived = box.arrives("one")
    async with reading(reader()) as running:
        await running.has(1)
    box.seen(arrived)
    running.notes.cursors["support"]["folders"]["INBOX"] = {"until": 1, "edge": []}  # as if long ago
    async with reading(reader(notes=running.notes)) as again:
        await again.has(1)
    assert [r.delivery.id for r in again.readings] == [r.delivery.id for r in running.readings]
    assert ids(again.events) == ids(running.events)


async def test_what_came_while_we_were_away_is_read_and_what_is_gone_is_no_trouble(
    box: Mailbox, reader: Callable[..., Reader]
) -> None:
    gone = box.arrives("one")
    async with reading(reader()) as running:
        await running.has(1)
    gone.unlink()
    box.arrives("two")
    async with reading(reader(notes=running.notes)) as again:
        await again.has(1)
        await again.rests()
    assert again.subjects == ["two"]
    assert again.notes.complaints == []


async def test_what_is_still_being_written_is_not_read(box: Mailbox, reader: Callable[..., Reader]) -> None:
    (box.root / "tmp" / "1791102599.half").write_bytes(mail("half")[:40])
    (box.root / "new" / ".hidden").write_bytes(mail("hidden"))
    async with reading(reader()) as running:
        await running.rests()
    assert running.readings == []


async def test_sent_mail_has_a_folder_of_its_own_and_drafts_and_trash_are_left_alone(
    box: Mailbox, reader: Callable[..., Reader]
) -> None:
    # "ارسال شده" in modified UTF-7, as Dovecot writes it
    sent, drafts, trash = box.folder("&BicGMQYzBicGRA- &BjQGLwZH-"), box.folder("Drafts"), box.folder("Trash")
    box.arrives("answer", sent, From="me@elsewhere.example", To="ali.rezaei@example.com")
    box.arrives("draft", drafts)
    box.arrives("trash", trash)
    async with reading(reader()) as running:
        await running.has(1)
        await running.rests()
    assert [(e.subject, e.direction) for e in running.events] == [("answer", Direction.OUTBOUND)]


async def test_a_mail_that_may_not_be_read_is_kept_and_read_once_it_may(
    box: Mailbox, reader: Callable[..., Reader], monkeypatch: pytest.MonkeyPatch
) -> None:
    forbidden = box.arrives("forbidden")
    opened = Path.open

    def refusing(path: Path, *args: object, **more: object) -> object:
        if path.name == forbidden.name and forbidden.stat().st_mode & 0o777 == 0:
            raise PermissionError(13, "Permission denied")  # root may read all
        return opened(path, *args, **more)  # type: ignore[call-overload]  # passed on

    monkeypatch.setattr(Path, "open", refusing)
    forbidden.chmod(0)
    async with reading(reader()) as running:
        await running.has(1)
        box.arrives("next")
        await running.has(2)
        await running.rests()
        forbidden.chmod(0o600)
        await running.has(3)
    assert [r.kept for r in running.readings] == ["the file cannot be read: Permission denied", None, None]
    assert running.subjects == ["next", "forbidden"]


async def test_a_mail_that_is_renamed_between_a_look_and_its_reading_is_read(
    box: Mailbox, reader: Callable[..., Reader], monkeypatch: pytest.MonkeyPatch
) -> None:
    arrived = box.arrives("one")
    opened = Path.open

    def renaming(path: Path, *args: object, **more: object) -> object:
        if path == arrived and arrived.exists():
            box.seen(arrived)
        return opened(path, *args, **more)  # type: ignore[call-overload]  # passed on

    monkeypatch.setattr(Path, "open", renaming)
    async with reading(reader()) as running:
        await running.has(1)
    assert running.subjects == ["one"]


async def test_a_maildir_that_is_none_is_told(tmp_path: Path, box: Mailbox) -> None:
    with pytest.raises(Unavailable, match="is no Maildir: it has no folders new and cur"):
        await maildir.check(maildir.Settings(path=tmp_path))
    with pytest.raises(Unavailable, match=r"does not exist \(yet\)"):
        await maildir.check(maildir.Settings(path=tmp_path / "none"))
    with pytest.raises(Unavailable, match="there is no folder 'Old' in this mailbox; it has INBOX"):
        await maildir.check(maildir.Settings(path=box.root, folders=("Old",)))
    box.arrives("one")
    assert (await maildir.check(maildir.Settings(path=box.root))).endswith("can be read; INBOX has 1 messages")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "inbox"
    made.mkdir()
    return made


@pytest.fixture
def exports(folder: Path) -> Callable[..., Reader]:
    def made(poll_seconds: float = 0.05, **more: object) -> Reader:
        account = eml.Settings(path=folder, poll_seconds=poll_seconds, addresses=OWN)
        return Reader(account, source=eml.SOURCE, **more)  # type: ignore[arg-type]  # passed on

    return made


def put(folder: Path, subject: str) -> Path:
    path = folder / f"{subject}.eml"
    path.write_bytes(mail(subject, Message_ID=f"<{subject}@example.com>"))
    return path


async def test_a_folder_of_mails_is_read_and_followed_with_those_within_it(
    folder: Path, exports: Callable[..., Reader]
) -> None:
    put(folder, "one")
    (folder / "notes.txt").write_text("no mail")
    async with reading(exports()) as running:
        await running.has(1)
        (folder / "2026" / "10").mkdir(parents=True)
        put(folder / "2026" / "10", "two")
        await running.has(2)
        await running.rests()
    assert running.subjects == ["one", "two"]


async def test_a_file_waits_until_it_grows_no_more_and_holds_up_no_other(
    folder: Path, exports: Callable[..., Reader]
) -> None:
    whole = mail("slow", Message_ID="<slow@example.com>")
    slow = folder / "slow.eml"
    async with reading(exports()) as running:
        slow.write_bytes(whole[:30])
        put(folder, "quick")
        while running.subjects != ["quick"]:
            with slow.open("ab") as file:
                file.write(b"")
            os.utime(slow)  # somebody is at it
            await running.until(lambda: running.notes.polls, "a poll")
            running.notes.polls = 0
    slow.write_bytes(whole)
    async with reading(exports(notes=running.notes)) as again:
        await again.has(1)
        await again.rests()
    assert again.subjects == ["slow"]


async def test_a_restart_repeats_no_file(folder: Path, exports: Callable[..., Reader]) -> None:
    for number in range(5):
        put(folder, f"mail{number}")
    async with reading(exports()) as running:
        await running.has(5)
    async with reading(exports(notes=running.notes)) as again:
        await again.rests()
    assert again.readings == []
    assert len(set(ids(running.events))) == 5
