"""The new words of a mail, and what its writer's program put around them: earlier mails, signatures, footers.

Structure before vocabulary: a line that ends in a colon above `>` lines introduces a quote in any language. Where
nothing is certain, nothing is folded; answers among quotes stay where they are; a mail that was passed on is not old;
new words are never empty when the mail is not.
"""

from ingest_email.reading.newwords.agreement import Html, agreed
from ingest_email.reading.newwords.folded import Folded, Kind
from ingest_email.reading.newwords.folding import folded, parted
from ingest_email.reading.newwords.page import page

__all__ = ["Folded", "fold"]


def fold(plain: str, html: Html | None = None, subject: str = "") -> Folded:
    """Return the new words of a plain text and the rest.

    `html` is what was read from the HTML part of the same mail, or a function that reads it, called only where the
    plain text leaves doubt; the subject tells a mail that was passed on from an answered one.
    """
    lines = page(plain)
    parting = parted(lines, subject)
    found = folded(lines, plain, parting)
    certain = found.sure and not {Kind.HISTORY, Kind.FORWARD}.isdisjoint(parting.kinds)
    return found if html is None or certain else agreed(found, lines, plain, html)
