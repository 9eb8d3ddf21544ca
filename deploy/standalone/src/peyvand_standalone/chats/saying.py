"""What a message of an export says: words, a file, or nothing because the app wrote the line itself."""

import re
from dataclasses import dataclass

_MARKS = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff]")
_LONGEST_NAME = 120
# What the app itself writes, where nobody stands as the writer or (iOS) behind the sign of a note.
_NOTES = re.compile(
    r"end-to-end encrypted|رمزگذاری سرتاسر|secure service|security code|کد امنیتی|changed (?:their|your) phone number|"
    r"changed to \+|changed the (?:subject|group|settings)|created (?:this )?group|joined using|added|removed|left\Z|"
    r"disappearing messages|business account|pinned a message|missed (?:voice|video|group)|tap to|"
    r"blocked this contact|waiting for this message|تماس (?:صوتی|تصویری) (?:از دست رفته|بی‌پاسخ)",
    re.IGNORECASE,
)
_DELETED = re.compile(
    r"(?:this message was deleted|you deleted this message|این پیام (?:حذف|پاک) شد|شما این پیام را (?:حذف|پاک) کردید)"
    r"(?: by admin .*)?\.?\Z",
    re.IGNORECASE,
)
_OMITTED = re.compile(
    r"<[^<>\n]*(?:omitted|حذف شد|حذف‌شده|بدون رسانه)[^<>\n]*>\Z|"
    r"(?:image|video|video note|audio|gif|sticker|document|contact card|photo)(?: \S.*)? omitted\Z|"
    r"(?:تصویر|عکس|ویدیو|ویدئو|صدا|برچسب|استیکر|سند|رسانه)[^\n]*(?:حذف شد|حذف شده)\Z",
    re.IGNORECASE,
)
_ATTACHED_IOS = re.compile(r"<[^<>:\n]+: (?P<name>[^<>\n]+)>\Z")
_ATTACHED_ANDROID = re.compile(r"(?P<name>[^\n]+\.\w{2,5}) \([^()\n]+\)\Z")
_APPS_OWN = re.compile(r"(?:IMG|VID|AUD|PTT|STK|DOC|GIF)-\d{8}-WA\d+\.\w+\Z", re.IGNORECASE)
_EDITED = re.compile(r"\s*<(?:this message was edited|این پیام ویرایش شد(?:ه است)?)>\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Said:
    """Who wrote what; `file` names a file, "" one that was left out of the export. `note`: why it is no message."""

    sender: str
    text: str | None = None
    file: str | None = None
    edited: bool = False
    note: str | None = None


def said(body: str, held: frozenset[str]) -> Said:
    """Return what stands behind a head; `held` are the names of the files that came with the export."""
    sender, colon, rest = body.partition(": ")
    if not colon:  # a message may be empty, and then a colon is the line's end
        sender, colon, rest = body.rstrip(" ").partition(":\n")
    sender = _bare(sender)
    if not colon or "\n" in sender or not 0 < len(sender) <= _LONGEST_NAME:
        return Said("", note="a line of the app's own")
    first = _bare(rest.partition("\n")[0])
    if _DELETED.match(first):
        return Said(sender, note="a deleted message")
    if rest.startswith("\u200e") and _NOTES.search(first):
        return Said(sender, note="a line of the app's own")
    return _content(sender, rest, held)


def _content(sender: str, rest: str, held: frozenset[str]) -> Said:
    """Return words and file: on iOS the file stands behind the words, on Android before them."""
    text = _MARKS.sub("", _EDITED.sub("", rest)) if _EDITED.search(_MARKS.sub("", rest)) else rest
    edited = text is not rest
    lines = [_MARKS.sub("", line) if "\u200e" in line else line for line in text.split("\n")]
    for at in (0, len(lines) - 1):
        words, file = _file(lines[at].strip(), held)
        if file is not None:
            left = [*lines[:at], *([words] if words else []), *lines[at + 1 :]]
            return Said(sender, "\n".join(left).strip() or None, file, edited)
    return Said(sender, "\n".join(lines).strip() or None, None, edited)


def _file(line: str, held: frozenset[str]) -> tuple[str, str | None]:
    """Return what a line says beside the file that it names, and the file."""
    if _OMITTED.match(line):
        return "", ""
    if found := re.search(_ATTACHED_IOS.pattern, line):
        return line[: found.start()].strip(), found["name"].strip()
    if (found := _ATTACHED_ANDROID.match(line)) and (found["name"] in held or _APPS_OWN.match(found["name"])):
        return "", found["name"]
    return line, None


def _bare(written: str) -> str:
    return _MARKS.sub("", written).strip()
