"""A stranger's HTML made harmless: no script, no form, nothing fetched from elsewhere, and only its own pictures."""

import re
from collections.abc import Mapping
from functools import cache

import nh3

from peyvand.errors import BadPayload

TAGS = (
    "a abbr address b bdi bdo big blockquote br caption center cite code col colgroup dd del dfn div dl dt em font"
    " h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strike strong sub sup table tbody td"
    " tfoot th thead tr tt u ul var wbr"
)
ATTRIBUTES = {
    "*": {"dir", "lang", "title", "align", "valign", "style"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "font": {"color", "face", "size"},
    "table": {"border", "cellpadding", "cellspacing", "width", "bgcolor"},
    "td": {"colspan", "rowspan", "width", "height", "bgcolor", "nowrap"},
    "th": {"colspan", "rowspan", "width", "height", "bgcolor", "nowrap"},
    "tr": {"bgcolor"},
    "ol": {"start", "type"},
    "col": {"span", "width"},
}
# Nothing that places a box elsewhere, and nothing that can name an address.
PROPERTIES = (
    "background-color border border-bottom border-collapse border-color border-left border-radius border-right"
    " border-spacing border-style border-top border-width color direction display font font-family font-size font-style"
    " font-weight height letter-spacing line-height list-style-type margin margin-bottom margin-left margin-right"
    " margin-top max-width min-width padding padding-bottom padding-left padding-right padding-top text-align"
    " text-decoration text-indent unicode-bidi vertical-align white-space width word-break"
)
SCHEMES = frozenset({"http", "https", "mailto", "tel", "cid"})
# The cleaner's time grows with the square of the nesting; no mail that people write is nested so deep.
DEEPEST = 1_000
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)", re.IGNORECASE)
# Those that stand empty, or that need no end.
_UNCLOSED = (
    "area base br col embed hr img input link meta source track wbr"
    " p li dt dd td th tr thead tbody tfoot colgroup option html head body"
)
_CID = "cid:"


def cleaned(html: str, pictures: Mapping[str, str]) -> str:
    """Return HTML that may be shown: `pictures` says where those are that came along, by their Content-ID (RFC 2392).

    Pictures from elsewhere lose their address: to fetch one would tell its sender who reads the mail, and when.
    Raises BadPayload for HTML that is nested beyond reason.
    """
    if _depth(html) > DEEPEST:
        raise BadPayload("this HTML is nested too deep to be shown")

    def kept(tag: str, attribute: str, value: str) -> str | None:
        if tag == "img" and attribute == "src":
            return pictures.get(value[len(_CID) :]) if value.lower().startswith(_CID) else None
        if tag == "a" and attribute == "href" and value.lower().startswith(_CID):
            return None
        return value

    # `style` and `filter_style_properties` in one cleaner; the pictures' addresses are ours, and relative
    return nh3.clean(
        html,
        tags=set(TAGS.split()),
        clean_content_tags={"script", "style", "title", "head", "noscript", "template", "svg", "math", "iframe"},
        attributes=_attributes(),
        attribute_filter=kept,
        filter_style_properties=set(PROPERTIES.split()),
        url_schemes=set(SCHEMES),
        set_tag_attribute_values={"a": {"target": "_blank"}},
        link_rel="noopener noreferrer nofollow",
    )


@cache
def _attributes() -> dict[str, set[str]]:
    return {tag: set(names) for tag, names in ATTRIBUTES.items()}


def _depth(html: str) -> int:
    """Return how deep elements are nested at most, by their tags alone."""
    depth = deepest = 0
    unclosed = frozenset(_UNCLOSED.split())
    for tag in _TAG.finditer(html):
        if tag[2].lower() not in unclosed:
            depth = max(depth - 1, 0) if tag[1] else depth + 1
            deepest = max(deepest, depth)
    return deepest
