"""A real Apache Kafka: KAFKA_BOOTSTRAP_SERVERS', or Maven Central's jars on a free port; else librdkafka's mock."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from confluent_kafka import KafkaException, Producer
from confluent_kafka.admin import AdminClient, NewTopic  # type: ignore[attr-defined] # it does not say that it exports it

from parts.kafka_jars import VERSION, Jars, fetch, find_jars, java_version
from parts.kafka_log import lose_last_batches
from parts.kafka_server import PATIENCE, java_command, start_server, write_properties
from parts.loopback import HOST, free_port, wait_until
from parts.missing import Missing
from parts.process import Process


@dataclass(slots=True)
class Kafka:
    """A broker on one port, with one folder of data, through all its starts.

    A start blocks the loop; in a thread (asyncio.to_thread) the broker ends with that thread, and so with the loop.
    """

    bootstrap: str
    is_real: bool = True  # False: librdkafka's mock, which has neither an admin nor groups of two
    _jars: Jars | None = field(default=None, repr=False)
    _folder: Path = field(default=Path(os.devnull), repr=False)
    _process: Process | None = field(default=None, repr=False)

    @property
    def pid(self) -> int:
        return self._own().pid

    def create(self, topic: str, partitions: int = 1) -> None:
        """Return once the topic is there."""
        admin = self._admin()  # it has to live until the answer is there
        admin.create_topics([NewTopic(topic, partitions, 1)])[topic].result(timeout=10)

    def start(self) -> None:
        """Return once it serves."""
        if self._jars is None:
            raise Missing(f"the broker at {self.bootstrap} is not ours to start and stop")
        archive = [f"-XX:SharedArchiveFile={self._jars.classes}"]
        command = java_command(self._jars.folder, "kafka.Kafka", self._folder / "server.properties", options=archive)
        self._process = start_server(command, self._folder, int(self.bootstrap.rpartition(":")[2]))
        wait_until(self._serves, "Kafka serving", PATIENCE)

    def stop(self) -> None:
        """End it in order (SIGTERM)."""
        self._own().stop(seconds=60)

    def kill(self) -> None:
        """End it at once (SIGKILL)."""
        self._own().kill()

    def pause(self) -> None:
        """Let it hang: its connections stay open and nothing answers."""
        os.kill(self._own().pid, signal.SIGSTOP)

    def resume(self) -> None:
        os.kill(self._own().pid, signal.SIGCONT)

    def lose_producer_state(self) -> None:
        """Lose the last batch of every partition, as a power failure does, from a broker that is stopped or killed.

        A producer whose last batch it was goes on at a sequence number that the broker, started again, does not expect:
        OutOfOrderSequenceNumber. An earlier batch of that producer has to be left, or Kafka takes whatever comes.
        """
        if self._own().runs:
            raise RuntimeError("a broker that runs loses nothing: stop it first")
        lose_last_batches(self._folder / "data")

    def log(self) -> str:
        return (self._folder / "server.log").read_text(errors="replace")

    def _own(self) -> Process:
        if self._process is None:
            raise Missing(f"the broker at {self.bootstrap} is not ours to start and stop")
        return self._process

    def _admin(self) -> AdminClient:
        return AdminClient({"bootstrap.servers": self.bootstrap, "log_level": 3})

    def _serves(self) -> bool:
        try:
            return bool(self._admin().list_topics(timeout=1).brokers)
        except KafkaException:
            return False


def describe() -> str:
    """Return which broker the tests use, or why there is none."""
    if given := os.environ.get("KAFKA_BOOTSTRAP_SERVERS"):
        return f"the broker at {given}"
    try:
        java = java_version()
    except Missing as missing:
        return f"librdkafka's mock only: {missing}"
    if find_jars() or shutil.which("mvn"):
        return f"Apache Kafka {VERSION} on Java {java}"
    return f"librdkafka's mock only: no Maven to fetch Apache Kafka {VERSION} with"


@contextmanager
def kafka() -> Iterator[Kafka]:
    """Yield a running Kafka. Raises Missing when none can be had."""
    if given := os.environ.get("KAFKA_BOOTSTRAP_SERVERS"):
        yield Kafka(given)
        return
    with own_kafka(fetch()) as broker:
        yield broker


@contextmanager
def own_kafka(jars: Jars) -> Iterator[Kafka]:
    """Yield a running Kafka of the caller's own, to stop and kill."""
    with tempfile.TemporaryDirectory(prefix="peyvand-kafka-", ignore_cleanup_errors=True) as name:
        folder, port = Path(name), free_port()
        shutil.copytree(jars.formatted, folder / "data")
        write_properties(folder, port, free_port())
        broker = Kafka(f"{HOST}:{port}", _jars=jars, _folder=folder)
        broker.start()
        try:
            yield broker
        finally:
            broker.kill()


@contextmanager
def mock_kafka() -> Iterator[Kafka]:
    """Yield librdkafka's mock broker, for a single client where there is no Kafka."""
    cluster = Producer({"test.mock.num.brokers": 1, "log_level": 3})
    [broker] = cluster.list_topics(timeout=10).brokers.values()
    yield Kafka(f"{broker.host}:{broker.port}", is_real=False)
