"""What is read from a mail: letters, names, times, keys, new words."""

import email
import email.policy
from datetime import UTC, datetime, timedelta
from email.message import Message
from pathlib import Path

import pytest

from ingest_email.imap.settings import Settings
from ingest_email.reading import html
from ingest_email.reading.addresses import Address, addresses
from ingest_email.reading.charset import decoded
from ingest_email.reading.dates import parsed, written
from ingest_email.reading.keys import mail_key, message_id, references
from ingest_email.reading.mail import read_mail
from ingest_email.reading.mime import Part, parse
from ingest_email.reading.newwords import fold
from ingest_email.reading.words import readable
from peyvand.errors import BadPayload
from peyvand.filenames import clean_name

FIXTURES = sorted((Path(__file__).parents[1] / "fixtures" / "email").glob("*/*.eml"))
SENTENCE = "با سلام، لطفاً قیمت پمپ را اعلام کنید. سپاسگزارم"
ARABIC_LETTERS = SENTENCE.replace("ی", "ي").replace("ک", "ك")
NOON = datetime(2026, 10, 4, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "label", ["utf-8", "UTF8", '"utf-8"', "unicode-1-1-utf-8", "us-ascii", "iso-8859-1", "", "x-unknown"]
)
def test_utf8_is_known_under_any_label(label: str) -> None:
    assert decoded(SENTENCE.encode(), label) == SENTENCE


@pytest.mark.parametrize(
    "label", ["windows-1256", "cp1256", "CP-1256", "x-windows-1256", "Windows1256", "us-ascii", "iso-8859-1", ""]
)
def test_windows_1256_is_known_under_its_names_and_under_careless_ones(label: str) -> None:
    assert decoded(ARABIC_LETTERS.encode("cp1256"), label) == ARABIC_LETTERS


def test_western_text_under_a_western_label_stays_western() -> None:
    assert decoded("Müller führt Café".encode("cp1252"), "iso-8859-1") == "Müller führt Café"


def test_a_letter_split_between_two_encoded_words_is_whole_again() -> None:
    assert readable(b"=?utf-8?B?2LPZhNin2YU=?=\n =?utf-8?B?INiv2A==?= =?utf-8?B?p9ix24w=?=") == "سلام داری"


def test_signs_that_turn_direction_are_dropped_and_zwnj_stays() -> None:
    assert readable("\u202eمی\u200cخواهم\u202c".encode()) == "می\u200cخواهم"


def test_names_with_commas_comments_groups_and_rubbish_are_read() -> None:
    value = b'"Rezaei, Ali" <ali@example.com>, sara@example.ir (Sara), Team: <x@y.org>;, , "\\"Q\\"" <q@example.com>'
    assert addresses([value, b"no one"]) == (
        Address("Rezaei, Ali", "ali@example.com"),
        Address("Sara", "sara@example.ir"),
        Address("", "x@y.org"),
        Address("Q", "q@example.com"),
        Address("no one", ""),
    )


def test_a_date_that_cannot_be_true_gives_way_to_the_arrival() -> None:
    for claimed in (NOON + timedelta(days=400), NOON - timedelta(days=31)):
        when = written(claimed, [NOON], by_us=False)
        assert when.at == NOON
        assert [f.name for f in when.flags] == ["clock"]


def test_mail_that_was_moved_between_servers_keeps_its_date() -> None:
    long_ago = NOON - timedelta(days=700)
    moved = written(long_ago, [NOON, long_ago + timedelta(seconds=5)], by_us=False)
    assert moved.at == long_ago
    assert written(long_ago, [NOON], by_us=True).at == long_ago


@pytest.mark.parametrize("value", ["", "yesterday", "Mon, 99 Foo 2026 25:61:00 +9999", "0" * 5_000])
def test_a_date_that_is_none_is_none(value: str) -> None:
    assert parsed(value) is None


def test_a_mail_is_the_same_with_a_lists_tag_and_another_with_another_ticket() -> None:
    def key(subject: str) -> str:
        return mail_key("1@example.com", "a@example.com", NOON, subject, ["text"])

    assert key("Re: [pumps] Wear") == key("Re: Wear")
    assert key("[#101] Invoice") != key("[#102] Invoice")


def test_without_an_id_the_text_and_the_recipients_tell_mails_apart() -> None:
    keys = {
        mail_key(None, "a@example.com", NOON, "x", body)
        for body in (["b@example.ir", "one"], ["b@example.ir", "two"], ["c@example.ir", "one"])
    }
    assert len(keys) == 3
    assert mail_key(None, "a", NOON, "x", ["b", "one\r\n two"]) == mail_key(None, "a", NOON, "x", ["b", "one two"])


@pytest.mark.parametrize("value", ["", "<>", "<no-at-sign>", "<a@b> <c@d>", "a@b", "<" + "x" * 2_000 + "@b>"])
def test_an_id_that_is_none_is_none(value: str) -> None:
    assert message_id(value) is None


def test_what_a_mail_answers_comes_nearest_first_and_once() -> None:
    assert references("<c@X.com>", "<a@x.com> <b@x.com>\n <c@x.com>") == ("c@x.com", "b@x.com", "a@x.com")


@pytest.mark.parametrize(
    ("text", "new"),
    [
        ("بله\n\nدر تاریخ ۱۲ مهر ۱۴۰۵، سارا <s@example.ir> نوشت:\n> سلام", "بله"),
        ("بله\n\n-----پیام اصلی-----\nهر چه بود", "بله"),
        ("ok\n\n-----Original Message-----\nFrom: x", "ok"),
        ("ok\n\nFrom: Sara\nSent: Monday, 5 October 2026 10:00\nTo: Ali\nSubject: x\n\nold", "ok"),
        ("On Mon, Oct 5, 2026 at 9:00 AM Ali <a@b.co>\nwrote:\n> old\n\nmy answer below", "my answer below"),
        ("ja\n\nAm 05.10.26 um 09:00 schrieb Ali:\nalt", "ja"),
        ("> one?\nyes\n> two?\nno", "> one?\nyes\n> two?\nno"),
        ("> only a quote", "> only a quote"),
        ("Dear Sara,\nplease note the following:\n1. price", "Dear Sara,\nplease note the following:\n1. price"),
        ("از: تهران\nبه: شیراز\nبار فردا می‌رسد", "از: تهران\nبه: شیراز\nبار فردا می‌رسد"),
        ("به نظر من در جلسه ۳ نفر نوشتند:\nخوب است", "به نظر من در جلسه ۳ نفر نوشتند:\nخوب است"),
    ],
)
def test_history_is_folded_only_where_it_is_certain(text: str, new: str) -> None:
    folded = fold(text)
    assert folded.new == new
    assert (folded.quoted is None) == (text == new)


@pytest.mark.parametrize(
    ("written_name", "name"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\نقشه.dwg", "نقشه.dwg"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("a\x00b\n.txt", "ab.txt"),
        ("..", ""),
    ],
)
def test_a_file_name_is_made_harmless(written_name: str, name: str) -> None:
    assert clean_name(written_name) == name


def test_a_long_file_name_keeps_its_ending_within_the_limit() -> None:
    name = clean_name("پ" * 400 + ".pdf")
    assert name.endswith("پ.pdf")
    assert len(name.encode()) <= 255


def test_a_panic_of_the_html_parser_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    panic = type("PanicException", (BaseException,), {})

    def panics(*_: object, **__: object) -> str:
        raise panic

    monkeypatch.setattr(html, "extract_plain_text", panics)
    with pytest.raises(BadPayload):
        html.read_html("<p>")


def test_line_ends_of_any_kind_make_no_difference() -> None:
    raw = next(path for path in FIXTURES if path.stem == "attachments").read_bytes()
    assert read_mail(raw.replace(b"\n", b"\r\n")) == read_mail(raw) == read_mail(raw.replace(b"\n", b"\r"))


# In these Python's parser writes a mail within the mail anew, or they are no whole mails.
OTHERWISE = ("not_handed_over", "larger_than_fetched", "exchange_report")


@pytest.mark.parametrize("path", [p for p in FIXTURES if p.stem not in OTHERWISE], ids=lambda p: p.stem)
def test_the_tree_is_what_pythons_parser_finds(path: Path) -> None:
    raw = path.read_bytes()
    oracle = email.message_from_bytes(raw, policy=email.policy.compat32)
    assert _shape(parse(raw)) == _shape_of(oracle)


def _shape(part: Part) -> list[object]:
    return [part.media_type, [_shape(p) for p in part.parts] or part.content().strip()]


def _shape_of(message: Message) -> list[object]:
    if message.is_multipart() and message.get_content_maintype() == "multipart":
        parts = message.get_payload()
        assert isinstance(parts, list)
        return [message.get_content_type(), [_shape_of(p) for p in parts if isinstance(p, Message)]]
    if message.is_multipart():  # a report's fields: to us they are one body
        return [message.get_content_type(), _body(message)]
    content = message.get_payload(decode=True)
    assert isinstance(content, bytes)
    return [message.get_content_type(), content.strip()]


def _body(message: Message) -> bytes:
    return message.as_bytes().partition(b"\n\n")[2].strip()


def test_a_password_is_not_sent_in_the_clear_by_mistake() -> None:
    given = {"username": "a", "password": "b", "tls": "none"}
    with pytest.raises(ValueError, match="in the clear"):
        Settings.model_validate({**given, "host": "mail.example.ir"})
    assert Settings.model_validate({**given, "host": "127.0.0.1"}).port == 143
    assert Settings.model_validate({**given, "host": "mail.example.ir", "insecure": True}).port == 143
    assert Settings.model_validate({**given, "host": "mail.example.ir", "tls": "starttls"}).port == 143
    assert Settings.model_validate({**given, "host": "mail.example.ir", "tls": "implicit"}).port == 993
