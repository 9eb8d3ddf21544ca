"""docs/operating.md does what it says: its settings run a broker, its commands start and ask the four services."""

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from distributed.documented import OPERATING
from distributed.processes import SERVICES
from distributed.running import four_services
from parts.kafka import Kafka
from parts.kafka_jars import fetch
from parts.kafka_server import CLUSTER, LOGGING, java_command
from parts.loopback import free_port
from parts.process import Process
from peyvand import environment
from peyvand.environment import Storage
from peyvand.kafka.settings import KafkaSettings
from timeline.store.limits import Limits

pytestmark = [pytest.mark.real, pytest.mark.timeout(240)]

TEXT = OPERATING.read_text(encoding="utf-8")
FORM = """\
organisation: {name: نمونه}
connectors: [{name: site-form, channel: webform, form: true, any_origin: true}]
"""


@pytest.fixture
def broker(own_kafka: Kafka, tmp_path: Path) -> Iterator[Kafka]:
    """Give a broker that runs with the document's own server.properties, but for its ports and its folder."""
    own_kafka.kill()  # it was started to fetch what every broker here is started from
    folder = tmp_path / "broker"
    folder.mkdir()
    jars, port, controller = fetch().folder, free_port(), free_port()
    properties = re.search(r"```properties\n(.*?)```", TEXT, re.DOTALL)
    assert properties is not None
    told = properties[1].replace("9092", str(port)).replace("9093", str(controller))
    (folder / "server.properties").write_text(told.replace("/var/lib/kafka", str(folder / "data")))
    (folder / "log4j2.properties").write_text(LOGGING)
    form = java_command(jars, "kafka.tools.StorageTool", "format", "-t", CLUSTER, "-c", "server.properties")
    subprocess.run(form, cwd=folder, check=True, capture_output=True)
    process = Process(java_command(jars, "kafka.Kafka", "server.properties"), log=folder / "server.log")
    try:
        process.wait_for(port)
        yield Kafka(f"127.0.0.1:{port}")
    finally:
        process.kill()


def test_the_four_services_start_and_answer_as_the_document_says(
    broker: Kafka, postgres_url: str, topic_prefix: str, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "peyvand.yaml").write_text(FORM, encoding="utf-8")
    with four_services(home, broker.bootstrap, topic_prefix, postgres_url) as four:
        four.start()
        ports = {c.service: str(c.port) for c in four.all()}
        shown = dict(re.findall(r"^PEYVAND_PORT=(\d+) \.venvs/([a-z-]+)/", TEXT, re.MULTILINE))
        asked = re.findall(r"^curl .*/health/\w+$", TEXT, re.MULTILINE)
        assert [name for name in SERVICES if name not in shown.values()] == []
        for port, service in shown.items():
            asked = [line.replace(f":{port}/", f":{ports[service]}/") for line in asked]
        for line in asked:
            told = subprocess.run(shlex.split(line), capture_output=True, text=True, check=False)
            assert (told.returncode, "true" in told.stdout) == (0, True), (line, told)
        said = four.get("/v1/connectors")["bus"]
        assert (said["durable"], said["words"]) == (True, "one broker that flushes every message")
        assert four.stop() < 30


def test_every_variable_of_the_table_is_known() -> None:
    table = TEXT[TEXT.index("### 2. What each process is told") : TEXT.index("### 3. Start")]
    known = {str(field.alias) for field in Storage.model_fields.values()} | {
        f"{model.model_config.get('env_prefix', '')}{name}".upper()
        for model in (environment.Process, KafkaSettings, Limits)
        for name in model.model_fields
    }
    named = set(re.findall(r"`((?:PEYVAND|KAFKA|DATABASE)_[A-Z_]+)`", table))
    assert named - known == set()
    assert {n for n in known if n.startswith(("PEYVAND_", "KAFKA_"))} - named == set()
