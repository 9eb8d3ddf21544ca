"""One way to write what people write in many ways: digits, and signs that are not seen."""

import unicodedata

# Zero-width and direction signs that keyboards, chats and copied numbers carry along: ZWNJ, ZWJ, marks, embeddings,
# isolates, the soft hyphen and the byte order mark.
UNSEEN = dict.fromkeys([0x00AD, 0x061C, 0xFEFF, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A)])


def latin_digits(text: str) -> str:
    """Return the text with every decimal digit of any script (۰۹۱۲, ٠٩١٢) as its ASCII digit."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)


def without_unseen(text: str) -> str:
    """Return the text without zero-width and direction signs."""
    return text if text.isascii() else text.translate(UNSEEN)
