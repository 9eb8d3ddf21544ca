"""What the known mail programs wrap an earlier mail in: marked in the HTML before its text is taken.

From what the programs write; a name is matched wherever a program puts a prefix before it when it quotes itself
(Outlook: `x_divRplyFwdMsg`, Yahoo: `ydp1a2b3cyahoo_quoted`).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from resiliparse.parse.html import DocumentNode, ElementNode, HTMLTree

# Characters that Unicode keeps for use within a program; what a sender writes of them is taken out of the text.
BEGINS, CITES, SIGNS, ENDS, REST = "\ufdd2", "\ufdd3", "\ufdd4", "\ufdd5", "\ufdd6"
MARKS = BEGINS + CITES + SIGNS + ENDS + REST
_MOST = 200
_MOST_BOXES = 30
# No program writes so many; asking for all of them takes most of a second.
_NO_MAILS = 10_000


@dataclass(frozen=True, slots=True)
class Container:
    """A sign that must stand in the source for a selector to be worth asking, the selector, and what it holds."""

    sign: str
    selector: str
    mark: str


_CONTAINERS = (
    # the whole of an earlier mail
    Container("yahoo_quoted", '[class*="yahoo_quoted"], [id*="yahoo_quoted"]', BEGINS),
    Container("yahoo-quoted", '[class*="yahoo-quoted"]', BEGINS),
    Container("protonmail_quote", ".protonmail_quote", BEGINS),
    Container("mail-editor-reference-message", '[id*="mail-editor-reference-message-container"]', BEGINS),
    Container("OLK_SRC_BODY_SECTION", '[id*="OLK_SRC_BODY_SECTION"]', BEGINS),
    Container("AppleOriginalContents", ".AppleOriginalContents", BEGINS),
    Container("messageReplySection", '[name="messageReplySection"]', BEGINS),
    Container("zmail_extra", ".zmail_extra", BEGINS),
    Container("__QUOTED_TEXT__", '[data-marker="__QUOTED_TEXT__"]', BEGINS),
    Container('name="quote"', 'div[name="quote"]', BEGINS),
    Container("tutanota_quote", ".tutanota_quote", BEGINS),
    Container("history_container", ".history_container", BEGINS),
    Container("mail-quote-collapse", '[class*="mail-quote-collapse"]', BEGINS),
    Container("mail-app-auto-quote", '[id*="mail-app-auto-quote"]', BEGINS),
    Container("_originalContent", '[id="_originalContent"]', BEGINS),
    Container("gmail_quote", "div.gmail_quote", BEGINS),
    # the line above it
    Container("moz-cite-prefix", ".moz-cite-prefix", BEGINS),
    Container("gmail_attr", ".gmail_attr", BEGINS),
    Container("reply-intro", '[id*="reply-intro"]', BEGINS),
    Container("airmail_on", ".airmail_on", BEGINS),
    Container("cite", 'blockquote[type="cite"], blockquote[class*="cite"]', BEGINS),
    # a quote, of whomever
    Container("<blockquote", "blockquote", CITES),
    # all that follows is an earlier mail
    Container("divRplyFwdMsg", '[id*="divRplyFwdMsg"]', REST),
    Container("appendonsend", '[id*="appendonsend"]', REST),
    Container("stopSpelling", 'hr[id*="stopSpelling"]', REST),
    Container("OutlookMessageHeader", ".OutlookMessageHeader", REST),
    Container("zwchr", 'hr[id="zwchr"], [data-marker="__DIVIDER__"]', REST),
    Container("_origMsg_", '[id*="_origMsg_"]', REST),
    Container("border-top", 'div[style*="border-top:" i], div[style*="border-top-" i]', REST),
    # a signature
    Container("gmail_signature", ".gmail_signature, .gmail_signature_prefix", SIGNS),
    Container("moz-signature", ".moz-signature", SIGNS),
    Container(
        "ignature", '[id$="Signature"], [id*="outlook-mobile-signature"], [name="messageSignatureSection"]', SIGNS
    ),
    Container("protonmail_signature", '[class*="protonmail_signature_block"]', SIGNS),
    Container("_rc_sig", '[id="_rc_sig"]', SIGNS),
    Container("__SIG_P", '[data-marker="__SIG_PRE__"], [data-marker="__SIG_POST__"]', SIGNS),
    Container("yahoo-signature", '[class*="yahoo-signature"]', SIGNS),
)
# Every sign has one of these in it: looked for first, one by one, which is twenty times as fast as an expression is.
_ROOTS = (
    "quote", "cite", "sig", "orig", "message", "olk_src", "zmail_extra", "history_container", "gmail_attr",
    "reply-intro", "airmail_on", "divrply", "appendonsend", "stopspelling", "zwchr", "border-top",
)  # fmt: skip
_LABEL = re.compile(r"\s*[*_]*[^\W\d_][^:\n]{0,20}:")


def signs(source: str) -> frozenset[str]:
    """Return the signs of known programs' containers that stand in a source."""
    lowered = source.lower()
    if not any(root in lowered for root in _ROOTS):
        return frozenset()
    return frozenset(c.sign for c in _CONTAINERS if 0 < lowered.count(c.sign.lower()) <= _NO_MAILS)


def mark(tree: HTMLTree, found: frozenset[str]) -> None:
    """Write marks around what the containers with these signs hold."""
    document = tree.document
    if document is None:
        return
    for container in _CONTAINERS:
        if container.sign in found:
            # .values(): a list of nodes is asked anew for every index, which takes seconds on a hostile page
            held = document.query_selector_all(container.selector).values()[:_MOST]
            for element in _fitting(held, container):
                _put(document, element, container.mark)


def _fitting(found: Sequence[ElementNode], container: Container) -> Sequence[ElementNode]:
    if container.sign == "gmail_quote" and found and found[0].query_selector("blockquote") is not None:
        return ()  # answers may stand between the quotes within
    if container.sign == "border-top":
        return [element for element in found[:_MOST_BOXES] if _is_headed(element)]
    return found


def _is_headed(element: ElementNode) -> bool:
    """Return whether a box with a line above it begins with a mail header: Outlook's, and Windows Mail's."""
    return _LABEL.match((element.text or "")[:200]) is not None


def _put(document: DocumentNode, element: ElementNode, mark: str) -> None:
    text = document.create_text_node
    if mark == REST:
        element.before(text(mark))
        return
    element.prepend(text(mark))
    element.append(text(ENDS))
