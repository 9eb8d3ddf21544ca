"""The folding of words: one writing for all, in a time that nobody can stretch."""

import re
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeline.folds.search import folded, one_writing


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=40))
def test_a_text_is_folded_in_pieces_as_it_would_be_whole(text: str) -> None:
    # behind so many letters the text falls across a cut at each of its places in turn
    for before in range(250, 257):
        assert folded("x" * before + " " + text) == f"{'x' * before} {folded(text)}".strip()


@given(st.text(max_size=60))
def test_what_was_composed_and_what_was_taken_apart_are_one(text: str) -> None:
    assert folded(unicodedata.normalize("NFC", text)) == folded(unicodedata.normalize("NFD", text))


@pytest.mark.parametrize("marks", ["\u0301\u0323", "\u0f73", "\uff9e\u0301", "\U0001d165\U0001d16d"])
def test_a_message_of_nothing_but_marks_holds_nobody_up(marks: str) -> None:
    began = time.perf_counter()
    folded("a" + marks * (200_000 // len(marks)))
    assert time.perf_counter() - began < 3  # half a minute and more, when all is normalised at once


def test_what_steers_the_writing_parts_no_word() -> None:
    # right-to-left marks and isolates, a joiner, a soft hyphen: seen by nobody, pasted with the text
    assert folded("\u2067کتا\u200fب\u2069 ۰۹۱۲\u200e۳۴ ه\u200d re\u00adport") == "کتاب 091234 ه report"


@given(st.text(max_size=200))
def test_words_are_what_is_letter_or_digit_parted_by_single_spaces(text: str) -> None:
    assert folded(text).split(" ") == (re.findall(r"[^\W_]+", one_writing(text)) or [""])
