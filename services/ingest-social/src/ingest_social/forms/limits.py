"""How often a form may be posted: by one visitor, by all visitors together, by servers that sign."""

from ingest_social.forms.account import FormAccount
from ingest_social.forms.proof import is_signed
from ingest_social.pace import Pace, network
from peyvand.delivery import Delivery
from peyvand.errors import TooMany
from peyvand.source import Guard


def guard(account: FormAccount) -> Guard:
    """Return what counts one form's posts; the counts are this process's own."""
    visitor, form, server = (
        Pace(limit) if limit else None for limit in (account.visitor_limit, account.form_limit, account.server_limit)
    )

    def admit(delivery: Delivery, address: str) -> None:
        at = delivery.received_at.timestamp()
        if is_signed(delivery, account.signature):
            _take(server, "", at, "this form takes no more signed posts in a minute")
        else:
            _take(visitor, network(address), at, "too many posts came from this address")
            _take(form, "", at, "too many posts came to this form")

    return admit


def _take(pace: Pace | None, key: str, at: float, why: str) -> None:
    wait = pace.take(key, at) if pace else None
    if wait is not None:
        raise TooMany(why, wait)
