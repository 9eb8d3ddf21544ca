"""Whom a mail did not reach, out of the words of servers that write no report for machines.

qmail, Exim, old Exchange, Notes, Yahoo, Gmail and others each have a form of their own, and all name the recipient in
one of three ways before the copy of the mail: alone on a line, in a sentence that says what failed, or anyhow.
"""

import re
from collections.abc import Collection, Iterable, Iterator

from ingest_email.reading.addresses import addresses
from ingest_email.reading.headers import Headers
from ingest_email.reading.mail import Mail
from ingest_email.reading.marks.phrases import folded, says
from ingest_email.reading.marks.status import CODE, MOST
from peyvand.event import Outcome, Reported
from peyvand.identity import email

_SAMPLE = 16 * 1024
_LINES = 400
_LONGEST_LINE = 1_000
_DIAGNOSTIC = 500
_WRITTEN = r"[\w.+%=#$!&'*/?^{}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}"
_ADDRESS = re.compile(rf"(?<![\w.+%=#$!&'*/?^{{}}~-]){_WRITTEN}")
_ALONE = re.compile(
    rf"""[\s>|*-]{{0,16}}(?:\d{{1,3}}[.)]\s+)?(?:["'][^"'\n]{{0,60}}["']\s*|[^"'<>@:\n]{{0,60}}(?=<))?
    [<"'(]{{0,2}}(?:mailto:|rfc822;\s?|smtp[:;]\s?)?({_WRITTEN})[>"')\]]{{0,3}}
    (?:\s*(?:[:;,(]|\.{{2,}}|-{{1,3}}\s|\Z)|\s+on\s+\w{{3}})""",
    re.IGNORECASE | re.VERBOSE,
)
# What begins the copy of our mail, or its headers.
_COPY = re.compile(
    r"""^(?:[-=* ]{0,60}(?:below\sthis\sline|this\sis\sa\scopy\sof|original\s(?:message|mail)|returned\s(?:message|mail)
    |(?:old|rejected|undelivered|unsent)\smessage|message\sheader|message\s(?:text|contents?)\sfollow
    |(?:the\s)?(?:body|headers?|text|copy|beginning|start|first\s\d+\slines?)\sof\s(?:the\s|your\s)?
     (?:original\s|returned\s)?(?:message|mail|e-mail)
    |your\s(?:original\s)?(?:message|mail)\s(?:reads|follows))
    |(?:received|return-path|x-mailer|mime-version|message-id)\s*:)""",
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)
# Beside these an address is whom one may ask, or stands for the sender.
_ASK = re.compile(
    r"postmaster|contact|please|write to|reply to|questions?\b|help|assist|support|abuse|unsubscribe|forward(?:ed)? to"
    r"|^\s*(?:from|to|cc|sender|reply-to|subject|date|sent|message-id|references|in-reply-to)\s*:"
    r"|(?:mail|message) from\b|sent by|envelope-from",
    re.IGNORECASE,
)
_FAILED = re.compile(
    r"recipient|deliver|reach|address|mailbox|user|unknown|failed|reject|accept|quota|rcpt|no such|does ?n.t|did not"
    r"|گیرنده|نشانی|تحویل|آدرس|empfänger|zugestellt|destinat|получател|收件人|受信者|宛先",
    re.IGNORECASE,
)
_SCHEME = re.compile(r"\A(?:smtp|rfc822)[=:;]", re.IGNORECASE)


def refused(mail: Mail, returned: Headers | None) -> tuple[Reported, ...]:
    """Return whom a mail did not reach, or not yet, with what the server said of it."""
    text = mail.text[:_SAMPLE]
    copy = _COPY.search(text)
    lines = [line[:_LONGEST_LINE] for line in text[: copy.start() if copy else None].split("\n")[:_LINES]]
    not_them = frozenset(_values(p.written for p in (*mail.senders, *mail.to, *mail.reply_to)))
    found = dict(_named(mail.root.headers, lines) or _told(lines, not_them) or _returned(returned, lines, not_them))
    late = says(folded(f"{mail.subject}\n{text[:4_000]}"), "delayed")
    outcome = Outcome.DELAYED if late else Outcome.FAILED
    return tuple(_reported(recipient, outcome, said) for recipient, said in list(found.items())[:MOST])


def _reported(recipient: str, outcome: Outcome, said: str) -> Reported:
    code = CODE.search(said)
    diagnostic = " ".join(said.split())[:_DIAGNOSTIC]
    return Reported(recipient=recipient, outcome=outcome, status=code[1] if code else "", diagnostic=diagnostic)


def _named(headers: Headers, lines: list[str]) -> list[tuple[str, str]]:
    """Return the recipients that Exim and Gmail name in a field of their own."""
    named = _values(a.written for a in addresses(headers.all("x-failed-recipients")))
    return [(address, _said_of(address, lines)) for address in named]


def _told(lines: list[str], not_them: Collection[str]) -> list[tuple[str, str]]:
    """Return the recipients that the text names, by the surest way that names any; of each the first mention counts."""
    for way in (_alone, _in_a_sentence, _anyhow):
        there = [(a, i) for i, line in enumerate(lines) for a in way(line) if a not in not_them]
        if there:
            return [(address, _paragraph(lines, i)) for address, i in reversed(there[:MOST])][::-1]
    return []


def _returned(returned: Headers | None, lines: list[str], not_them: Collection[str]) -> list[tuple[str, str]]:
    """Return the one recipient of the mail that came back."""
    if returned is None:
        return []
    to = _values(a.written for a in addresses([*returned.all("to"), *returned.all("cc")]))
    others = [address for address in to if address not in not_them]
    return [(others[0], "\n".join(lines))] if len(others) == 1 else []


def _alone(line: str) -> Iterator[str]:
    found = _ALONE.match(line)
    return _values([found[1]]) if found and not _ASK.search(line) else iter(())


def _in_a_sentence(line: str) -> Iterator[str]:
    return _anyhow(line) if _FAILED.search(line) else iter(())


def _anyhow(line: str) -> Iterator[str]:
    return _values(_ADDRESS.findall(line)) if "@" in line and not _ASK.search(line) else iter(())


def _said_of(address: str, lines: list[str]) -> str:
    at = next((i for i, line in enumerate(lines) if address in line.lower()), None)
    return _paragraph(lines, at) if at is not None else "\n".join(lines)


def _paragraph(lines: list[str], at: int) -> str:
    """Return a line with those below it up to a blank one."""
    last = min(at + 12, len(lines))
    end = next((i for i in range(at + 1, last) if not lines[i].strip()), last)
    return "\n".join(lines[at:end])


def _values(written: Iterable[str]) -> Iterator[str]:
    """Yield addresses as they stand in handles, without those of mail servers."""
    for one in written:
        handle = email(_SCHEME.sub("", one.strip(".'")))
        if handle and handle.value.partition("@")[0] not in ("mailer-daemon", "postmaster"):
            yield handle.value
