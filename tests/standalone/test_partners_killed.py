"""SIGKILL between the steps of taking a partner's event: nothing lost, nothing twice, and its id stands."""

import os
import sys
from pathlib import Path

import httpx
import pytest

from parts.loopback import wait_until
from parts.process import Process
from standalone import mortal
from standalone.running import Peyvand, installed
from standalone.test_partners import CONFIGURATION, asked, order, post

pytestmark = pytest.mark.real

TESTS = Path(__file__).parents[1]


def killed_while_taking(product: Peyvand, moment: mortal.Moment) -> None:
    """Start a Peyvand that does not outlive the first order, and post that."""
    command = [sys.executable, "-m", mortal.__name__, moment, str(product.port)]
    environment = {**os.environ, "PYTHONPATH": str(TESTS)}
    process = Process(command, log=product.folder / "mortal.log", environment=environment)
    try:
        wait_until(lambda: is_ready(product), "Peyvand getting ready", 60)
        with pytest.raises(httpx.TransportError):
            post(product, order(1))
        wait_until(lambda: not process.runs, "its end")
    finally:
        process.kill()


def is_ready(product: Peyvand) -> bool:
    try:
        return httpx.get(f"{product.url}/health/ready", timeout=2, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


@pytest.mark.parametrize(("moment", "state"), [("before", "failed"), ("after", "stored")])
def test_an_event_whose_taking_was_cut_off_is_there_once_when_it_comes_again(
    tmp_path: Path, moment: mortal.Moment, state: str
) -> None:
    with installed(tmp_path, CONFIGURATION) as product:
        killed_while_taking(product, moment)
        product.start()
        assert asked(product, "/v1/events/order-1")["state"] == state
        other, again = post(product, order(1, text="another")), post(product, order(1))
        assert (other.status_code, again.status_code, again.json()["duplicate"]) == (409, 200, True)
        assert asked(product, "/v1/events/order-1")["state"] == "stored"
        [customer] = product.customers("09121112233")
        [entry] = product.timeline(customer["id"])
    assert entry["purchase"]["number"] == "1"
