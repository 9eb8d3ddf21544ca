"""The whole product, started in each way that there is: a test says what must hold, not how it runs."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from standalone.running import Peyvand, installed


def in_one_process(folder: Path) -> Iterator[Peyvand]:
    """Run it as `peyvand up` does."""
    with installed(folder) as product:
        yield product


WAYS: dict[str, Callable[[Path], Iterator[Peyvand]]] = {"standalone": in_one_process}


@pytest.fixture(params=WAYS)
def product(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Peyvand]:
    """Give an installation without any connector, not yet started."""
    yield from WAYS[request.param](tmp_path)
