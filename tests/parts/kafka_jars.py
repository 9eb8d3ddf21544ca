"""Apache Kafka's own jars, fetched once from Maven Central, with what makes every later start quick."""

import fcntl
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from parts.kafka_server import CLUSTER, java_command, start_server, write_properties
from parts.loopback import free_port
from parts.missing import Missing

VERSION = "4.1.2"
OLDEST_JAVA = 17
TOOLS = Path(__file__).parents[2] / ".tools"
COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"
POM = f"""\
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>peyvand</groupId><artifactId>kafka-for-tests</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>{VERSION}</version></dependency>
    <dependency><groupId>org.apache.logging.log4j</groupId><artifactId>log4j-slf4j-impl</artifactId><version>2.24.3</version></dependency>
  </dependencies>
</project>
"""


@dataclass(frozen=True, slots=True)
class Jars:
    """What a broker is started from."""

    folder: Path
    formatted: Path  # an empty broker's data, to be copied
    classes: Path  # Java's archive of the classes that a broker loads


def java_version() -> str:
    """Return Java's version. Raises Missing where there is none that runs Kafka."""
    if shutil.which("java") is None:
        raise Missing("no Java: install Debian's default-jre-headless and maven, or set KAFKA_BOOTSTRAP_SERVERS")
    said = subprocess.run(["java", "-version"], capture_output=True, text=True, check=True).stderr
    found = re.search(r'version "((\d+)[^"]*)"', said)
    if found is None or int(found[2]) < OLDEST_JAVA:
        raise Missing(f"Kafka {VERSION} needs Java {OLDEST_JAVA} or newer, not {said.splitlines()[0]}")
    return found[1]


def find_jars() -> Path | None:
    """Return the folder of the jars where they are fetched already."""
    folder = TOOLS / f"kafka-{VERSION}" / "jars"
    return folder if folder.is_dir() else None


def fetch() -> Jars:
    """Return the jars, fetched and made ready by the first who asks. Raises Missing when they cannot be had."""
    version = java_version()
    home = TOOLS / f"kafka-{VERSION}"
    home.mkdir(parents=True, exist_ok=True)
    jars = Jars(home / "jars", home / "formatted", home / f"classes-{version}.jsa")
    with _alone(home / "lock"):
        if not jars.folder.is_dir():
            _download(home, jars.folder)
        if not (jars.formatted.is_dir() and jars.classes.is_file()):
            _make_ready(home, jars)
    return jars


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # let go when the file closes, even if we are killed
        yield


def _download(home: Path, jars: Path) -> None:
    if shutil.which("mvn") is None:
        raise Missing("no Maven to fetch Kafka's jars with: install Debian's maven, or set KAFKA_BOOTSTRAP_SERVERS")
    with tempfile.TemporaryDirectory(prefix="fetch-", dir=home) as name:
        folder = Path(name)
        (folder / "pom.xml").write_text(POM)
        command = ["mvn", "-q", "-B", "-C", COPY, "-DoutputDirectory=jars", "-DincludeScope=runtime"]
        ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if ended.returncode:
            raise Missing(f"Maven cannot fetch Kafka {VERSION}: {ended.stdout.strip()[:300]}")
        (folder / "jars").rename(jars)  # all at once: what is there is whole


def _make_ready(home: Path, jars: Jars) -> None:
    with tempfile.TemporaryDirectory(prefix="ready-", dir=home) as name:
        folder, port = Path(name), free_port()
        properties = write_properties(folder, port, free_port())
        form = java_command(jars.folder, "kafka.tools.StorageTool", "format", "-t", CLUSTER, "-c", properties)
        subprocess.run(form, cwd=folder, capture_output=True, check=True)
        if not jars.formatted.is_dir():
            shutil.copytree(folder / "data", folder / "formatted")
            (folder / "formatted").rename(jars.formatted)
        archive = [f"-XX:ArchiveClassesAtExit={folder / 'classes.jsa'}"]
        broker = java_command(jars.folder, "kafka.Kafka", properties, options=archive)
        start_server(broker, folder, port).stop(seconds=60)
        (folder / "classes.jsa").rename(jars.classes)


if __name__ == "__main__":
    sys.stdout.write(f"{os.fspath(fetch().folder)}\n")
