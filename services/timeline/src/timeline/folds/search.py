"""One folding of Persian, Arabic and Latin writing, the same before indexing and before searching."""

import re
import unicodedata

# Arabic letters as Persian keyboards write them; NFD takes ئ apart into Arabic yeh, which is one of them.
_LETTERS = {"ي": "ی", "ى": "ی", "ك": "ک", "ة": "ه", "ۀ": "ه", "ہ": "ه", "ۂ": "ه", "ٱ": "ا", "ـ": None}
_BMP = [chr(code) for code in range(0x80, 0x10000)]
# One pass for all: letters, marks that are dropped, digits of any script as ASCII.
_FOLDING = (
    {ord(c): None for c in _BMP if unicodedata.combining(c)}
    | {ord(c): str(unicodedata.decimal(c)) for c in _BMP if c.isdecimal()}
    | {ord(letter): folded for letter, folded in _LETTERS.items()}
)
_BREAKS = re.compile(r"[\W_]+")
# Normalising a run of marks takes time by the square of its length. Marks are dropped in the end, so a cut among them
# changes nothing.
_AT_ONCE = 256


def folded(text: str) -> str:
    """Return the text as it is searched: words in one writing, parted by single spaces.

    NFKD, marks dropped, Arabic yeh and kaf as Persian, tatweel dropped, ZWNJ as a space, digits as ASCII, casefolded.
    """
    if not text.isascii():
        pieces = (text[begin : begin + _AT_ONCE] for begin in range(0, len(text), _AT_ONCE))
        text = "".join(unicodedata.normalize("NFKD", piece) for piece in pieces).translate(_FOLDING)
    return _BREAKS.sub(" ", text.casefold()).strip()


def words(text: str) -> list[str]:
    """Return the folded words of a query."""
    return folded(text).split()
