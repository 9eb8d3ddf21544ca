"""One folding of Persian, Arabic and Latin writing, the same before indexing and before searching."""

import re
import unicodedata

from peyvand.identity.writing import latin_digits

# Arabic letters as Persian keyboards write them; after the marks are gone, because NFD takes ئ apart into Arabic yeh.
_LETTERS = str.maketrans(
    {"ي": "ی", "ى": "ی", "ك": "ک", "ة": "ه", "ۀ": "ه", "ہ": "ه", "ۂ": "ه", "ؤ": "و", "أ": "ا", "إ": "ا", "ٱ": "ا",
     "آ": "ا", "ئ": "ی", "ـ": None}
)  # fmt: skip
_BREAKS = re.compile(r"[\W_]+")


def folded(text: str) -> str:
    """Return the text as it is searched: words in one writing, parted by single spaces.

    NFKC, marks dropped, Arabic yeh and kaf as Persian, tatweel dropped, ZWNJ as a space, digits as ASCII, casefolded.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text))
        text = "".join(c for c in text if not unicodedata.combining(c)).translate(_LETTERS)
        text = latin_digits(text)
    return _BREAKS.sub(" ", text.casefold()).strip()


def words(text: str) -> list[str]:
    """Return the folded words of a query."""
    return folded(text).split()
