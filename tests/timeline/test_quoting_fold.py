"""What a message answers tells which of its words are old."""

from hypothesis import given
from hypothesis import strategies as st

from timeline.folds.quoting import confirmed

PARENT = "سلام\nقیمت نسخهٔ ۵ کاربره چقدر است؟ برای شرکت می‌خواهم.\nبا احترام، مریم"


def test_the_parents_words_at_the_end_are_folded_whatever_introduces_them() -> None:
    again = "> سلام\n> قيمت نسخه 5 کاربره چقدر است؟ براي شركت مي‌خواهم.\n> با احترام، مریم"
    text = f"پنج میلیون تومان.\n\nمریم در روز شنبه گفته بود که:\n{again}"
    new, quoted = confirmed(text, PARENT)
    assert new == "پنج میلیون تومان."
    assert quoted is not None
    assert quoted.startswith("مریم در روز شنبه")


def test_words_below_the_repeated_ones_keep_all_as_it_is() -> None:
    text = PARENT + "\nجواب: پنج میلیون تومان"
    assert confirmed(text, PARENT) == (text, None)


def test_a_greeting_in_common_is_no_quote() -> None:
    assert confirmed("باشد\nسلام", PARENT) == ("باشد\nسلام", None)


def test_what_repeats_all_of_its_parent_is_not_emptied() -> None:
    assert confirmed(PARENT, PARENT) == (PARENT, None)


@given(st.text(max_size=200), st.text(max_size=200))
def test_nothing_is_lost(text: str, parent: str) -> None:
    new, quoted = confirmed(text, parent)
    assert new if text else not new
    kept = "".join((new + (quoted or "")).split())
    assert kept == "".join(text.split())
