"""How many commands are under way while mails are fetched."""

from collections.abc import Iterator
from typing import cast

from ingest_email.imap.answers import Answer, Completed
from ingest_email.imap.download import COMMANDS, downloaded
from ingest_email.imap.mailbox import Mailbox
from ingest_email.imap.plan import planned
from ingest_email.imap.questions import Head
from ingest_email.imap.settings import Settings

SIZE = 1024 * 1024


class Far:
    """A server that answers nothing before it is waited for: what was asked until then is noted."""

    def __init__(self, window: int) -> None:
        account = {"host": "127.0.0.1", "username": "a@example.ir", "password": "x", "window": window}
        self.settings = Settings.model_validate(account)
        self.asked: list[tuple[bytes, int]] = []
        self.under_way: list[int] = []
        self._answers = self._said()

    def begin(self, uids: str, _items: str) -> bytes:
        self.asked.append((b"A%d" % len(self.asked), int(uids)))
        return self.asked[-1][0]

    def next_answer(self, _most: int) -> Answer | Completed:
        return next(self._answers)

    def _said(self) -> Iterator[Answer | Completed]:
        done = 0
        while done < len(self.asked):
            self.under_way.append(len(self.asked) - done)
            tag, uid = self.asked[done]
            yield Answer(uid, b"* 1 FETCH (UID %d BODY[] {1})" % uid, (b"x",))
            yield Completed(tag, ok=True, said="")
            done += 1


def fetched_from(far: Far, mails: int) -> list[int]:
    groups = planned([Head(uid, SIZE, None) for uid in range(1, mails + 1)], SIZE, most_bytes=SIZE)
    return [mail.uid for mail in downloaded(cast("Mailbox", far), groups)]


def test_the_server_has_the_next_commands_before_it_is_through_with_one() -> None:
    far = Far(window=16 * SIZE)
    assert fetched_from(far, 10) == list(range(10, 0, -1))
    assert max(far.under_way) == COMMANDS
    assert far.under_way[:7] == [COMMANDS] * 7


def test_no_more_is_asked_for_at_once_than_the_window_holds() -> None:
    far = Far(window=2 * SIZE)
    assert fetched_from(far, 6) == list(range(6, 0, -1))
    assert max(far.under_way) == 2
