"""Which bus a service has, and when its process and its volume may go for good."""

from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from peyvand.app import drained_route
from peyvand.bus import bus
from peyvand.environment import WrongEnvironment
from peyvand.kafka.settings import KafkaSettings


async def test_a_spool_without_a_bus_is_a_mistake_and_not_ignored(tmp_path: Path) -> None:
    with pytest.raises(WrongEnvironment, match="PEYVAND_SPOOL waits for a bus: set KAFKA_BOOTSTRAP_SERVERS"):
        async with bus(KafkaSettings(bootstrap_servers=None), tmp_path / "spool"):
            pass


@pytest.mark.parametrize(
    ("left", "aside", "status", "why"),
    [
        (0, 0, 200, None),
        (2, 0, 503, "2 deliveries wait in the spool for the bus: this process and its volume must stay"),
        (0, 1, 503, "1 files were set aside and wait for a human: the spool's volume must stay"),
    ],
)
async def test_a_volume_may_go_when_nothing_is_left_and_nothing_set_aside(
    left: int, aside: int, status: int, why: str | None
) -> None:
    app = Starlette(routes=[drained_route(lambda: left, lambda: aside)])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://service") as http:
        answer = await http.get("/health/drained")
    assert answer.status_code == status
    assert answer.json() == {"drained": status == 200, "left": left, "aside": aside, "why": why}


async def test_what_was_set_aside_is_counted_without_its_reasons(tmp_path: Path) -> None:
    (tmp_path / "aside").mkdir()
    for name in ("a.spool", "a.spool.why", "b-0.damaged", "b-0.damaged.why"):
        (tmp_path / "aside" / name).touch()
    async with bus(KafkaSettings(bootstrap_servers="127.0.0.1:9"), tmp_path) as opened:
        assert (opened.left(), opened.aside()) == (0, 2)
