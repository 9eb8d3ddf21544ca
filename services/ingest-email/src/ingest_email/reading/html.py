"""HTML to text: what a reader of the mail would have seen, without what was hidden from them, and what of it is new."""

import re
from collections import Counter
from dataclasses import dataclass, field

from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.html import HTMLTree

from ingest_email.reading import limits
from ingest_email.reading.containers import BEGINS, CITES, ENDS, MARKS, REST, SIGNS, mark, signs
from ingest_email.reading.newwords.folding import folded, parted
from ingest_email.reading.newwords.page import MARKED, MOST_LINES, SIGNED, Page, compared, page
from peyvand.errors import BadPayload

# Newsletters hide a "preheader" in these; a reader never sees it.
_HIDDEN = '[hidden], [style*="display:none"], [style*="display: none"], [style*="mso-hide:all"]'
_HIDING = ("hidden", "display:none", "display: none", "mso-hide")
_MARK = re.compile(f"([{MARKS}])")
_BLANK_LINES = re.compile(r"[ \t]*\n[ \t]*\n(?:[ \t]*\n)*")
_OWN = re.compile(f"[{MARKS}{MARKED}{SIGNED}]")


@dataclass(frozen=True, slots=True)
class Html:
    """All that a reader saw, the new words of it, and what was folded away: None when nothing was."""

    text: str
    new: str
    quoted: str | None
    sure: bool
    why: str = ""


def read_html(html: str, subject: str = "") -> Html:
    """Return the text of an HTML body and its new words; raises BadPayload when the parser gives up on it."""
    lines = marked_page(html)
    text = "\n".join(lines.lines)
    found = folded(lines, text, parted(lines, subject))
    return Html(text, found.new, found.quoted, found.sure, found.why)


def marked_page(html: str) -> Page:
    """Return the lines of an HTML body, each marked as what the mail program wrapped it in; raises BadPayload."""
    return _page(_marked(_OWN.sub("", html[: limits.HTML])))


def _marked(source: str) -> str:
    """Return the text with marks around earlier mails and signatures."""
    try:
        tree = HTMLTree.parse(source)
        if known := signs(source):
            mark(tree, known)
        # not by removing nodes from the tree, which takes seconds where hidden nodes are nested
        lowered = source.lower()
        hidden = [_HIDDEN] if any(sign in lowered for sign in _HIDING) else None
        return extract_plain_text(tree, preserve_formatting=True, alt_texts=False, skip_elements=hidden)
    except BaseException as error:
        # the parser is Rust, whose panic is no Exception and would end the connector
        if type(error).__name__ != "PanicException":
            raise
        raise BadPayload("the HTML of this mail cannot be parsed") from error


def _page(marked: str) -> Page:
    """Return the lines without the marks; as they are compared, each begins with what it is within."""
    if _MARK.search(marked) is None:
        return page(_BLANK_LINES.sub("\n\n", marked).strip("\n"))
    within = _Within()
    lines: list[str] = []
    signs: list[str] = []
    for line in _MARK.sub(r"\n\1\n", marked).split("\n"):
        if line and line in MARKS:
            within.pass_(line)
        elif line.strip() or (lines and lines[-1]):
            lines.append(line.rstrip())
            signs.append(within.sign)
    lines[MOST_LINES:] = ["\n".join(lines[MOST_LINES:])] if len(lines) > MOST_LINES else []
    return Page(
        lines, [s + line if line else "" for s, line in zip(signs, compared(lines), strict=False)], SIGNED in signs
    )


@dataclass(slots=True)
class _Within:
    """The marks between which we are, innermost last, and the sign of what they hold."""

    marks: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def pass_(self, mark: str) -> None:
        if mark != ENDS:
            self.marks.append(mark)
            self.counts[mark] += 1
        elif self.marks and self.marks[-1] != REST:
            self.counts[self.marks.pop()] -= 1

    @property
    def sign(self) -> str:
        if self.counts[BEGINS] or self.counts[REST]:
            return MARKED
        return "> " if self.counts[CITES] else SIGNED if self.counts[SIGNS] else ""
