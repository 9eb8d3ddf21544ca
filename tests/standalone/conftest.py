"""An installation of Peyvand in a folder of its own, ended with the test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from standalone.running import Peyvand, installed


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Peyvand]:
    """Give an installation without peyvand.yaml, not yet started."""
    with installed(tmp_path) as product:
        yield product
