"""The API for partners as its callers meet it: the whole product, its store, and a process that is killed."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from standalone.killing import kill_and_start
from standalone.running import Peyvand, eventually, installed

pytestmark = pytest.mark.real

KEY = "pk_live_LqT4vWn8RzKc2YbHsJdM"
TEST = "pk_test_AzS5jLk8WqErTyUiOpMn"
SECRET = "telegram-secret-of-ours"
CONFIGURATION = f"""\
organisation: {{name: نمونه, domains: [example.ir], timezone: Asia/Tehran}}
connectors:
  - name: shop
    channel: partner
    secret: {KEY}
    keys:
      - {{name: test, secret: {TEST}, test: true}}
  - name: shop-bot
    channel: telegram
    token: "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
    mode: webhook
    secret: {SECRET}
"""


def post(product: Peyvand, said: Any, key: str = KEY) -> httpx.Response:
    headers = {"authorization": f"Bearer {key}"}
    return httpx.post(f"{product.url}/v1/events", json=said, headers=headers, timeout=20, trust_env=False)


def asked(product: Peyvand, path: str) -> Any:
    headers = {"authorization": f"Bearer {KEY}"}
    return httpx.get(product.url + path, headers=headers, timeout=20, trust_env=False).json()


def order(number: int | str, **fields: Any) -> dict[str, Any]:
    return {
        "id": f"order-{number}",
        "type": "purchase",
        "customer": {"phone": "09121112233", "name": "مریم احمدی"},
        "purchase": {"number": str(number), "total": "1250000", "currency": "IRT"},
        **fields,
    }


def update(number: int, message: dict[str, Any]) -> dict[str, Any]:
    reza = {"id": 6112233445, "is_bot": False, "first_name": "رضا"}
    chat = {"id": 6112233445, "type": "private", "first_name": "رضا"}
    return {"update_id": number, "message": {"from": reza, "chat": chat, "date": 1791102590 + number, **message}}


def told_by_telegram(product: Peyvand, said: dict[str, Any]) -> None:
    headers = {"x-telegram-bot-api-secret-token": SECRET}
    answer = httpx.post(f"{product.url}/webhooks/shop-bot", json=said, headers=headers, timeout=20, trust_env=False)
    assert answer.status_code == 200


def test_what_a_bot_sends_stands_in_the_chat_with_what_its_customer_says(tmp_path: Path) -> None:
    sent = {"message_id": 412, "from": {"id": 110201543, "is_bot": True, "first_name": "Shop"}, "date": 1791102591}
    with installed(tmp_path, CONFIGURATION) as product:
        product.start()
        told_by_telegram(product, update(1, {"message_id": 411, "text": "سفارش من کی می‌رسد؟"}))
        ours = {"id": "sent-1", "type": "message", "direction": "outbound", "text": "فردا", "channel": "telegram",
                "occurred_at": "2026-10-04T08:29:51Z", "account": 110201543, "conversation": 6112233445,
                "message_id": 412, "reply_to": 411}  # fmt: skip
        assert post(product, ours).status_code == 201
        told_by_telegram(product, update(2, {"message_id": 413, "text": "ممنون", "reply_to_message": {
            **sent, "chat": {"id": 6112233445, "type": "private"}, "text": "فردا"}}))  # fmt: skip
        [customer] = product.customers("رضا")
        entries = product.timeline(customer["id"])
        thread = product.get(f"/v1/interactions/{entries[0]['id']}/thread")
    assert [(e["direction"], e["channel"], e["conversation"], e["text"]) for e in entries] == [
        ("inbound", "telegram", "6112233445", "ممنون"),
        ("outbound", "telegram", "6112233445", "فردا"),
        ("inbound", "telegram", "6112233445", "سفارش من کی می‌رسد؟"),
    ]
    assert {e["id"] for e in thread["entries"]} == {e["id"] for e in entries}


def test_five_conflicting_orders_at_once_leave_one_and_a_dry_run_names_its_customer(tmp_path: Path) -> None:
    with installed(tmp_path, CONFIGURATION) as product:
        product.start()
        with ThreadPoolExecutor(10) as five:
            same = sorted(a.status_code for a in five.map(lambda _: post(product, order(1)), range(5)))
            other = sorted(a.status_code for a in five.map(lambda n: post(product, order(2, text=str(n))), range(5)))
        [customer] = product.customers("09121112233")
        match = post(product, order(3), TEST).json()["match"]
        nobody = post(product, order(4, customer={"email": "new@gmail.com"}), TEST).json()["match"]
        entries = product.timeline(customer["id"])
        state = asked(product, "/v1/events/order-1")
    assert (same, other) == ([200] * 4 + [201], [201] + [409] * 4)
    assert sorted(e["purchase"]["number"] for e in entries) == ["1", "2"]
    assert {e["purchase"]["total"] for e in entries} == {"12500000"}
    assert state["state"] == "stored"
    assert (match["customer"], match["why"]) == (customer["id"], "known by phone")
    assert (nobody["customer"], "begin a customer" in nobody["why"]) == (None, True)


def test_a_revised_order_shows_what_it_says_now(tmp_path: Path) -> None:
    with installed(tmp_path, CONFIGURATION) as product:
        product.start()
        post(product, order(1))
        sent = {"number": "1", "state": "sent", "total": "1300000", "currency": "IRT"}
        answer = post(product, order(1, revision=1, purchase=sent))
        assert post(product, order(1)).status_code == 409
        [entry] = product.timeline(product.customers("09121112233")[0]["id"])
    assert (answer.status_code, entry["purchase"]["state"], entry["purchase"]["total"]) == (201, "sent", "13000000")


class Shop(threading.Thread):
    """Posts orders one after the other without a pause, each again until it is taken."""

    def __init__(self, product: Peyvand) -> None:
        super().__init__(daemon=True)
        self.product = product
        self.acknowledged: list[str] = []
        self.refused: list[int] = []
        self.ending = threading.Event()

    def run(self) -> None:
        while not self.ending.is_set():
            number = len(self.acknowledged)
            try:
                answer = post(self.product, order(number))
            except httpx.HTTPError:
                self.ending.wait(0.02)
                continue
            if answer.is_success:
                self.acknowledged.append(str(number))
            elif answer.status_code != 503:
                self.refused.append(answer.status_code)
            self.ending.wait(0.12)  # within the key's six hundred a minute


def test_what_was_acknowledged_is_there_once_after_kills_in_mid_flow(tmp_path: Path) -> None:
    seed = random.randrange(1_000_000)
    print(f"seed: {seed}")
    moments = random.Random(seed)
    with installed(tmp_path, CONFIGURATION) as product:
        product.start()
        shop = Shop(product)
        shop.start()
        for _ in range(3):
            kill_and_start(product, moments.uniform(0.2, 0.8))
        before = len(shop.acknowledged)
        eventually(lambda: len(shop.acknowledged) > before + 3, "orders after the last start")
        shop.ending.set()
        shop.join(20)
        entries = product.timeline(product.customers("09121112233")[0]["id"])
    numbers = [e["purchase"]["number"] for e in entries]
    assert len(numbers) == len(set(numbers)), f"twice, with seed {seed}"
    assert set(shop.acknowledged) <= set(numbers)
    assert shop.refused == []
