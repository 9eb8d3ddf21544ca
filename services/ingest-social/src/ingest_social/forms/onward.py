"""Where a visitor goes after posting: where the form asks, if that site is allowed, else where the settings say."""

from urllib.parse import quote, urljoin, urlsplit

from ingest_social.forms.account import FormAccount, origin_of
from ingest_social.forms.posted import fields_of
from peyvand.delivery import Delivery

FIELDS = ("_redirect", "_next")
_LONGEST = 2_000


def onward(delivery: Delivery, account: FormAccount) -> str | None:
    """Return the address, or None where the page of thanks is shown."""
    if account.redirects:
        asked = next((value for name, value in fields_of(delivery) if name in FIELDS and value.strip()), "")
        if allowed := _allowed(asked.strip(), delivery.headers.get("referer", ""), account.redirects):
            return allowed
    return account.redirect


def _allowed(asked: str, page: str, sites: tuple[str, ...]) -> str | None:
    """Return an asked address whole when its site is allowed; browsers read a backslash as a slash, we take none."""
    if not asked or len(asked) > _LONGEST or not asked.isprintable() or any(sign in asked for sign in '\\ "<>'):
        return None
    try:
        whole = urljoin(page, asked)
    except ValueError:
        return None
    site = origin_of(whole)
    if site is None or site not in sites:
        return None
    parts = urlsplit(whole)
    rest = parts._replace(scheme="", netloc="").geturl()
    return site + quote(rest if rest.startswith("/") else f"/{rest}", safe="/?#[]@!$&'()*+,;=:%-._~")
