"""HTML to text: what a reader of the mail would have seen, without what was hidden from them."""

from resiliparse.extract.html2text import extract_plain_text

from ingest_email.reading import limits
from peyvand.errors import BadPayload

# Newsletters hide a "preheader" in these; a reader never sees it.
_HIDDEN = '[hidden], [style*="display:none"], [style*="display: none"], [style*="mso-hide:all"]'


def to_text(html: str) -> str:
    """Return the text of an HTML body; raises BadPayload when the parser gives up on it."""
    try:
        # not by removing nodes from the tree, which takes seconds where hidden nodes are nested
        return extract_plain_text(
            html[: limits.HTML], preserve_formatting=True, alt_texts=False, skip_elements=[_HIDDEN]
        )
    except BaseException as error:
        # the parser is Rust, whose panic is no Exception and would end the connector
        if type(error).__name__ != "PanicException":
            raise
        raise BadPayload("the HTML of this mail cannot be parsed") from error
