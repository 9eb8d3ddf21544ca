"""docs/webhooks.md, walked by a stranger: its file is Peyvand's, its lines are run, and what they post is there."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from standalone.running import Peyvand, installed

pytestmark = pytest.mark.real

PAGE = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text()
SECRETS = {
    "SHOP_KEY": "pk_4f9c1de2b7a8f0e6d3c5a1b2c3d4e5f60718293a4b5c6d7e",
    "FORM_SECRET": "whsec_AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=",
}
# Each language's program, and what stands on the customer's timeline once both of its blocks have been run.
SPOKEN = {
    "sh": (["bash", "-euc"], ["A-4711", "سفارش من کی می‌رسد؟"]),
    "python": ([sys.executable, "-c"], ["A-4712", "Two chairs, please."]),
    "php": (["php", "-r"], ["A-4713", "کی می‌رسد؟"]),
    "javascript": (["node", "-e"], ["عصرها تماس بگیریم.", "سپاس"]),
}


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peyvand]:
    (written,) = blocks("yaml")
    with installed(tmp_path_factory.mktemp("page"), written, **SECRETS) as one:
        yield one.start()


def seen(product: Peyvand) -> list[str]:
    """Return what stands on the timelines of whoever posted: numbers of orders, and words."""
    entries = [e for customer in product.customers() for e in product.timeline(customer["id"])]
    return [e["purchase"]["number"] if e["purchase"] else e["text"] for e in entries]


@pytest.mark.parametrize("language", SPOKEN)
def test_a_stranger_posts_a_signed_form_and_an_order_and_sees_both(language: str, product: Peyvand) -> None:
    program, expected = SPOKEN[language]
    if shutil.which(program[0]) is None:
        pytest.skip(f"there is no {program[0]} here")
    scripts = [block.replace("http://127.0.0.1:8080", product.url) for block in blocks(language)]
    assert len(scripts) == 2
    environment = {**os.environ, **SECRETS, "no_proxy": "*"}
    for script in [*scripts, *scripts]:  # all of it is safe to be sent again
        command = [*program, script]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    found = seen(product)
    assert [found.count(what) for what in expected] == [1, 1]
