"""A mailbox file that grows, is tidied up and is replaced while it is read."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ingest_email.channels import mbox
from ingest_email.channels.mbox import Settings
from mailing import Reader, ids, mail, reading
from peyvand.errors import Unavailable
from peyvand.event import Direction

POSTMARK = b"From ali.rezaei@example.com Sun Oct  4 08:30:00 2026\n"


def posted(subject: str, **headers: str) -> bytes:
    return POSTMARK + mail(subject, "سلام، وقت بخیر.", Message_ID=f"<{subject}@example.com>", **headers) + b"\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "support"


@pytest.fixture
def reader(path: Path) -> Callable[..., Reader]:
    def made(poll_seconds: float = 0.05, **more: object) -> Reader:
        account = Settings(path=path, poll_seconds=poll_seconds, addresses=("support@example.ir",))
        return Reader(account, source=mbox.SOURCE, **more)  # type: ignore[arg-type]  # passed on

    return made


async def test_a_file_is_read_and_followed(path: Path, reader: Callable[..., Reader]) -> None:
    path.write_bytes(posted("one") + posted("two", From="support@example.ir", To="ali.rezaei@example.com"))
    async with reading(reader()) as running:
        await running.has(2)
        with path.open("ab") as file:
            file.write(posted("three"))
        await running.has(3)
    assert running.subjects == ["one", "two", "three"]
    assert [e.direction for e in running.events] == [Direction.INBOUND, Direction.OUTBOUND, Direction.INBOUND]
    assert {e.channel for e in running.events} == {"email"}


async def test_a_restart_goes_on_where_it_stopped(path: Path, reader: Callable[..., Reader]) -> None:
    path.write_bytes(posted("one"))
    async with reading(reader()) as first:
        await first.has(1)
    with path.open("ab") as file:
        file.write(posted("two"))
    async with reading(reader(notes=first.notes)) as second:
        await second.has(1)
        await second.rests()
    assert second.subjects == ["two"]


async def test_a_mail_that_is_still_being_written_waits_until_it_is_whole(
    path: Path, reader: Callable[..., Reader]
) -> None:
    whole = posted("whole") + posted("slow")
    path.write_bytes(whole[:-40])
    async with reading(reader(poll_seconds=1)) as running:
        await running.has(1)
        with path.open("ab") as file:
            file.write(whole[-40:])
        await running.has(2)
        await running.rests()
    assert [r.delivery.body for r in running.readings] == [
        mail(s, Message_ID=f"<{s}@example.com>") for s in ("whole", "slow")
    ]


async def test_a_replaced_file_is_read_from_its_start_under_other_urls(
    path: Path, reader: Callable[..., Reader]
) -> None:
    path.write_bytes(posted("old1"))
    async with reading(reader()) as running:
        await running.has(1)
        path.unlink()
        path.write_bytes(posted("new1") + posted("new2"))
        await running.has(3)
    assert running.subjects == ["old1", "new1", "new2"]
    assert len({r.delivery.url for r in running.readings}) == 3


async def test_a_file_that_is_tidied_up_gives_the_same_events_again(path: Path, reader: Callable[..., Reader]) -> None:
    path.write_bytes(posted("one") + posted("two") + posted("three"))
    async with reading(reader()) as running:
        await running.has(3)
        path.write_bytes(posted("two") + posted("three") + posted("four"))
        await running.has(6)
    assert len(set(ids(running.events))) == 4


async def test_a_copy_with_the_same_content_goes_on(path: Path, reader: Callable[..., Reader]) -> None:
    path.write_bytes(posted("one"))
    async with reading(reader()) as running:
        await running.has(1)
        beside = path.with_name("beside")
        beside.write_bytes(path.read_bytes() + posted("two"))
        beside.replace(path)
        await running.has(2)
        await running.rests()
    assert running.subjects == ["one", "two"]


async def test_from_at_the_start_of_a_line_of_a_letter_divides_nothing(
    path: Path, reader: Callable[..., Reader]
) -> None:
    text = "Hello\n\nFrom Tehran with love\n>From mboxrd\n>>From quoted\n"
    path.write_bytes(POSTMARK + b"From: a@example.com\nTo: support@example.ir\nSubject: x\n\n" + text.encode() + b"\n")
    async with reading(reader()) as running:
        await running.has(1)
        await running.rests()
    (letter,) = [r.delivery.body.partition(b"\n\n")[2] for r in running.readings]
    assert letter == b"Hello\n\nFrom Tehran with love\nFrom mboxrd\n>From quoted\n"


async def test_a_mail_that_cannot_be_read_is_kept_and_the_next_one_arrives(
    path: Path, reader: Callable[..., Reader]
) -> None:
    path.write_bytes(POSTMARK + b"\nno mail\n\n" + posted("next"))
    async with reading(reader()) as running:
        await running.has(2)
    assert [bool(r.kept) for r in running.readings] == [True, False]


async def test_a_file_that_is_not_there_yet_is_waited_for(path: Path, reader: Callable[..., Reader]) -> None:
    async with reading(reader()) as running:
        await running.until(lambda: running.notes.complaints, "a complaint")
        path.write_bytes(posted("one"))
        await running.has(1)
    assert "does not exist (yet)" in running.notes.complaints[0]


async def test_a_file_that_is_no_mailbox_is_named(path: Path) -> None:
    path.write_bytes(b"PK\x03\x04 something else\n")
    with pytest.raises(Unavailable, match="is no mailbox file"):
        await mbox.check(Settings(path=path))


async def test_check_says_that_the_file_can_be_read(path: Path) -> None:
    path.write_bytes(posted("one"))
    assert "can be read" in await mbox.check(Settings(path=path))
