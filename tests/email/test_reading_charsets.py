"""Letters under whatever name their encoding has: fourteen languages, and words that it was not fitted to."""

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from ingest_email.reading.mail import Mail, read_mail
from mails.torture import OTHERS, Trial, bodies, subjects

READ: dict[str, tuple[Callable[..., Iterator[Trial]], Callable[[Mail], str]]] = {
    "bodies": (bodies, lambda mail: mail.text),
    "subjects": (subjects, lambda mail: mail.subject),
}


def plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


@pytest.mark.parametrize("words", ["known", "others"])
@pytest.mark.parametrize("what", READ)
def test_nine_of_ten_are_read_to_the_letter(what: str, words: str) -> None:
    make, part = READ[what]
    trials = list(make(texts=OTHERS if words == "others" else None))
    right = Counter(t.kind for t in trials if plain(part(read_mail(t.raw))) == plain(t.expected))
    print(f"{what}, {words}: {right.total()} of {len(trials)}; {dict(right)}")
    assert right.total() >= 0.9 * len(trials)


@pytest.mark.parametrize("kind", ["right", "alias", "split", "raw"])
@pytest.mark.parametrize("what", READ)
def test_what_says_its_encoding_in_any_way_is_always_read(what: str, kind: str) -> None:
    make, part = READ[what]
    wrong = [t.name for t in make() if t.kind == kind and plain(part(read_mail(t.raw))) != plain(t.expected)]
    assert wrong == []


def test_western_letters_stay_western_under_any_careless_name() -> None:
    for text in (
        "El señor Núñez pide 10 m³ y 5 m² más.",
        "¿Qué tal, señor Peña? ¿Mañana?",
        "Þetta er íslenska, góðan dag",
    ):
        for label in ("iso-8859-1", "us-ascii", "windows-1252"):
            assert read_mail(_labelled(text.encode("cp1252"), label)).text == text


def test_utf8_with_a_broken_letter_is_still_utf8() -> None:
    raw = "Für größere Pumpen".encode().replace(b" ", b"\xf6 ", 1)
    assert read_mail(_labelled(raw, "utf-8")).text == "Für\ufffd größere Pumpen"


def test_html_without_a_label_says_its_encoding_within() -> None:
    page = '<head><meta http-equiv="Content-Type" content="text/html; charset=windows-1257"></head><body>Ačiū!</body>'
    assert read_mail(_labelled(page.encode("cp1257"), "", "html")).text == "Ačiū!"


def test_a_mark_of_byte_order_is_no_letter() -> None:
    assert read_mail(_labelled("\ufeffسلام".encode(), "utf-8")).text == "سلام"
    assert read_mail(_labelled("\ufeffسلام".encode("utf-16-le"), "utf-16")).text == "سلام"


def _labelled(raw: bytes, label: str, kind: str = "plain") -> bytes:
    head = b"From: a@example.com\nContent-Type: text/" + kind.encode()
    return head + (f"; charset={label}" if label else "").encode() + b"\n\n" + raw
