"""What is remembered of lists that are asked for again and again."""

from datetime import UTC, datetime

from peyvand.window import KNOWN, REMEMBERED, Seen, hour


def test_a_row_is_new_once_and_again_when_it_has_changed() -> None:
    seen = Seen(None)
    assert [row for _, row in seen.fresh([{"id": 1, "status": "sent"}])] == [{"id": 1, "status": "sent"}]
    assert seen.fresh([{"status": "sent", "id": 1}]) == []
    assert len(seen.fresh([{"id": 1, "status": "delivered"}])) == 1


def test_a_list_without_news_needs_no_writing() -> None:
    seen = Seen(None)
    seen.fresh([{"id": n} for n in range(5)])
    before = seen.cursor
    seen.fresh([{"id": n} for n in range(3)])
    assert seen.cursor == before == Seen(before).cursor


def test_a_cursor_holds_the_last_and_a_process_knows_more() -> None:
    seen = Seen(None)
    rows = [{"id": n} for n in range(REMEMBERED + 10)]
    seen.fresh(rows)
    assert len(seen.cursor["seen"]) == REMEMBERED
    assert seen.fresh(rows) == []
    assert len(Seen(seen.cursor).fresh(rows)) == 10


def test_what_a_process_knows_has_an_end() -> None:
    seen = Seen(None)
    seen.fresh({"id": n} for n in range(KNOWN + 5))
    assert len(seen.fresh([{"id": 0}, {"id": KNOWN + 4}])) == 1


def test_a_cursor_of_another_shape_holds_nothing() -> None:
    assert Seen({"seen": None}).cursor == Seen({"offset": 7}).cursor == {"seen": []}


def test_an_hour_begins_where_it_does() -> None:
    assert hour(datetime(2026, 10, 4, 8, 30, 59, 7, UTC)) == datetime(2026, 10, 4, 8, tzinfo=UTC)
