"""One folding of Persian, Arabic and Latin writing, the same before indexing and before searching."""

import re
import unicodedata

# Arabic letters as Persian keyboards write them; NFD takes ئ apart into Arabic yeh, which is one of them.
_LETTERS = {"ي": "ی", "ى": "ی", "ك": "ک", "ة": "ه", "ۀ": "ه", "ہ": "ه", "ۂ": "ه", "ٱ": "ا", "ـ": ""}
# What steers the direction of writing or the joining of letters is no part of a word; only ZWNJ parts two.
_UNSEEN = "\u00ad\u061c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
_BMP = [chr(code) for code in range(0x80, 0x10000)]
# One pass for all: letters, marks that are dropped, digits of any script as ASCII.
_FOLDING = (
    dict.fromkeys((c for c in _BMP if unicodedata.combining(c) or c in _UNSEEN), "")
    | {c: str(unicodedata.decimal(c)) for c in _BMP if c.isdecimal()}
    | _LETTERS
)
_FOLDED = re.compile(f"[{''.join(map(re.escape, _FOLDING))}]")
_BREAKS_BEYOND_ASCII = re.compile(r"[^\x00-\x7F\w]")
_BREAKS = bytes(c if c > 0x7F or chr(c).isalnum() else 0x20 for c in range(256))
# Normalising a run of marks takes time by the square of its length. Marks are dropped in the end, so a cut among them
# changes nothing.
_AT_ONCE = 256


def folded(text: str) -> str:
    """Return the text as it is searched: words in one writing, parted by single spaces.

    As `one_writing`, and whatever is neither letter nor digit, ZWNJ among it, as a space.
    """
    text = one_writing(text)
    if not text.isascii():
        text = _BREAKS_BEYOND_ASCII.sub(" ", text)
    # those within ASCII, which are nearly all, as bytes of UTF-8: a fifth of what an expression takes
    parted = text.encode(errors="surrogatepass").translate(_BREAKS).split()
    return b" ".join(parted).decode(errors="surrogatepass")


def one_writing(text: str) -> str:
    """Return the text with its breaks as they stand and its letters folded.

    NFKD, marks and bidi controls dropped, Arabic yeh and kaf as Persian, tatweel dropped, digits as ASCII, casefolded.
    """
    if not text.isascii():
        pieces = (text[begin : begin + _AT_ONCE] for begin in range(0, len(text), _AT_ONCE))
        text = "".join([unicodedata.normalize("NFKD", piece) for piece in pieces])
        text = _FOLDED.sub(lambda found: _FOLDING[found[0]], text)  # few are; translate() would ask for every letter
    return text.casefold()


def words(text: str) -> list[str]:
    """Return the folded words of a query."""
    return folded(text).split()
