"""What the letters of a text betray of its encoding, where neither a label nor a detector is to be believed."""

import re

# Nine of ten letters of any Persian or Arabic text.
_USUAL = frozenset("ابپتجحدرزسشعفقكکگلمنهويیىةئآأ")
# In windows-1252 these are signs, which stand beside numbers and not within a word; elsewhere they are letters.
_WITHIN = re.compile(r"[a-zà-ÿ][¹³¿¶±¼¾¦¬][a-zà-ÿ]")
_CENTRAL = re.compile(r"[êñæóœŸ¿³¹¶¼]")
_TURKISH, _ICELANDIC = re.compile("[þýð]"), re.compile("[áéíóúæ]", re.IGNORECASE)


def is_arabic(raw: bytes) -> bool:
    """Return whether bytes read as windows-1256 are Arabic script throughout: the usual unlabelled mail in Persian.

    Cyrillic, Greek or Hebrew bytes would show letters that are rare in it, and Latin ones with accents.
    """
    letters = [c for c in raw.decode("cp1256", "replace") if c.isalpha() and not c.isascii()]
    return sum(c in _USUAL for c in letters) > 0.85 * len(letters)


def misread(raw: bytes) -> str | None:
    """Return in which encoding text that passes for Western is in truth written, or None when it is Western."""
    text = raw.decode("cp1252", "replace")
    if _WITHIN.search(text) and len(_CENTRAL.findall(text)) >= 3:
        # of the two for Central Europe only the one of Windows has letters from 0x80 to 0x9F, and ą and ľ elsewhere
        return "iso8859-2" if re.search(rb"[\xa1\xa6\xac\xb1\xb6\xbc]", raw) else "cp1250"
    if len(_TURKISH.findall(text)) >= 2 and not _ICELANDIC.search(text):
        return "cp1254"
    return None
