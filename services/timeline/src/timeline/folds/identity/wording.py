"""The words of a name, as somebody wrote it: folded, without titles, and none where no name stands."""

import re
import unicodedata
from functools import cache
from importlib.resources import files

from timeline.folds.search import one_writing

_LETTERS = 256  # nobody is called by more; the time that a name takes is bounded
_WORDS = 12
_ZWNJ = "\u200c"
# These lose their sound with their mark.
_MARKED = str.maketrans({"š": "sh", "Š": "Sh", "ş": "sh", "Ş": "Sh", "ž": "zh", "Ž": "Zh", "č": "ch", "Č": "Ch",
                         "ç": "ch", "Ç": "Ch", "ğ": "gh", "Ğ": "Gh"})  # fmt: skip
_QUOTES = str.maketrans(dict.fromkeys("’‘`´ʹʻʼʽʾʿ", "'"))
# An address, a link, or letters behind digits (4F2A): a handle or a code.
_HANDLE = re.compile(r"@|://|\bwww\.|\d[^\W\d_]")
_WORD = re.compile(rf"[^\W\d_]+(?:['{_ZWNJ}]+[^\W\d_]+)*")
# سیدمحمد is written in one word as often as in two; سیدی is a name of its own.
_DESCENT = re.compile(r"(?:سید|se[iy]y?ed|sayy?[ei]d)(?=.{3})")


def words(written: str) -> list[str]:
    """Return the folded words of a name; none for an address, a number, a title alone, or "Mom"."""
    text = written[:_LETTERS]
    if not text.isascii():
        text = unicodedata.normalize("NFC", text).translate(_MARKED)
    text = one_writing(text).translate(_QUOTES)
    if _HANDLE.search(text):
        text = " ".join(piece for piece in text.split() if not _HANDLE.search(piece))
    found = [word for piece in _WORD.findall(text) if (word := _bare(piece))]
    return [] if not _kin().isdisjoint(found) else found[:_WORDS]


def _bare(word: str) -> str:
    """Return a word as it is written without ZWNJ and without a title in it; nothing of a title, or of aaaa."""
    whole = word.replace(_ZWNJ, "")
    dropped = _dropped()
    if whole in dropped or (len(whole) > 1 and whole == whole[0] * len(whole)):
        return ""
    if whole != word:
        whole = "".join(part for part in word.split(_ZWNJ) if part not in dropped)
    return whole[prefix.end() :] if (prefix := _DESCENT.match(whole)) else whole


@cache
def _dropped() -> frozenset[str]:
    return _listed("titles.txt") | _listed("placeholders.txt")


@cache
def _kin() -> frozenset[str]:
    return _listed("kin.txt")


def _listed(name: str) -> frozenset[str]:
    text = files("timeline.folds.identity").joinpath("data", name).read_text("utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    return frozenset(one_writing(line).replace(_ZWNJ, "") for line in lines)
