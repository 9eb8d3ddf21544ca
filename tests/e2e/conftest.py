"""The whole product, started in each way that there is: a test says what must hold, not how it runs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from distributed.running import four_services
from parts.kafka import Kafka
from standalone.running import Peyvand, installed

WAYS = ("standalone", "distributed")


@pytest.fixture(params=WAYS)
def product(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Peyvand]:
    """Give an installation without any connector, not yet started."""
    match request.param:
        case "standalone":
            with installed(tmp_path) as one:
                yield one
        case _:
            kafka: Kafka = request.getfixturevalue("kafka")
            prefix, database = request.getfixturevalue("topic_prefix"), request.getfixturevalue("postgres_url")
            with four_services(tmp_path, kafka.bootstrap, prefix, database) as four:
                yield four
