"""The new words of a mail, and what is folded away: as mail programs write it, above all in Persian."""

from pathlib import Path

import pytest

from ingest_email.reading.html import Html, read_html
from ingest_email.reading.newwords import Folded, fold
from ingest_email.reading.newwords.folded import Kind
from ingest_email.reading.newwords.folding import parted
from ingest_email.reading.newwords.page import page
from ingest_email.reading.newwords.vocabulary import LABELS, vocabulary

CASES = sorted((Path(__file__).parents[1] / "fixtures" / "email" / "newwords").iterdir())
END = "\n%%%\n"


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.name)
def test_only_the_new_words_are_left(path: Path) -> None:
    mail, _, new = path.read_text("utf-8").partition(END)
    found: Folded | Html = read_html(mail) if path.suffix == ".html" else fold(mail)
    assert found.new.split() == new.split()


def test_there_are_sixty_cases_and_more() -> None:
    assert len(CASES) >= 60


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Ok\n\nOn Mon, Oct 5, 2026 Ali <a@b.co> wrote:\n> old", "nn hh"),
        ("Ok\n\n-- \nAli\n\nOn Mon, Oct 5, 2026 Ali <a@b.co> wrote:\n> old", "nn ss  hh"),
        ("Ok\n\nSent from my iPhone\n\n> On Oct 5, 2026, Ali <a@b.co> wrote:\n> old", "nn s hh"),
        ("FYI\n\n---------- Forwarded message ---------\nFrom: Ali\n\nnew to us", "nn f"),
        ("-------- پیام اصلی --------\nموضوع: قیمت\nتاریخ: ۱۴۰۵/۰۷/۱۳ ۰۹:۴۱\nاز: سارا <s@b.ir>\n\nسلام", "f"),
        (
            "-----Ursprüngliche Nachricht-----\nVon: Eva <e@b.de>\nGesendet: 5.10.2026\nAn: Ali\nBetreff: x\n\nHallo",
            "f",
        ),
        ("nur wenn a < b\n> gilt das\n> immer noch?", "nhh"),
        ("Ok\n\n________\ncyclists mailing list\nhttps://lists.example.com/", "nn oo"),
    ],
)
def test_each_line_is_known_for_what_it_is(text: str, kinds: str) -> None:
    found = [kind.value for kind in parted(page(text)).kinds if kind is not Kind.NEW]
    expected = {"h": Kind.HISTORY, "s": Kind.SIGNATURE, "f": Kind.FORWARD, "o": Kind.FOOTER}
    assert {expected[letter].value for letter in kinds if letter in expected} == set(found)


@pytest.mark.parametrize(
    ("opening", "wrote"),
    [
        ("On Mon, Oct 5, 2026 at 9:41 AM Ali <a@b.co>", "wrote:"),
        ("Am 05.10.26 um 09:41", "schrieb Ali:"),
        ("Le lun. 5 oct. 2026 à 09:41, Ali <a@b.co>", "a écrit :"),
        ("El lun, 5 oct 2026 a las 9:41, Ali (<a@b.co>)", "escribió:"),
        ("Il giorno lun 5 ott 2026 alle ore 09:41 Ali <a@b.co>", "ha scritto:"),
        ("Em seg., 5 de out. de 2026 às 09:41, Ali <a@b.co>", "escreveu:"),
        ("Op ma 5 okt 2026 om 09:41", "schreef Ali <a@b.co>:"),
        ("Den mån 5 okt. 2026 kl 09:41", "skrev Ali <a@b.co>:"),
        ("man. 5. okt. 2026 kl. 09.41", "skrev Ali <a@b.co>:"),
        ("ma 5. lokak. 2026 klo 9.41 Ali (a@b.co)", "kirjoitti:"),
        ("pon., 5 paź 2026 o 09:41 Ali <a@b.co>", "napisał(a):"),
        ("po 5. 10. 2026 v 9:41 odesílatel Ali <a@b.co>", "napsal:"),
        ("po 5. 10. 2026 o 9:41 Ali <a@b.co>", "napísal(a):"),
        ("Ali <a@b.co> ezt írta (időpont: 2026. okt. 5., H, 9:41)", ":"),
        ("În lun., 5 oct. 2026 la 09:41, Ali <a@b.co>", "a scris:"),
        ("На пн, 5.10.2026 г. в 9:41 Ali <a@b.co>", "написа:"),
        ("пн, 5 окт. 2026 г. в 09:41, Ali <a@b.co>", ":"),
        ("05.10.2026, 09:41, «Ali» <a@b.co>", "написал:"),
        ("пн, 5 жовт. 2026 р. о 09:41 Ali <a@b.co>", "пише:"),
        ("Στις Δευ 5 Οκτ 2026 στις 9:41, ο Ali <a@b.co>", "έγραψε:"),
        ("Ali <a@b.co>, 5 Eki 2026 Pzt, 09:41 tarihinde", "şunu yazdı:"),
        ("‫בתאריך יום ב׳, 5 באוק׳ 2026 ב-9:41 מאת ‪Ali‬‏ <‪a@b.co‬‏>", "‬:"),
        ("Vào Th 2, 5 thg 10, 2026 vào lúc 09:41 Ali <a@b.co>", "đã viết:"),
        ("Pada Sen, 5 Okt 2026 pukul 09.41 Ali <a@b.co>", "menulis:"),
        ("Ali <a@b.co> 于2026年10月5日周一 09:41", "写道："),
        ("2026年10月5日(月) 9:41 Ali <a@b.co>", ":"),
        ("2026년 10월 5일 (월) 오전 9:41, Ali <a@b.co>", "님이 작성:"),
        ("ในวันที่ จ. 5 ต.ค. 2026 เวลา 09:41 Ali <a@b.co>", "เขียนว่า:"),
        ("E, 5. okt 2026 kell 09:41 Ali <a@b.co>", "kirjutas:"),
        ("2026-10-05, pr, 09:41 Ali <a@b.co>", "rašė:"),
    ],
)
@pytest.mark.parametrize("mark", ["> ", ""], ids=["marked", "unmarked"])
def test_a_line_that_says_who_wrote_is_known_in_many_languages(opening: str, wrote: str, mark: str) -> None:
    for glue in (" ", "\n"):
        found = fold(f"new words\n\n{opening}{glue}{wrote}\n\n{mark}old words")
        assert found.new == "new words"


def test_words_are_told_apart_neither_by_the_letters_of_a_keyboard_nor_by_half_spaces() -> None:
    for wrote in ("پیام اصلی", "پيام اصلي", "پیام\u200cاصلی", "\u202bپیام اصلی\u202c"):
        assert fold(f"بله\n\n-----{wrote}-----\nسلام").new == "بله"


def test_the_text_stays_as_it_was_written() -> None:
    text = "\u202bمی\u200cخواهم ۱۲\u202c\n\nدر ۱۴۰۵/۷/۱۳ ۹:۴۱، علی نوشت:\n> \u202bسلام\u202c"
    assert fold(text) == Folded(
        "\u202bمی\u200cخواهم ۱۲\u202c", text.partition("\n\n")[2], True, "a line says who wrote what follows"
    )


def test_what_is_below_a_signature_is_folded_with_it_and_in_order() -> None:
    found = fold("yes\n\n-- \nAli\n\nOn Mon, Oct 5, 2026, Sara <s@b.ir> wrote:\n> old\n\nVirus-free. www.avast.com")
    assert found.quoted == "-- \nAli\n\nOn Mon, Oct 5, 2026, Sara <s@b.ir> wrote:\n> old\n\nVirus-free. www.avast.com"


def test_a_mail_that_is_nothing_but_an_earlier_one_is_shown_and_doubted() -> None:
    text = "در تاریخ ۱۳ مهر ۱۴۰۵ سارا <s@b.ir> نوشت:\n\n> سلام\n> خوبی؟"
    found = fold(text)
    assert (found.new, found.quoted, found.sure) == (text, None, False)


def test_an_unmarked_mail_after_a_name_alone_is_doubted() -> None:
    assert not fold("yes\n\nOn 5 October 2026 Ali wrote:\n\nold words").sure
    assert fold("yes\n\nOn 5 October 2026 Ali <a@b.co> wrote:\n\nold words").sure


def test_a_subject_tells_a_mail_that_was_passed_on_from_an_answered_one() -> None:
    text = "please see\n\nFrom: Ali <a@b.co>\nSent: Monday\nTo: Sara\nSubject: prices\n\nold to us or not"
    assert fold(text, subject="RE: prices").new == "please see"
    assert fold(text, subject="FW: prices").new == text
    assert fold(text, subject="ارجاع: قیمت").new == text
    assert fold(text, subject="Re: Fwd: prices").new == "please see"


def test_the_html_part_tells_where_the_plain_one_leaves_it_open() -> None:
    plain = "new words\n\nSara on the fifth: old words that stand\nhere without any mark at all"
    html = read_html(
        "<p>new words</p><div class='yahoo_quoted'>Sara on the fifth: <b>old words</b> that stand"
        " here without any mark at all</div>"
    )
    assert fold(plain).quoted is None
    assert fold(plain, html).new == "new words"
    assert fold(plain, lambda: html).quoted == plain.partition("\n\n")[2]


def test_the_html_part_is_not_read_where_the_plain_one_is_certain() -> None:
    def unread() -> Html:
        raise AssertionError

    assert fold("yes\n\nOn Mon, Oct 5, 2026, Ali <a@b.co> wrote:\n> old", unread).new == "yes"


def test_html_that_agrees_takes_the_doubt_away() -> None:
    plain = "yes\n\nOn 5 October 2026 Ali wrote:\n\nold words"
    html = read_html("<p>yes</p><div class='yahoo_quoted'>On 5 October 2026 Ali wrote:<p>old words</p></div>")
    assert not fold(plain).sure
    assert fold(plain, html).sure


def test_html_without_a_known_container_has_only_its_text() -> None:
    found = read_html("<p>سلام</p><p>خوبی؟</p>")
    assert (found.text, found.new, found.quoted, found.sure) == ("سلام\n\nخوبی؟", "سلام\n\nخوبی؟", None, True)


def test_nothing_that_a_sender_writes_is_taken_for_a_mark_of_ours() -> None:
    for mark in ("\ufdd0", "\ufdd1", "\ufdd2", "\ufdd6", "&#xfdd2;", "&#xfdd6;"):
        found = read_html(f"<p>one {mark}two</p><p>three</p>")
        assert found.text.split() == ["one", "two", "three"]


def test_every_label_of_the_vocabulary_is_found() -> None:
    known = vocabulary()
    assert {kind for kinds in known.labels.values() for kind in kinds} == set(LABELS)
    assert known.labels["ارسالشده"] == {"date"}
