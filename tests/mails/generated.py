"""A mailbox of any size from a seed: what a trading company's customers write, as their programs write it.

On average 20 KB a mail, 18 % Persian; the same seed gives the same bytes.
"""

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from enum import StrEnum
from random import Random

from mails.building import Encoding, as_html, file_part, quoted, text_part, together, wrapped
from mails.wording import ATTRIBUTIONS, CLOSINGS, NAMES, SUBJECTS, paragraph, sentence

OURS = "support@example.ir"
SEED = 5
BEGIN = datetime(2025, 1, 1, 6, 0, tzinfo=UTC)

_UTF8 = {t: Encoding("UTF-8", "utf-8", t) for t in ("base64", "quoted-printable", "8bit")}
_PERSIAN = (
    (_UTF8["base64"], 45),
    (_UTF8["quoted-printable"], 20),
    (_UTF8["8bit"], 15),
    (Encoding("windows-1256", "cp1256", "quoted-printable"), 10),
    (Encoding("windows-1256", "cp1256", "8bit"), 5),
    (Encoding("iso-8859-6", "iso8859-6", "base64"), 5),
)
_WESTERN = (
    (_UTF8["quoted-printable"], 50),
    (_UTF8["8bit"], 25),
    (Encoding("iso-8859-1", "cp1252", "quoted-printable"), 15),
    (Encoding("windows-1252", "cp1252", "8bit"), 10),
)
_FILES = (
    ("invoice.pdf", "application/pdf", b"%PDF-1.7\n"),
    ("پیش‌فاکتور.pdf", "application/pdf", b"%PDF-1.4\n"),
    ("photo.jpg", "image/jpeg", b"\xff\xd8\xff\xe0"),
    ("prices.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK\x03\x04"),
    ("نقشه نهایی.dwg", "application/octet-stream", b"AC1027"),
)
_LOGO = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


class Sort(StrEnum):
    """What kind of mail it is; all but the last three are one person's words to another."""

    PLAIN = "plain"
    ALTERNATIVE = "alternative"
    FILES = "files"
    FORWARD = "forward"
    NEWSLETTER = "newsletter"
    AUTO_REPLY = "auto-reply"
    BOUNCE = "bounce"


_SHARES = {
    Sort.PLAIN: 30, Sort.ALTERNATIVE: 28, Sort.FILES: 24, Sort.FORWARD: 4,
    Sort.NEWSLETTER: 10, Sort.AUTO_REPLY: 2, Sort.BOUNCE: 2,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Generated:
    """A mail, and what was put into it: `new` are the words that its writer wrote anew, None where nobody wrote."""

    raw: bytes
    sort: Sort
    language: str
    sender: str
    subject: str
    new: str | None
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Draft:
    """A mail in the making."""

    random: Random
    number: int
    language: str
    how: Encoding
    name: str
    address: str

    @property
    def persian(self) -> bool:
        return self.language in ("fa", "ar")

    def words(self) -> str:
        """Return what is said: a few paragraphs with a closing, in the letters that the encoding has."""
        said = "\n\n".join(wrapped(paragraph(self.random, self.language)) for _ in range(self.random.randint(1, 5)))
        return self.fitting(f"{said}\n\n{CLOSINGS[self.language]}\n{self.name}")

    def fitting(self, text: str) -> str:
        if self.how.codec == "cp1256":
            text = text.replace("ی", "ي").replace("ٔ", "").replace("۱", "1").translate(_LATIN_DIGITS)
        return text.encode(self.how.codec, "ignore").decode(self.how.codec)

    def history(self) -> tuple[str, str]:
        """Return a line that introduces an older mail, and that mail."""
        date = format_datetime(BEGIN + timedelta(minutes=self.number - 50))
        line = ATTRIBUTIONS[self.language].format(date=date, name="Support", address=OURS)
        said = "\n\n".join(wrapped(paragraph(self.random, self.language), 72) for _ in range(self.random.randint(1, 8)))
        return self.fitting(line), self.fitting(said)


_LATIN_DIGITS = {0x06F0 + d: str(d) for d in range(10)}


def mails(count: int, seed: int = SEED) -> Iterator[bytes]:
    """Yield so many mails."""
    return (one.raw for one in generated(count, seed))


def generated(count: int, seed: int = SEED) -> Iterator[Generated]:
    """Yield so many mails with what was put into them."""
    random = Random(seed)
    sorts, weights = list(_SHARES), list(_SHARES.values())
    for number in range(count):
        sort = random.choices(sorts, weights)[0]
        yield _MAKERS[sort](_draft(random, number), sort)


def _draft(random: Random, number: int) -> _Draft:
    if random.random() < 0.18:
        how = _one_of(random, _PERSIAN)
        language = "ar" if how.codec == "iso8859-6" else "fa"
    else:
        how, language = _one_of(random, _WESTERN), random.choice(("en", "en", "en", "en", "de", "fr"))
    address = f"{random.choice(('ali', 'sara', 'j.carter', 'emma', 'h-karimi'))}{number % 700}@{_domain(random)}"
    return _Draft(random, number, language, how, random.choice(NAMES[language]), address)


def _one_of(random: Random, weighted: tuple[tuple[Encoding, int], ...]) -> Encoding:
    return random.choices([e for e, _ in weighted], [w for _, w in weighted])[0]


def _domain(random: Random) -> str:
    return random.choice(("example.com", "example.org", "example.net", "mail.example.com", "sales.example.org"))


def _plain(draft: _Draft, sort: Sort) -> Generated:
    new = draft.words()
    text = new
    if reply := draft.random.random() < 0.5:
        line, said = draft.history()
        text = f"{new}\n\n{line}\n{quoted(said)}\n"
    return _sent(draft, sort, text_part("plain", text, draft.how), new, reply=reply)


def _alternative(draft: _Draft, sort: Sort) -> Generated:
    new = draft.words()
    text, html = new, f'<div dir="auto">{as_html(new)}</div>'
    if reply := draft.random.random() < 0.5:
        line, said = draft.history()
        text += f"\n\n{line}\n{quoted(said)}\n"
        html += f'<br><div class="gmail_quote"><div class="gmail_attr">{as_html(line)}<br></div>'
        html += f'<blockquote class="gmail_quote" style="margin:0 0 0 .8ex">{as_html(said)}</blockquote></div>'
    return _sent(draft, sort, _both(draft, text, html), new, reply=reply)


def _both(draft: _Draft, text: str, html: str) -> bytes:
    style = "p{margin:0;font-family:Vazirmatn,Tahoma,sans-serif}" + ".a{color:#333333;padding:0 0 0 8px}\n" * 90
    page = f"<html><head><style>{style}</style></head><body>{html}</body></html>"
    return together(
        "alternative", [text_part("plain", text, draft.how), text_part("html", page, draft.how)], draft.random
    )


def _files(draft: _Draft, sort: Sort) -> Generated:
    new = draft.words()
    if draft.random.random() < 0.5:
        first = text_part("plain", new, draft.how)
    else:
        shown = f'<p>{as_html(new)}</p><img src="cid:logo{draft.number}">'
        logo = file_part("logo.png", "image/png", _LOGO, draft.how, f"logo{draft.number}")
        first = together("related", [_both(draft, new, shown), logo], draft.random)
    chosen = draft.random.sample(_FILES, draft.random.choice((1, 1, 1, 2, 3)))
    parts = [file_part(n, t, m + draft.random.randbytes(_size(draft.random)), _UTF8["base64"]) for n, t, m in chosen]
    body = together("mixed", [first, *parts], draft.random)
    return _sent(draft, sort, body, new, files=tuple(name for name, _, _ in chosen))


def _size(random: Random) -> int:
    return min(int(random.lognormvariate(9.68, 0.8)), 400_000)


def _forward(draft: _Draft, sort: Sort) -> Generated:
    new = draft.words()
    _, said = draft.history()
    older = f"---------- Forwarded message ---------\nFrom: Support <{OURS}>\nDate: {format_datetime(BEGIN)}\n"
    older += f"Subject: {SUBJECTS['en'][0].format(n=draft.number)}\nTo: <{draft.address}>\n\n{said}"
    return _sent(draft, sort, text_part("plain", f"{new}\n\n{older}", draft.how), new)


def _newsletter(draft: _Draft, sort: Sort) -> Generated:
    rows = "".join(
        f'<tr><td class="a" style="padding:8px;font:14px Arial;color:#333333;border-bottom:1px solid #dddddd">'
        f'<a href="https://news.example.com/c/{draft.random.getrandbits(128):032x}?u={draft.number}">'
        f"{as_html(draft.fitting(paragraph(draft.random, draft.language)))}</a></td></tr>\n"
        for _ in range(draft.random.randint(20, 60))
    )
    page = f'<html><body><div style="display:none">preheader</div><table width="600">{rows}</table></body></html>'
    more = (
        f"List-Unsubscribe: <https://news.example.com/u/{draft.number}>\r\nPrecedence: bulk\r\n"
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    )
    return _sent(draft, sort, text_part("html", page, draft.how), None, more=more)


def _auto_reply(draft: _Draft, sort: Sort) -> Generated:
    said = draft.fitting(wrapped(paragraph(draft.random, draft.language)))
    more = "Auto-Submitted: auto-replied\r\nX-Auto-Response-Suppress: All\r\nPrecedence: auto_reply\r\n"
    return _sent(draft, sort, text_part("plain", said, draft.how), said, reply=True, more=more)


def _bounce(draft: _Draft, sort: Sort) -> Generated:
    gone = f"gone{draft.number}@example.com"
    said = f"Your message to <{gone}> could not be delivered.\n\n550 5.1.1 <{gone}>: no such user here\n"
    status = (
        "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.com\r\n\r\n"
        f"Final-Recipient: rfc822; {gone}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 no such user here\r\n"
    )
    original = (
        f"Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: <sent{draft.number}@example.ir>\r\nFrom: {OURS}\r\n"
        f"To: {gone}\r\nSubject: {sentence(draft.random, 'en')[:60]}\r\n"
    )
    parts = [text_part("plain", said, _UTF8["8bit"]), status.encode(), original.encode()]
    body = together("report", parts, draft.random, " report-type=delivery-status;")
    daemon = _Draft(
        draft.random, draft.number, "en", _UTF8["8bit"], "Mail Delivery System", "mailer-daemon@example.com"
    )
    more = "Return-Path: <>\r\nAuto-Submitted: auto-replied\r\n"
    return _sent(daemon, sort, body, None, subject="Undelivered Mail Returned to Sender", more=more)


def _sent(
    draft: _Draft, sort: Sort, body: bytes, new: str | None,
    *, reply: bool = False, subject: str = "", more: str = "", files: tuple[str, ...] = (),
) -> Generated:  # fmt: skip
    """Return the mail with the headers that it has when it reaches our mailbox."""
    chosen = draft.random.choice(SUBJECTS[draft.language]).format(n=draft.number)
    subject = draft.fitting(subject or ("Re: " if reply else "") + chosen)
    domain = draft.address.partition("@")[2]
    at = BEGIN + timedelta(minutes=draft.number)
    answers = f"<sent{draft.number}@example.ir>"
    name = draft.how.word(draft.name) if not draft.name.isascii() else f'"{draft.name}"'
    head = _path(draft, domain, at) + more + (
        f"From: {name} <{draft.address}>\r\nTo: Support <{OURS}>\r\nSubject: {draft.how.word(subject)}\r\n"
        f"Date: {format_datetime(at - timedelta(seconds=9))}\r\nMessage-ID: <{draft.number}.{len(body)}@{domain}>\r\n"
        + (f"In-Reply-To: {answers}\r\nReferences: <first{draft.number}@{domain}>\r\n {answers}\r\n" if reply else "")
        + "MIME-Version: 1.0\r\nX-Mailer: Example Mail 16.0\r\nAccept-Language: en-US, fa-IR\r\n"
    )  # fmt: skip
    return Generated(head.encode() + body, sort, draft.language, draft.address, subject, new, files)


def _path(draft: _Draft, domain: str, at: datetime) -> str:
    """Return what the servers on the way wrote above it."""
    stamps = "".join(
        f"Received: from {a} ({a} [192.0.2.{hop + 7}])\r\n"
        f"\tby {b} (Postfix) with ESMTPS id {draft.random.getrandbits(40):010X}\r\n"
        f"\tfor <{OURS}>; {format_datetime(at - timedelta(seconds=3 * hop))}\r\n"
        for hop, (a, b) in enumerate(((f"mx.{domain}", "mx.example.ir"), (f"out.{domain}", f"mx.{domain}")))
    )
    signature = base64.b64encode(draft.random.randbytes(256)).decode()
    folded = "\r\n\t ".join(signature[i : i + 70] for i in range(0, len(signature), 70))
    return (
        f"Delivered-To: {OURS}\r\n{stamps}"
        f"Authentication-Results: mx.example.ir;\r\n\tdkim=pass header.d={domain};\r\n"
        f"\tspf=pass smtp.mailfrom={domain};\r\n"
        f"\tdmarc=pass header.from={domain}\r\n"
        f"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d={domain}; s=2024;\r\n"
        f"\th=from:to:subject:date:message-id:mime-version;\r\n\tbh={signature[:44]};\r\n\tb={folded}\r\n"
    )


_MAKERS: dict[Sort, Callable[[_Draft, Sort], Generated]] = {
    Sort.PLAIN: _plain, Sort.ALTERNATIVE: _alternative, Sort.FILES: _files, Sort.FORWARD: _forward,
    Sort.NEWSLETTER: _newsletter, Sort.AUTO_REPLY: _auto_reply, Sort.BOUNCE: _bounce,
}  # fmt: skip
