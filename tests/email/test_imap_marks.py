"""What is read of a folder, what may be fetched today, which mails are fetched together: values, without a server."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest_email.imap.allowance import Spent, affordable, spent_from
from ingest_email.imap.marks import AGAIN_SECONDS, MOST_HELD, Mark, continued, mark_from
from ingest_email.imap.plan import MOST_MAILS, planned
from ingest_email.imap.progress import Progress, progress_from
from ingest_email.imap.questions import Head
from ingest_email.imap.uids import ranges, without, written

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
UIDS = st.lists(st.integers(1, 60), unique=True).map(sorted)


def head(uid: int, size: int = 1000, age: timedelta = timedelta(0)) -> Head:
    return Head(uid, size, NOW - age)


def test_a_cursor_of_an_older_version_goes_on() -> None:
    progress = progress_from({"folders": {"INBOX": {"uidvalidity": 7, "uid": 450}}})
    assert progress.marks == {"INBOX": Mark(7, 450)}
    assert progress.cursor() == {"folders": {"INBOX": {"uidvalidity": 7, "uid": 450}}}


def test_a_cursor_says_all_that_is_known() -> None:
    mark = Mark(7, 450, gaps=((1, 20), (300, 450)), held={12: 1_790_000_000}, day=date(2026, 11, 23))
    progress = Progress({"INBOX": mark}, Spent(date(2026, 11, 23), 1234))
    assert progress_from(progress.cursor()) == progress


def test_what_has_come_is_a_gap_and_the_newest_one() -> None:
    assert Mark(7).reaching(450).gaps == ((1, 450),)
    assert Mark(7, 450).reaching(455).gaps == ((451, 455),)
    assert Mark(7, 450, gaps=((1, 450),)).reaching(455).gaps == ((1, 455),)
    assert Mark(7, 450, gaps=((1, 20),)).reaching(455).gaps == ((1, 20), (451, 455))
    assert Mark(7, 450).reaching(450) == Mark(7, 450)


@given(UIDS, st.lists(st.tuples(st.integers(1, 60), st.integers(0, 9)), max_size=8))
def test_ranges_less_ranges_are_as_sets_are(uids: list[int], taken: list[tuple[int, int]]) -> None:
    left, expected = tuple(ranges(uids)), set(uids)
    for low, length in taken:
        left = without(left, low, low + length)
        expected -= {*range(low, low + length + 1)}
    assert [uid for low, high in left for uid in range(low, high + 1)] == sorted(expected)


@given(UIDS)
def test_uids_are_written_as_a_sequence_set(uids: list[int]) -> None:
    parts = [part.split(":") for part in written(uids).split(",") if part]
    assert [uid for part in parts for uid in range(int(part[0]), int(part[-1]) + 1)] == uids


def test_a_folder_made_anew_or_put_back_is_read_again_and_another_goes_on() -> None:
    known = Mark(7, 450, gaps=((1, 20),))
    assert continued(known, 8, 451) == Mark(8)
    assert continued(known, 7, 300) == Mark(7)
    assert continued(known, 7, 451) == known
    assert continued(known, 7, None) == known
    assert continued(None, 7, 451) == Mark(7)


def test_a_mail_that_cannot_be_had_is_due_again_after_a_day() -> None:
    mark = Mark(7, 450).holding(12, 1000.0)
    assert mark.due(1000.0 + AGAIN_SECONDS - 1) == []
    assert mark.due(1000.0 + AGAIN_SECONDS) == [12]
    assert mark.released(12).held == {}


def test_mails_that_cannot_be_had_do_not_make_a_cursor_grow_without_end() -> None:
    mark = Mark(7, 10_000)
    for uid in range(1, MOST_HELD + 11):
        mark = mark.holding(uid, 0.0)
    assert len(mark.held) == MOST_HELD
    assert min(mark.held) == 11


def test_what_is_older_than_a_day_leaves_a_fifth_of_the_allowance_to_what_is_new() -> None:
    old = [head(uid, 100, timedelta(days=3)) for uid in range(1, 11)]
    assert [h.uid for h in affordable(old, 1000, Spent(date.min), 10_000, NOW)] == [*range(3, 11)]
    new = [head(uid, 100) for uid in range(11, 13)]
    spent = Spent(NOW.date(), 800)
    assert [h.uid for h in affordable([*old, *new], 1000, spent, 10_000, NOW)] == [11, 12]
    assert affordable(old, 1000, spent, 10_000, NOW) == []
    assert affordable(old, 1000, spent, 10_000, NOW + timedelta(days=1)) != []


def test_without_an_allowance_everything_may_be_fetched() -> None:
    assert len(affordable([head(1, 10**12)], None, Spent(date.min), 10, NOW)) == 1


def test_a_mail_of_which_only_the_text_is_fetched_does_not_use_up_the_allowance() -> None:
    assert len(affordable([head(1, 10**9)], 1000, Spent(date.min), 500, NOW)) == 1


def test_what_was_spent_counts_on_its_own_day_only() -> None:
    spent = Spent(date(2026, 11, 22), 900).plus(100, date(2026, 11, 22))
    assert spent.total == 1000
    assert spent.plus(5, date(2026, 11, 23)) == Spent(date(2026, 11, 23), 5)
    assert spent_from(spent.plain()) == spent


def test_mails_go_together_newest_group_first_and_each_in_order() -> None:
    groups = list(planned([head(uid) for uid in range(1, 451)], 10_000))
    assert [len(g.heads) for g in groups] == [MOST_MAILS, MOST_MAILS, 50]
    assert [g.heads[0].uid for g in groups] == [251, 51, 1]
    assert [h.uid for h in groups[2].heads] == [*range(1, 51)]


def test_not_too_many_bytes_go_together_and_a_large_mail_goes_alone() -> None:
    groups = list(planned([head(1, 600), head(2, 600), head(3, 5000), head(4, 100), head(5, 100)], 2000, 1000))
    assert [([h.uid for h in g.heads], g.large) for g in groups] == [
        ([4, 5], False),
        ([3], True),
        ([2], False),
        ([1], False),
    ]


@pytest.mark.parametrize("plain", [{"uidvalidity": 1, "uid": 2}, {"uidvalidity": 0, "uid": 2, "day": "2026-11-23"}])
def test_a_mark_is_saved_as_it_was(plain: dict[str, object]) -> None:
    assert mark_from(plain).plain() == plain
