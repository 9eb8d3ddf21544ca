"""How the tests run Apache Kafka: a broker and its controller in one small Java process, without ZooKeeper."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from parts.loopback import HOST, listens, wait_until
from parts.process import Process

CLUSTER = "cGV5dmFuZC10ZXN0cy1hYg"  # 16 bytes in base64, as Kafka wants its names of clusters
# Quick to start rather than quick to serve; one thread of each kind is plenty.
JAVA = ("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xlog:disable", "-Xlog:all=error:stderr")
PATIENCE = 90.0  # Java starts in a second, and in twenty on a machine that does too much at once
ONE_REPLICA = ("offsets.topic", "transaction.state.log", "share.coordinator.state.topic")
LOGGING = """\
rootLogger.level=warn
rootLogger.appenderRef.console.ref=console
appender.console.type=Console
appender.console.name=console
appender.console.layout.type=PatternLayout
appender.console.layout.pattern=%d{HH:mm:ss.SSS} %p %c{1}: %m%n
"""


def write_properties(folder: Path, port: int, controller_port: int) -> Path:
    """Write the settings of a server whose data lie in the folder's `data`, and return their file."""
    settings = {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.voters": f"1@{HOST}:{controller_port}",
        "controller.listener.names": "CONTROLLER",
        "listeners": f"PLAINTEXT://{HOST}:{port},CONTROLLER://{HOST}:{controller_port}",
        "advertised.listeners": f"PLAINTEXT://{HOST}:{port}",
        "log.dirs": str(folder / "data"),
        "auto.create.topics.enable": "false",
        "log.cleaner.enable": "false",
        "offsets.topic.num.partitions": "4",
        "transaction.state.log.num.partitions": "1",
        "transaction.state.log.min.isr": "1",
        "group.initial.rebalance.delay.ms": "0",
        "group.min.session.timeout.ms": "500",  # or no test could see a member expire within its time
        # After a kill the controller takes the new broker only once it has given up the old one, 9 s by default.
        "broker.session.timeout.ms": "2000",
        "broker.heartbeat.interval.ms": "500",
        "num.network.threads": "1",
        "num.io.threads": "2",
        "background.threads": "2",
    } | {f"{topic}.replication.factor": "1" for topic in ONE_REPLICA}
    (folder / "log4j2.properties").write_text(LOGGING)
    written = folder / "server.properties"
    written.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
    return written


def java_command(jars: Path, *program: str | Path, options: Iterable[str] = ()) -> list[str | Path]:
    """Return how Java runs a program of Kafka's; the jars are in one order, as its archive of classes demands."""
    classes = ":".join(str(jar) for jar in sorted(jars.glob("*.jar")))
    return ["java", *JAVA, *options, "-Dlog4j2.configurationFile=log4j2.properties", "-cp", classes, *program]


def start_server(command: Sequence[str | Path], folder: Path, port: int) -> Process:
    """Return the broker once it listens. Raises RuntimeError with its log when it ended first."""
    process = Process(command, log=folder / "server.log")
    try:
        wait_until(lambda: not process.runs or listens(port), "Kafka listening", PATIENCE)
        process.wait_for(port)
    except Exception:
        process.kill()
        raise
    return process
