"""Nothing is lost by folding, whatever is written; and no text takes long."""

import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest_email.reading.html import read_html
from ingest_email.reading.newwords import fold

MILLION = 1_000_000
# More than a machine under load needs, less than anything that grows faster than its text.
SECONDS = 1.0

LINES = st.sampled_from(
    [
        "", "", "سلام", "yes", "> old", "> > older", ">", "On Mon, Oct 5, 2026, Ali <a@b.co> wrote:", "Ali wrote:",
        "در تاریخ ۱۳ مهر ۱۴۰۵ سارا <s@b.ir> نوشت:", "نوشت:", "-- ", "--", "—", "---", "________________", "* * *",
        "-----Original Message-----", "---------- Forwarded message ---------", "Begin forwarded message:",
        "> Begin forwarded message:", "From: Ali <a@b.co>", "Sent: Monday, 5 October 2026", "To: Sara", "Subject: x",
        "از: علی", "تاریخ: ۱۴۰۵/۷/۱۳", "به: سارا", "موضوع: قیمت", "Phone: 0912", "با احترام", "Best regards",
        "علی رضایی",
        "تلفن: ۰۲۱-۸۸۷۷۶۶۵۵", "www.example.com", "Sent from my iPhone", "ارسال از گوشی من", "-Ali", "- one", "a" * 70,
        "> " + "b " * 35, "(https://example.com/x) >", "This e-mail is confidential and intended for the recipient "
        "alone; unauthorized disclosure is prohibited. If it is not for you delete it.", "Virus-free. www.avast.com",
        "##- Please type your reply above this line -##", "\u202bاز:\u202c علی",
        "reply On Wed, Apr 4, 2012, b@c.de wrote:",
    ]
)  # fmt: skip
MAILS = st.lists(LINES | st.text(max_size=30), max_size=30).map("\n".join)


@given(MAILS)
@settings(max_examples=400, deadline=None)
def test_every_word_is_in_the_new_words_or_in_the_rest(text: str) -> None:
    found = fold(text)
    assert sorted((found.new + "\n" + (found.quoted or "")).split()) == sorted(text.split())


@given(MAILS)
@settings(max_examples=400, deadline=None)
def test_a_mail_that_says_something_has_new_words(text: str) -> None:
    assert bool(fold(text).new.strip()) == bool(text.strip())


@given(MAILS)
@settings(max_examples=400, deadline=None)
def test_folding_the_new_words_again_changes_nothing(text: str) -> None:
    new = fold(text).new
    assert fold(new).new == new


@given(st.lists(st.sampled_from(['<div class="gmail_quote">', '<blockquote type="cite">', "</div>", "</blockquote>",
                                 '<div id="divRplyFwdMsg">', "<p>word</p>", "text<br>", '<div class="gmail_signature">',
                                 '<hr id="zwchr">', "\ufdd2", "&#xfdd5;"]), max_size=25).map("".join))  # fmt: skip
@settings(max_examples=300, deadline=None)
def test_html_of_any_shape_loses_no_word_either(html: str) -> None:
    found = read_html(html)
    assert sorted(f"{found.new}\n{found.quoted or ''}".split()) == sorted(found.text.split())
    assert bool(found.new.strip()) == bool(found.text.strip())


@pytest.mark.parametrize(
    "made",
    [
        pytest.param(lambda: ">" * 2 * MILLION, id="angles"),
        pytest.param(lambda: ">\n" * MILLION, id="lines of an angle"),
        pytest.param(lambda: "a\n" * MILLION, id="a million lines"),
        pytest.param(lambda: "\n" * 2 * MILLION, id="blank lines"),
        pytest.param(lambda: ":\n" * MILLION, id="colons"),
        pytest.param(lambda: "From: " * 300_000, id="labels in a line"),
        pytest.param(lambda: "From: a@b\nx y\n" * 150_000, id="labels"),
        pytest.param(lambda: ("CC: " + "a: " * 100 + "\n") * 5_000, id="labels in every line"),
        pytest.param(lambda: "a wrote 12:30:\n" * 150_000, id="who wrote"),
        pytest.param(lambda: ("a" * 399 + ":\n") * 5_000, id="long lines with colons"),
        pytest.param(lambda: "x On Mon, " * 200_000 + " wrote:", id="who wrote in a line"),
        pytest.param(lambda: "x" + "-" * 2 * MILLION + " On Mon, 5 wrote:", id="dashes"),
        pytest.param(lambda: "a\n--\n" * 300_000, id="signatures"),
        pytest.param(lambda: "> a\n\n\nb\n\n" * 150_000, id="answers among quotes"),
        pytest.param(lambda: "> (http://a\nb)\n" * 150_000, id="broken links"),
        pytest.param(lambda: "confidential intended recipient " * 60_000, id="disclaimers"),
        pytest.param(lambda: "Thanks\nAli\n" + "a@b.com\n" * 200_000, id="addresses"),
        pytest.param(lambda: "Thanks\nAli\n" + "1 " * MILLION, id="figures"),
        pytest.param(lambda: "\u202b\u200f" * MILLION, id="direction signs"),
        pytest.param(lambda: "نوشت " * 400_000, id="one verb"),
    ],
)
def test_no_text_takes_long(made: Callable[[], str]) -> None:
    assert _seconds(lambda text: fold(text), made()) < SECONDS


@pytest.mark.parametrize(
    "made",
    [
        pytest.param(lambda: '<blockquote type="cite">' * 20_000 + "x", id="quotes in quotes"),
        pytest.param(lambda: "<blockquote>a</blockquote>b" * 20_000, id="quotes beside quotes"),
        pytest.param(lambda: '<div class="gmail_quote">' * 20_000 + "x<blockquote>", id="containers in containers"),
        pytest.param(lambda: '<div style="border-top:solid">From:' * 20_000, id="boxes in boxes"),
        pytest.param(lambda: '<div style="display:none">' * 20_000, id="hidden in hidden"),
        pytest.param(lambda: "&#xfdd0;&#xfdd2;&#xfdd5;&#xfdd6;" * 20_000, id="marks"),
    ],
)
def test_no_html_takes_long(made: Callable[[], str]) -> None:
    assert _seconds(lambda html: read_html(html), made()) < SECONDS


def _seconds(work: Callable[[str], object], text: str) -> float:
    """Return the processor's seconds: a busy machine is none of the text's fault."""
    began = time.process_time()
    work(text)
    return time.process_time() - began
