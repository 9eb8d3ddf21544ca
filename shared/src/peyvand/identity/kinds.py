"""The kinds of handles there are, and within what a value of each is one person's."""

from collections.abc import Iterable

# Kind and scope. Without a scope the value is the same everywhere; with one it means nothing outside.
KINDS = {
    "phone": "",
    "phone_ext": "",
    "email": "",
    "telegram": "",
    "bale": "",
    "rubika": "",
    "whatsapp_bsuid": "business portfolio",
    "messenger": "page",
    "instagram": "account",
    "sip": "domain",
    "crm": "source",
    "web": "source",
}


def require_kinds(named: Iterable[str]) -> None:
    """Return when each is a kind of handle; raises ValueError that names the first that is none."""
    for kind in named:
        if kind not in KINDS:
            raise ValueError(f"{kind!r} is no kind of handle; known are {', '.join(KINDS)}")
