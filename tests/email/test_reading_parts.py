"""What is found in a mail beside its text: files, pictures, attached mails, signatures, what Outlook wraps."""

import base64
import struct

import pytest

from ingest_email.reading import limits
from ingest_email.reading.mail import Mail, read_mail
from ingest_email.reading.transfer import undone
from peyvand.sniffing import sniffed

HEAD = b"From: a@example.com\nTo: support@example.ir\nSubject: x\nMIME-Version: 1.0\n"

ZIP = b"PK\x03\x04" + bytes(26)
PGP = '; protocol="application/pgp-signature"'
SIGNED_DATA = bytes.fromhex("308006092a864886f70d010702a080")


def mixed(*parts: bytes, kind: str = "mixed", more: str = "") -> bytes:
    head = f"Content-Type: multipart/{kind}; boundary=b{more}\n\n".encode()
    return HEAD + head + b"".join(b"--b\n" + part + b"\n" for part in parts) + b"--b--\n"


def text(said: str, kind: str = "plain", more: str = "") -> bytes:
    return f"Content-Type: text/{kind}; charset=utf-8{more}\nContent-Transfer-Encoding: 8bit\n\n{said}".encode()


def file(media_type: str, content: bytes, *headers: str) -> bytes:
    lines = [f"Content-Type: {media_type}", "Content-Transfer-Encoding: base64", *headers]
    return "\n".join(lines).encode() + b"\n\n" + base64.encodebytes(content)


def names(mail: Mail) -> list[str]:
    return [a.name for a in mail.attachments]


def flags(mail: Mail) -> list[str]:
    return [f.name for f in (*mail.flags, *mail.protection)]


# files


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ("attachment; filename*=UTF-8''%D9%81%D8%A7%DA%A9%D8%AA%D9%88%D8%B1.pdf", "فاکتور.pdf"),
        ("attachment; filename*0*=utf-8''%D9%81%D8; filename*1*=%A7%DA%A9; filename*2=.pdf", "فاک.pdf"),
        ('attachment; filename="=?UTF-8?B?2YHYp9qp2KrZiNixLnBkZg==?="', "فاکتور.pdf"),
        ('attachment; filename="فاکتور.pdf"', "فاکتور.pdf"),
        ("attachment; filename=two words.pdf", "two words.pdf"),
        ('attachment; filename="a\\"b;c.pdf"', 'a"b;c.pdf'),
        ('attachment; filename="..\\..\\evil\u202efdp.exe"', "evilfdp.exe"),
        ("attachment", ""),
    ],
)  # fmt: skip
def test_a_file_has_its_name_however_it_is_written(disposition: str, name: str) -> None:
    part = file("application/pdf", b"%PDF-1", f"Content-Disposition: {disposition}")
    assert names(read_mail(mixed(text("سلام"), part))) == [name]


def test_raw_bytes_in_a_name_are_read_as_the_text_is_written() -> None:
    part = b'Content-Type: application/pdf; name="' + "صورتحساب".encode("cp1256") + b'.pdf"\n\n%PDF'
    body = b"Content-Type: text/plain; charset=windows-1256\n\n" + "سلام عليكم".encode("cp1256")
    assert names(read_mail(mixed(body, part))) == ["صورتحساب.pdf"]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7", "application/pdf"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"MZ\x90", "application/vnd.microsoft.portable-executable"),
        (ZIP + b"word/document.xml", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (ZIP + b"mimetypeapplication/vnd.oasis.opendocument.textPK", "application/vnd.oasis.opendocument.text"),
        (ZIP + b"a.txt", "application/zip"),
        (b"\0\0\0\x18ftypheic", "image/heic"),
        (b"\0\0\0\x18ftypisom", "video/mp4"),
        (b"RIFF\0\0\0\0WAVE", "audio/wav"),
        (b"#!AMR\n", "audio/amr"),
        (b"\xef\xbb\xbf  <!DOCTYPE HTML><html>", "text/html"),
        (b"<?xml version='1.0'?><svg onload='x'>", "image/svg+xml"),
        (b"BMW is a car", ""),
        (b"", ""),
    ],
)  # fmt: skip
def test_the_first_bytes_of_a_file_say_what_it_is(content: bytes, kind: str) -> None:
    assert sniffed(content) == kind


def test_a_file_that_claims_to_be_another_is_seen_through() -> None:
    (found,) = read_mail(mixed(file("image/png; name=a.png", b"MZ\x90\0"))).attachments
    assert (found.claimed_type, found.sniffed_type) == ("image/png", "application/vnd.microsoft.portable-executable")


def test_a_picture_within_the_html_is_known_by_its_content_id() -> None:
    page = text('<p>سلام</p><img src="cid:logo@1">', "html")
    logo = file(
        "image/png", b"\x89PNG\r\n\x1a\n", "Content-ID: <logo@1>", "Content-Disposition: inline; filename=l.png"
    )
    mail = read_mail(mixed(page, logo, kind="related"))
    assert [(a.content_id, a.inline, a.name) for a in mail.attachments] == [("logo@1", True, "l.png")]
    assert mail.html is not None
    assert "cid:logo@1" in mail.html


def test_an_attached_mail_says_its_subject_and_who_wrote_it() -> None:
    inner = "From: سارا <sara@example.org>\nSubject: =?utf-8?B?2YLbjNmF2Ko=?=\n\nmore".encode()
    (found,) = read_mail(mixed(text("see"), b"Content-Type: message/rfc822\n\n" + inner)).attachments
    assert (found.name, found.title) == ("قیمت.eml", "قیمت (سارا)")


def test_an_attached_mail_is_a_file_whatever_it_holds() -> None:
    inner = HEAD + b"Content-Type: text/plain\n\nnot ours"
    mail = read_mail(mixed(text("ours"), b"Content-Type: message/rfc822; name=m.eml\n\n" + inner))
    assert (mail.text, names(mail)) == ("ours", ["m.eml"])


def test_files_within_a_winmail_dat_are_named_and_stay_there() -> None:
    long_name = "نقشهٔ نهایی.dwg".encode("utf-16-le") + b"\0\0"
    properties = struct.pack("<III", 0x3707001F, 1, len(long_name)) + long_name
    content = b"\x78\x9f\x3e\x22\x01\x00" + b"".join(
        struct.pack("<BII", level, kind, len(value)) + value + b"\0\0"
        for level, kind, value in (
            (1, 0x00069007, struct.pack("<II", 1256, 0)),
            (2, 0x00069002, b"x" * 14), (2, 0x00018010, b"NAGHSH~1.DWG\0"), (2, 0x0006800F, b"y" * 321),
            (2, 0x00069005, properties),
            (2, 0x00069002, b"x" * 14), (2, 0x00018010, "فاكتور.pdf\0".encode("cp1256")),
        )
    )  # fmt: skip
    found = read_mail(mixed(text("x"), file("application/ms-tnef; name=winmail.dat", content))).attachments
    assert [(a.name, a.size, a.sha256 is None) for a in found[1:]] == [
        ("نقشهٔ نهایی.dwg", 321, True),
        ("فاكتور.pdf", None, True),
    ]
    assert found[0].sniffed_type == "application/vnd.ms-tnef"
    assert found[1].state == "within winmail.dat"


def test_a_winmail_dat_that_is_none_is_a_file_like_others() -> None:
    assert names(read_mail(mixed(file("application/ms-tnef; name=winmail.dat", b"rubbish")))) == ["winmail.dat"]


def test_a_uuencoded_file_is_decoded() -> None:
    assert undone(b"begin 644 a.txt\n#0V%T\n`\nend\n", "x-uuencode") == b"Cat"
    assert undone(b"nothing of the kind", "x-uuencode") == b""


# what is protected


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (mixed(text("hi"), file("application/pgp-signature", b"s"), kind="signed", more=PGP),
         ("signed", "PGP; the signature is not checked")),
        (mixed(text("hi"), file("application/pkcs7-signature; name=smime.p7s", b"s"), kind="signed"),
         ("signed", "S/MIME; the signature is not checked")),
        (mixed(file("application/pgp-encrypted", b"Version: 1"), kind="encrypted"),
         ("encrypted", "PGP; only the recipient's key opens it")),
        (HEAD + file("application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m", b"x"),
         ("encrypted", "S/MIME; only the recipient's key opens it")),
        (HEAD + file("application/x-pkcs7-mime; name=smime.p7m", SIGNED_DATA),
         ("signed", "S/MIME; its text is within the signature and is not read")),
        (HEAD + b"\n-----BEGIN PGP MESSAGE-----\n\nhQEMA\n", ("encrypted", "PGP, in the text")),
    ],
)  # fmt: skip
def test_what_is_signed_or_encrypted_is_said_to_be(raw: bytes, said: tuple[str, str]) -> None:
    assert [(f.name, f.why) for f in read_mail(raw).protection] == [said]


def test_a_text_signed_by_pgp_is_shown_without_its_armour() -> None:
    said = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nسلام\n- --\nعلی\n"
    armour = "-----BEGIN PGP SIGNATURE-----\n\niQEz\n-----END PGP SIGNATURE-----\n"
    mail = read_mail(HEAD + b"Content-Type: text/plain; charset=utf-8\n\n" + (said + armour).encode())
    assert mail.text == "سلام\n--\nعلی"


# texts


def test_plain_text_is_preferred_and_the_html_goes_with_it() -> None:
    mail = read_mail(mixed(text("سلام"), text("<b>سلام</b>", "html"), kind="alternative"))
    assert (mail.text, mail.html) == ("سلام", "<b>سلام</b>")


def test_a_plain_text_that_says_nothing_gives_way_to_the_html() -> None:
    page = "".join(f"<p>این بند شمارهٔ {n} از نامهٔ ما دربارهٔ قیمت پمپ است.</p>" for n in range(60))
    mail = read_mail(mixed(text("Your mail program does not show HTML."), text(page, "html"), kind="alternative"))
    assert mail.text.startswith("این بند شمارهٔ 0")
    assert mail.folded.new.startswith("این بند شمارهٔ 0")


def test_a_short_answer_is_not_mistaken_for_one_because_its_html_is_long() -> None:
    page = f"<style>{'p{margin:0}' * 2_000}</style><p><b>بله</b>، موافقم. (با لوگو)</p>"
    assert read_mail(mixed(text("بله، موافقم."), text(page, "html"), kind="alternative")).text == "بله، موافقم."


def test_texts_around_a_file_are_one_text() -> None:
    pages = [text("<p>یک</p>", "html"), file("application/pdf; name=a.pdf", b"%PDF"), text("<p>دو</p>", "html")]
    mail = read_mail(mixed(*pages))
    assert mail.text.split() == ["یک", "دو"]
    assert mail.html == "<p>یک</p>\n<p>دو</p>"


def test_a_lists_footer_below_html_is_read_with_it() -> None:
    mail = read_mail(mixed(text("<p>سلام به همه</p>", "html"), text("لغو اشتراک: https://list.example.org")))
    assert mail.text == "سلام به همه\n\nلغو اشتراک: https://list.example.org"


def test_very_long_html_is_shown_as_text_only() -> None:
    page = "<p>x</p>" * (limits.HTML_KEPT // 8 + 1)
    mail = read_mail(HEAD + text(page, "html"))
    assert mail.html is None
    assert mail.text.startswith("x")


def test_lines_that_flow_are_joined_and_quotes_are_not() -> None:
    body = "one \ntwo\n> quoted \n> lines\n-- \nAli"
    mail = read_mail(HEAD + text(body, more="; format=flowed"))
    assert mail.text == "one two\n> quoted\n> lines\n--\nAli"


# headers


def test_of_a_header_that_stands_twice_the_first_counts_and_that_is_said() -> None:
    mail = read_mail(b"Subject: first\nSubject: second\n" + HEAD.replace(b"Subject: x\n", b"") + b"\nx")
    assert mail.subject == "first"
    assert flags(mail) == ["repeated-header"]


def test_a_line_that_is_no_header_hides_none_below_it() -> None:
    mail = read_mail(b"From: a@example.com\nthis is nothing\nSubject: there\nTo: b@example.com\n\nbody")
    assert (mail.subject, mail.text) == ("there", "body")


def test_a_body_without_a_blank_line_above_it_is_a_body() -> None:
    assert read_mail(b"From: a@example.com\nSubject: x\nhello there\nand more").text == "hello there\nand more"


def test_a_type_without_a_semicolon_is_a_type() -> None:
    assert read_mail(HEAD + b"Content-Type: text/html charset=utf-8\n\n<p>x</p>").text == "x"


def test_controls_are_gone_and_letters_are_composed() -> None:
    mail = read_mail(b"From: a@example.com\nSubject: Cafe\xcc\x81 \x07\xe2\x80\xaex\n\nA\x00\x08\x0b\x1b[31mB")
    assert (mail.subject, mail.text) == ("Café x", "A[31mB")
