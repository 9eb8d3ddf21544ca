"""Which way texts run."""

import pytest

from timeline.web.writing import paragraphs, subject_way


@pytest.mark.parametrize(
    ("subject", "way"),
    [
        ("سفارش ۱۱۸", "rtl"),
        ("Re: سفارش ۱۱۸", "rtl"),
        ("RE: Fwd: [3] سفارش", "rtl"),
        ("Re[2]: FW: سفارش", "rtl"),
        ("Re: Order 118", "ltr"),
        ("Re:", "ltr"),
        ("118", None),
    ],
)
def test_a_subject_runs_as_its_own_words_do(subject: str, way: str | None) -> None:
    assert subject_way(subject) == way


def test_each_paragraph_runs_its_own_way_and_a_number_with_its_neighbours() -> None:
    text = "۱۲۳\nسلام\n\n۰۹۱۲ ۳۴۵\nBest regards\n+44 20\nلیلا"
    assert paragraphs(text) == [
        ("rtl", "۱۲۳\nسلام\n\n۰۹۱۲ ۳۴۵"),
        ("ltr", "Best regards\n+44 20"),
        ("rtl", "لیلا"),
    ]


def test_nothing_is_lost_of_a_text() -> None:
    text = "a\n\nب\n 1 \n\nc"
    assert "\n".join(part for _, part in paragraphs(text)) == text


def test_a_text_without_letters_has_no_way() -> None:
    assert paragraphs("۰۹۱۲ 🙏") == [(None, "۰۹۱۲ 🙏")]
