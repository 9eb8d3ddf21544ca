"""Orders of a WooCommerce shop: sent by its webhooks, or asked for over its REST API.

https://woocommerce.com/document/webhooks/
"""

import re
from collections.abc import Sequence
from html import unescape

from pydantic import SecretStr

from ingest_social.pace import Pace, network
from ingest_social.shops.account import ShopAccount, is_called, polls
from ingest_social.shops.order import deleted, order_events
from ingest_social.shops.polling import fetch
from ingest_social.shops.signing_in import check
from peyvand.delivery import Delivery
from peyvand.errors import BadPayload, Skipped, TooMany, UnknownType
from peyvand.event import InteractionEvent
from peyvand.identity import Organisation
from peyvand.signature import require_hmac
from peyvand.source import Guard, PullSource, WebhookSource

# Sent once when a webhook is made, as a form and unsigned; anything but 200 keeps it from being switched on.
_PING = re.compile(rb"webhook_id=\d{1,20}\Z")
_PINGS_A_MINUTE = 10
# Real, and nothing that anybody said to us: who a customer is stands in each order.
_WORDLESS = {"customer": "customer's own record", "product": "product", "coupon": "coupon", "action": "action"}


class Settings(ShopAccount):
    """One shop."""


def verify(delivery: Delivery, account: Settings) -> None:
    """Return when the body is signed with the shop's secret, or is the ping of a new webhook; raises BadSignature."""
    given = delivery.headers.get("x-wc-webhook-signature")
    if given is None and _is_ping(delivery):
        return
    # the shop decodes the entities of a secret that was typed with & or quotes before it signs
    written = [s.get_secret_value() for s in account.secret]
    secrets = [SecretStr(text) for text in (*written, *map(unescape, written))]
    require_hmac(delivery.body, given, secrets, encoding="base64")


def normalise(delivery: Delivery, account: Settings, organisation: Organisation) -> Sequence[InteractionEvent]:
    """Return what happened to an order; raises Skipped, BadPayload, UnknownType."""
    if _is_ping(delivery):
        raise Skipped("ping")
    resource, _, happened = delivery.headers.get("x-wc-webhook-topic", "").partition(".")
    if resource in _WORDLESS:
        raise Skipped(_WORDLESS[resource])
    match resource, happened:
        case "order", "created" | "updated" | "restored":
            return order_events(delivery, account, organisation, restored=happened == "restored")
        case "order", "deleted":
            return [deleted(delivery, account, organisation, _number(delivery))]
        case _:
            raise UnknownType("a topic that is not known here")


def guard(_account: Settings) -> Guard:
    """Return what keeps strangers from sending more pings than a shop ever would."""
    pace = Pace(_PINGS_A_MINUTE)

    def admit(delivery: Delivery, address: str) -> None:
        wait = pace.take(network(address), delivery.received_at.timestamp()) if _is_ping(delivery) else None
        if wait is not None:
            raise TooMany("too many pings came from this address", wait)

    return admit


def _is_ping(delivery: Delivery) -> bool:
    form = delivery.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
    return form and "x-wc-webhook-topic" not in delivery.headers and _PING.match(delivery.body) is not None


def _number(delivery: Delivery) -> int:
    match delivery.json():
        case {"id": int() as number}:
            return number
        case _:
            raise BadPayload("a deletion without the order's id")


WEBHOOK = WebhookSource(
    name="woocommerce",
    settings=Settings,
    verify=verify,
    normalise=normalise,
    check=check,
    serves=is_called,
    guard=guard,
)
POLLING = PullSource(name="woocommerce", settings=Settings, fetch=fetch, normalise=normalise, check=check, serves=polls)
"""One shop may have a connector of each: the webhooks are at once, the asking loses nothing; both know one order."""
