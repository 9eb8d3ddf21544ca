"""Four services on a broker and a database that the test may stop."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from distributed.running import FourServices, four_services
from parts.kafka import Kafka
from parts.postgres import OwnPostgres

FORM = """\
organisation: {name: نمونه, domains: [example.ir]}
connectors:
  - {name: site-form, channel: webform, form: true, any_origin: true}
"""


@pytest.fixture
def four(tmp_path: Path, own_kafka: Kafka, own_postgres: OwnPostgres, topic_prefix: str) -> Iterator[FourServices]:
    """Give an installation with one form, not yet started, on parts of its own."""
    (tmp_path / "peyvand.yaml").write_text(FORM, encoding="utf-8")
    with (
        own_postgres.database() as database,
        four_services(tmp_path, own_kafka.bootstrap, topic_prefix, database) as product,
    ):
        yield product
