"""Partners' events through the running product: stored once, and never answered 2xx where they are not safe."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from distributed.processes import Copy
from distributed.running import FourServices, four_services
from parts.kafka import Kafka
from parts.loopback import free_port, wait_until
from parts.postgres import OwnPostgres
from parts.process import Process
from standalone.running import Peyvand, eventually

pytestmark = [pytest.mark.real, pytest.mark.timeout(300)]

KEY = "pk_live_LqT4vWn8RzKc2YbHsJdM"
CONFIGURATION = f"""\
organisation: {{name: نمونه, domains: [example.ir], timezone: Asia/Tehran}}
connectors:
  - {{name: shop, channel: partner, secret: {KEY}}}
"""


@pytest.fixture
def four(tmp_path: Path, own_kafka: Kafka, own_postgres: OwnPostgres, topic_prefix: str) -> Iterator[FourServices]:
    """Give four services with a partner, not yet started, on parts that the test may stop."""
    (tmp_path / "peyvand.yaml").write_text(CONFIGURATION, encoding="utf-8")
    with (
        own_postgres.database() as database,
        four_services(tmp_path, own_kafka.bootstrap, topic_prefix, database) as product,
    ):
        yield product


def order(number: int, **more: object) -> dict[str, object]:
    return {
        "id": f"order-{number}",
        "type": "purchase",
        "occurred_at": "2026-11-20T10:00:00+03:30",
        "direction": "inbound",
        "customer": {"phone": "0912 345 6789", "name": "مریم کریمی"},
        "purchase": {"number": str(number), "total": "1250000", "currency": "IRR"},
        **more,
    }


def posted(url: str, body: object) -> httpx.Response:
    headers = {"authorization": f"Bearer {KEY}"}
    return httpx.post(f"{url}/v1/events", json=body, headers=headers, timeout=20, trust_env=False)


def became(url: str, own_id: str) -> str:
    headers = {"authorization": f"Bearer {KEY}"}
    return str(httpx.get(f"{url}/v1/events/{own_id}", headers=headers, timeout=20, trust_env=False).json()["state"])


def test_an_event_is_stored_once_and_says_so(product: Peyvand) -> None:
    (product.folder / "peyvand.yaml").write_text(CONFIGURATION, encoding="utf-8")
    product.start()
    first = posted(product.url, order(1))
    again = posted(product.url, order(1))
    assert (first.status_code, first.json()["duplicate"]) == (201, False), first.text
    assert (again.status_code, again.json()["duplicate"]) == (200, True)
    assert again.json()["event_id"] == first.json()["event_id"]
    other = posted(product.url, order(1, purchase={"number": "1", "state": "paid"}))
    assert other.status_code == 409
    eventually(lambda: became(product.url, "order-1") == "stored", "the event being stored")
    [customer] = product.customers("09123456789")
    [entry] = product.timeline(customer["id"])
    assert (entry["purchase"]["number"], customer["name"]) == ("1", "مریم کریمی")


def test_without_kafka_or_the_database_nothing_is_taken_and_then_it_is(
    four: FourServices, own_kafka: Kafka, own_postgres: OwnPostgres
) -> None:
    four.start()
    [social] = four.copies["ingest-social"]
    assert posted(social.url, order(1)).status_code == 201
    own_kafka.stop()
    refused(social, 2)
    own_kafka.start()
    taken(social, 2)
    own_postgres.stop()
    refused(social, 3)
    own_postgres.start()
    taken(social, 3)
    [customer] = four.customers("09123456789")
    assert sorted(e["purchase"]["number"] for e in four.timeline(customer["id"])) == ["1", "2", "3"]


def test_a_service_that_runs_alone_tells_partners_to_come_again(tmp_path: Path) -> None:
    (tmp_path / "peyvand.yaml").write_text(CONFIGURATION, encoding="utf-8")
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("KAFKA_", "DATABASE_"))}
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environment = {**bare, "PEYVAND_CONFIG": str(tmp_path / "peyvand.yaml"), "PEYVAND_PORT": str(port)}
    command = [sys.executable, "-m", "ingest_social.main"]
    process = Process(command, log=tmp_path / "service.log", environment=environment)
    try:
        wait_until(lambda: lives(url), "the service answering", 60)
        answer = posted(url, order(1))
    finally:
        process.stop()
    assert (answer.status_code, int(answer.headers["retry-after"]) > 0) == (503, True), answer.text


def lives(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health/live", timeout=2, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def refused(copy: Copy, number: int) -> None:
    answer = posted(copy.url, order(number))
    assert (answer.status_code, int(answer.headers["retry-after"]) > 0) == (503, True), answer.text


def taken(copy: Copy, number: int) -> None:
    wait_until(lambda: posted(copy.url, order(number)).status_code in (200, 201), f"order {number} taken", 60)
