"""What lines of exported chats mean: every layout that the app has been seen to write, and whatever else."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peyvand_standalone.chats.chat import chat
from peyvand_standalone.chats.dates import Ambiguous, Order, settled
from peyvand_standalone.chats.heads import Head
from peyvand_standalone.chats.opening import Export, NoChat
from peyvand_standalone.chats.saying import said

TEHRAN = ZoneInfo("Asia/Tehran")
AT = datetime(2024, 12, 31, 21, 41)  # noqa: DTZ001 - the telephone's own clock


def spoken(text: str, *held: str) -> list[tuple[datetime | None, str, str | None]]:
    found = chat(Export(Path("chat.txt"), text, dict.fromkeys(held, 1)), TEHRAN, Order.DAY)
    return [(s.at.replace(tzinfo=None) if s.at else None, s.said.sender, s.said.text) for s in found.spoken]


@pytest.mark.parametrize(
    "head",
    [
        "31/12/2024, 21:41 - ",
        "31/12/24, 21:41 - ",
        "31/12/24, 9:41\u202fPM - ",
        "31/12/24, 9:41 p.m. - ",
        "31/12/24 21:41 - ",
        "31.12.24, 21:41 - ",
        "31-12-2024 21:41 - ",
        "[31/12/2024, 21:41:00] ",
        "\u200e[31.12.24, 21:41:00] ",
        "[31/12/24, 9:41:00\u202fPM] ",
        "[31.12.2024 klo 21.41.00] ",
        "2024-12-31, 21:41 - ",
        "[2024/12/31, 21:41:00] ",
        "۳۱/۱۲/۲۰۲۴، ۲۱:۴۱ - ",
        "\u200f۲۰۲۴/۱۲/۳۱،\u200f ۹:۴۱ ب.ظ. - ",
        "[۱۴۰۳/۱۰/۱۱،\u200f ۲۱:۴۱:۰۰] ",
        "٣١/١٢/٢٠٢٤, ٩:٤١ م - ",
    ],
)
def test_a_head_is_read_in_whatever_layout(head: str) -> None:
    assert spoken(f"{head}مریم: سلام ۱۲۳") == [(AT, "مریم", "سلام ۱۲۳")]


@pytest.mark.parametrize("half", [("12:05 AM", 0), ("12:05 PM", 12), ("1:05 AM", 1), ("11:05 pm", 23)])
def test_noon_and_midnight_are_told_apart(half: tuple[str, int]) -> None:
    [(at, _, _)] = spoken(f"31/12/24, {half[0]} - a: b")
    assert at is not None
    assert (at.hour, at.minute) == (half[1], 5)


@pytest.mark.parametrize("head", ["31/12/24, 25:41 - ", "31/12/24, 13:41 PM - ", "31/12/24 - ", "[31/12/24, 21:41 - "])
def test_what_only_looks_like_a_head_goes_on_with_the_message_before(head: str) -> None:
    [(_, _, text)] = spoken(f"31/12/24, 21:41 - a: one\n{head}b: two")
    assert text == f"one\n{head}b: two"


def test_a_day_that_does_not_exist_is_told() -> None:
    assert spoken("31/02/24, 21:41 - a: b") == [(None, "a", "b")]


@pytest.mark.parametrize(
    ("body", "text", "file"),
    [
        ("a: <Media omitted>", None, ""),
        ("a: \u200eimage omitted", None, ""),
        ("a: \u200eContact card omitted", None, ""),
        ("a: \u200eتصویر حذف شد", None, ""),
        ("a: IMG-20241231-WA0003.jpg (file attached)\nقرمز", "قرمز", "IMG-20241231-WA0003.jpg"),
        ("a: IMG-20241231-WA0003.jpg (فایل پیوست شد)", None, "IMG-20241231-WA0003.jpg"),
        ("a: قیمت.pdf (file attached)", None, "قیمت.pdf"),
        ("a: other.pdf (file attached)", "other.pdf (file attached)", None),
        ("a: قرمز \u200e<attached: 0001-PHOTO.jpg>", "قرمز", "0001-PHOTO.jpg"),
        ("a: \u200e<پیوست: 0001-PHOTO.jpg>", None, "0001-PHOTO.jpg"),
        ("a: image omitted from the list", "image omitted from the list", None),
        ("a: one: two", "one: two", None),
    ],
)
def test_a_body_is_words_or_a_file(body: str, text: str | None, file: str | None) -> None:
    found = said(body, frozenset({"قیمت.pdf"}))
    assert (found.sender, found.text, found.file, found.note) == ("a", text, file, None)


@pytest.mark.parametrize(
    ("body", "note"),
    [
        ("Messages and calls are end-to-end encrypted.", "a line of the app's own"),
        ("Sara: \u200eMissed voice call", "a line of the app's own"),
        ("Sara: \u200eپیام‌ها و تماس‌ها با رمزگذاری سرتاسری محافظت می‌شوند.", "a line of the app's own"),
        ("Sara: This message was deleted.", "a deleted message"),
        ("Sara: \u200eYou deleted this message.", "a deleted message"),
        ("Sara: این پیام حذف شد", "a deleted message"),
    ],
)
def test_what_the_app_writes_itself_is_nobodys_word(body: str, note: str) -> None:
    assert said(body, frozenset()).note == note


def head(*numbers: int, separator: str = "/") -> Head:
    a, b, c = numbers
    return Head((a, b, c), (len(str(a)), len(str(b)), len(str(c))), separator, 0)


@pytest.mark.parametrize(
    ("heads", "order"),
    [
        ([head(3, 4, 25), head(13, 4, 25)], Order.DAY),
        ([head(3, 4, 25), head(4, 13, 25)], Order.MONTH),
        ([head(3, 4, 25), head(4, 4, 25), head(1, 5, 25)], Order.DAY),
        ([head(4, 3, 25), head(4, 4, 25), head(5, 1, 25)], Order.MONTH),
        ([head(3, 4, 25, separator=".")], Order.DAY),
        ([head(2025, 4, 3)], Order.YEAR),
    ],
)
def test_the_file_as_a_whole_says_which_number_is_the_day(heads: list[Head], order: Order) -> None:
    assert settled(heads) is order


def test_a_file_that_says_nothing_is_asked_about() -> None:
    with pytest.raises(Ambiguous):
        settled([head(3, 4, 25), head(3, 4, 25)])
    assert settled([head(3, 4, 25)], Order.MONTH) is Order.MONTH


LINES = st.sampled_from(
    ["31/12/24, 21:41 - ", "[31/12/24, 21:41:00] ", "a: ", "\u200e", "<attached: ", ">", "\n", " (x)"]
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(parts=st.lists(LINES | st.text(max_size=8), max_size=12))
def test_any_text_is_a_chat_or_said_to_be_none(parts: list[str]) -> None:
    try:
        found = spoken("".join(parts), "x")
    except (NoChat, Ambiguous):
        return
    assert found
