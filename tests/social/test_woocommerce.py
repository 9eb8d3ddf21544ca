"""A WooCommerce shop: what its webhooks mean, its ping, and being asked for what they missed."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ingest_social.channels import woocommerce
from ingest_social.shops.polling import fetch
from parts.served import served
from peyvand.delivery import Delivery
from peyvand.errors import BadPayload, BadSignature, SignInFailed, Skipped, TooMany, Unavailable
from peyvand.event import InteractionEvent
from peyvand.source import Batch
from social.accounts import ORGANISATION, delivered, fixture
from timeline.folds.interaction import fold

SECRET = "it's the shop's secret"
ORDER: dict[str, Any] = json.loads(fixture("woocommerce", "order_created_in_toman.http").body)
PING = {"content-type": "application/x-www-form-urlencoded", "user-agent": "WooCommerce/9.3.3 Hookshot"}


def shop(**fields: Any) -> woocommerce.Settings:
    return woocommerce.Settings.model_validate({"url": "https://shop.example.ir", "secret": SECRET, **fields})


def sent(body: Mapping[str, Any], topic: str = "order.updated", secret: str = SECRET) -> Delivery:
    raw = json.dumps(body).encode()
    signature = base64.b64encode(hmac.digest(secret.encode(), raw, hashlib.sha256)).decode()
    return delivered("woocommerce", raw, {"x-wc-webhook-topic": topic, "x-wc-webhook-signature": signature})


def events(delivery: Delivery, **account: Any) -> list[InteractionEvent]:
    return list(woocommerce.normalise(delivery, shop(**account), ORGANISATION))


@pytest.mark.parametrize(
    ("currency", "total", "stored"),
    [
        ("IRT", "1250000", ("12500000", "IRR")),
        ("IRR", "1,250,000", ("1250000", "IRR")),
        ("IRHT", "12.5", ("125000.0", "IRR")),
        ("USD", "49.90", ("49.90", "USD")),
        ("IRT", "۱۲۵۰۰۰", ("1250000", "IRR")),
    ],
)
def test_a_total_is_stored_in_an_iso_currency(currency: str, total: str, stored: tuple[str, str]) -> None:
    purchase = events(sent({**ORDER, "currency": currency, "total": total}))[0].purchase
    assert purchase is not None
    assert (str(purchase.total), purchase.currency) == stored


@pytest.mark.parametrize(("currency", "total"), [("", "5"), ("coins", "5"), ("IRR", "five"), ("IRR", "9" * 40)])
def test_an_amount_of_no_known_unit_is_kept_for_repair(currency: str, total: str) -> None:
    with pytest.raises(BadPayload):
        events(sent({**ORDER, "currency": currency, "total": total}))


def test_the_settings_may_say_the_unit_that_a_shop_does_not() -> None:
    purchase = events(sent({**ORDER, "currency": ""}), currency="IRT")[0].purchase
    assert purchase is not None
    assert purchase.total == 12_500_000


def test_the_later_modification_stands_whatever_came_first() -> None:
    first = events(sent(ORDER, "order.created"))
    done = events(sent({**ORDER, "status": "completed", "date_modified_gmt": "2026-10-04T08:25:03"}))
    held = events(sent({**ORDER, "status": "on-hold", "date_modified_gmt": "2026-10-04T08:12:00"}))
    found = fold([*done, *held, *first])
    assert found.purchase is not None
    assert (found.purchase.state, found.occurred_at.isoformat()) == ("completed", "2026-10-04T08:10:12+00:00")


def test_two_changes_within_one_second_are_two() -> None:
    at = {"date_modified_gmt": "2026-10-04T08:25:03"}
    one, two = (
        events(sent({**ORDER, **at, "status": "processing"})),
        events(sent({**ORDER, **at, "status": "completed"})),
    )
    assert (one[0].event_id == two[0].event_id, one[1].event_id == two[1].event_id) == (True, False)


def test_an_order_from_the_bin_is_back_and_a_deleted_one_is_not() -> None:
    there, gone = events(sent(ORDER)), events(sent({"id": ORDER["id"]}, "order.deleted"))
    late = sent(ORDER, "order.restored")
    back = events(replace(late, received_at=late.received_at + timedelta(minutes=5)))
    assert fold([*gone, *there]).deleted_at is not None
    assert fold([*back, *gone, *there]).deleted_at is None


def test_a_webhook_and_the_asking_know_one_order_whatever_they_are_called() -> None:
    asked = replace(sent(ORDER), connector="shop-backfill")
    polled = woocommerce.normalise(
        asked, shop(url="https://www.shop.example.ir", mode="polling", key="ck_1", key_secret="cs_1"), ORGANISATION
    )
    assert {e.interaction_id for e in polled} == {e.interaction_id for e in events(sent(ORDER))}


def test_a_secret_is_the_one_that_was_typed_with_its_entities_decoded() -> None:
    woocommerce.verify(sent(ORDER, secret="salt & pepper & more"), shop(secret="salt &amp; pepper &amp; more"))
    with pytest.raises(BadSignature):
        woocommerce.verify(sent(ORDER, secret="another secret of a shop"), shop())


def test_the_ping_of_a_new_webhook_is_taken_and_skipped() -> None:
    ping = delivered("woocommerce", b"webhook_id=4", PING)
    woocommerce.verify(ping, shop())
    with pytest.raises(Skipped, match="ping"):
        events(ping)


@pytest.mark.parametrize(
    ("body", "headers"),
    [(b"webhook_id=4&a=b", PING), (b"webhook_id=4", {}), (b"webhook_id=x", PING),
     (b"webhook_id=4", {**PING, "x-wc-webhook-topic": "order.deleted"})],
)  # fmt: skip
def test_what_only_resembles_a_ping_is_refused(body: bytes, headers: dict[str, str]) -> None:
    with pytest.raises(BadSignature):
        woocommerce.verify(delivered("woocommerce", body, headers), shop())


def test_more_pings_than_a_shop_sends_are_turned_away_and_orders_never() -> None:
    admit, ping = woocommerce.guard(shop()), delivered("woocommerce", b"webhook_id=4", PING)
    for _ in range(10):
        admit(ping, "192.0.2.7")
    with pytest.raises(TooMany):
        admit(ping, "192.0.2.7")
    admit(sent(ORDER), "192.0.2.7")


@dataclass
class Shop:
    """A stand-in for a shop's REST API: its orders, its answers, and what it was asked."""

    orders: list[dict[str, Any]] = field(default_factory=list)
    hooks: list[dict[str, Any]] = field(default_factory=list)
    status: int = 200
    currency: str = "IRT"
    asked: list[dict[str, str]] = field(default_factory=list)

    async def list_orders(self, request: Request) -> Response:
        if request.headers.get("authorization") != "Basic " + base64.b64encode(b"ck_1:cs_1").decode():
            return JSONResponse({"code": "woocommerce_rest_cannot_view"}, 401)
        asked = dict(request.query_params)
        self.asked.append(asked)
        after = asked.get("modified_after", "")
        found = [o for o in self.orders if o["date_modified_gmt"] > after]
        size, page = int(asked["per_page"]), int(asked["page"])
        return JSONResponse(found[size * (page - 1) : size * page], self.status, headers={"retry-after": "7"})

    async def system(self, _request: Request) -> Response:
        told = {"environment": {"version": "9.3.3"}, "settings": {"currency": self.currency}}
        return JSONResponse(told, self.status)

    async def list_hooks(self, _request: Request) -> Response:
        return JSONResponse(self.hooks)


@contextmanager
def selling(stand_in: Shop, mode: str = "polling") -> Iterator[woocommerce.Settings]:
    base = "/wp-json/wc/v3"
    routes = [
        Route(f"{base}/orders", stand_in.list_orders),
        Route(f"{base}/system_status", stand_in.system),
        Route(f"{base}/webhooks", stand_in.list_hooks),
    ]
    with served(Starlette(routes=routes)) as url:
        yield shop(url=url, mode=mode, key="ck_1", key_secret="cs_1", poll_seconds=0.01)


async def batches(account: woocommerce.Settings, count: int, cursor: dict[str, Any] | None = None) -> list[Batch]:
    fetched, found = fetch(account, cursor), []
    try:
        async for batch in fetched:
            found.append(batch)
            if len(found) == count:
                break
    finally:
        await fetched.aclose()  # type: ignore[attr-defined]
    return found


@pytest.mark.real
async def test_the_first_sweep_brings_all_pages_as_history_and_then_only_what_changed() -> None:
    orders = [{**ORDER, "id": n, "date_modified_gmt": f"2026-10-04T08:{n % 60:02}:00"} for n in range(1, 151)]
    stand_in = Shop(orders)
    with selling(stand_in) as account:
        one, two, three = await batches(account, 3)
    assert [len(one.arrivals), len(two.arrivals)] == [100, 50]
    assert {a.headers["peyvand-import"] for a in one.arrivals} == {"the shop's orders of before"}
    assert (one.cursor, two.cursor) == ({}, {"modified": "2026-10-04T08:59:00"})
    assert stand_in.asked[2]["modified_after"] == "2026-10-04T08:49:00"
    assert (len(three.arrivals), "peyvand-import" in three.arrivals[0].headers) == (20, False)


@pytest.mark.real
async def test_a_sweep_goes_on_from_its_cursor() -> None:
    stand_in = Shop([ORDER])
    with selling(stand_in) as account:
        (batch,) = await batches(account, 1, {"modified": "2026-10-04T08:15:00"})
    assert (stand_in.asked[0]["modified_after"], stand_in.asked[0]["dates_are_gmt"]) == ("2026-10-04T08:05:00", "true")
    assert len(batch.arrivals) == 1


@pytest.mark.real
@pytest.mark.parametrize(
    ("status", "raised", "words"),
    [(401, SignInFailed, "refuses the key"), (404, SignInFailed, "permalinks"), (301, SignInFailed, "another address"),
     (429, Unavailable, "less often"), (502, Unavailable, "answers 502")],
)  # fmt: skip
async def test_a_shops_trouble_is_told_in_plain_words(status: int, raised: type[Exception], words: str) -> None:
    with selling(Shop([ORDER], status=status)) as account, pytest.raises(raised, match=words):
        await batches(account, 1)


@pytest.mark.real
async def test_check_asks_the_shop_and_says_which_it_is() -> None:
    with selling(Shop()) as account:
        assert await woocommerce.POLLING.check(account) == "WooCommerce 9.3.3 answers; it sells in IRT"


@pytest.mark.real
@pytest.mark.parametrize(
    ("stand_in", "words"),
    [
        (Shop(hooks=[{"status": "disabled", "topic": "order.updated"}]), r"1 webhook\(s\) off \(order.updated\)"),
        (Shop(currency="coins"), "currency"),
        (Shop(status=403), "refuses the key"),
    ],
)
async def test_check_says_what_is_wrong_at_the_shop(stand_in: Shop, words: str) -> None:
    with selling(stand_in, "webhook") as account, pytest.raises(SignInFailed, match=words):
        await woocommerce.WEBHOOK.check(account)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"secret": None}, "needs the secret"),
        ({"mode": "polling"}, "needs key and key_secret"),
        ({"url": "shop.example.ir"}, "the shop's address"),
        ({"url": "http://shop.example.ir", "key": "ck_1", "key_secret": "cs_1"}, "must be https"),
    ],
)
def test_a_mistake_in_the_settings_is_named_in_words(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        shop(**fields)
