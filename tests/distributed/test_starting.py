"""A service starts while what it needs is away, says so in words, and goes on by itself; or ends with what is wrong."""

import os
import subprocess
import time
from pathlib import Path

import httpx
import pytest

from distributed.documented import service_command
from distributed.processes import Copy
from distributed.running import FourServices
from parts.kafka import Kafka
from parts.loopback import free_port, wait_until
from parts.postgres import OwnPostgres, Postgres

pytestmark = [pytest.mark.real, pytest.mark.timeout(240)]

EMPTY = "organisation: {name: نمونه}\nconnectors: []\n"
CALLS = EMPTY.replace("[]", "\n  - {name: pbx, channel: asterisk, cdr: Master.csv, utc: true}")
NOWHERE = "127.0.0.1:9"


def posted(copy: Copy, text: str = "سلام") -> httpx.Response:
    form = {"name": "مریم", "email": "m@example.com", "message": text}
    return httpx.post(f"{copy.url}/webhooks/site-form", data=form, timeout=20, trust_env=False)


def said(copy: Copy) -> str:
    """Return what is not ready, or nothing while it does not answer."""
    try:
        return copy.ready().text
    except httpx.HTTPError:
        return ""


def lives(copy: Copy) -> bool:
    return bool(said(copy))


def ended(service: str, folder: Path, configuration: str, **environment: str) -> tuple[int, str]:
    """Start what cannot start; return its exit code and what it said."""
    (folder / "peyvand.yaml").write_text(configuration, encoding="utf-8")
    given = {**os.environ, "PEYVAND_PORT": str(free_port()), **environment}
    told = subprocess.run(
        service_command(service).here, cwd=folder, env=given, capture_output=True, text=True, timeout=60, check=False
    )
    return told.returncode, told.stderr


def test_without_kafka_a_webhook_is_503_and_with_it_again_200(four: FourServices, own_kafka: Kafka) -> None:
    own_kafka.stop()
    [social] = four.add("ingest-social")
    social.launch()
    wait_until(lambda: lives(social), "the service answering", 60)
    assert social.ready().status_code == 503
    assert "Kafka does not answer" in said(social) or "has not been reached" in said(social)
    refused = posted(social)
    assert (refused.status_code, int(refused.headers["retry-after"]) > 0) == (503, True)
    own_kafka.start()
    four.make_topics()
    social.wait_until_ready()
    assert posted(social).status_code == 200


def test_with_a_spool_a_webhook_is_200_and_the_process_is_not_taken_away_until_it_is_empty(
    four: FourServices, own_kafka: Kafka
) -> None:
    four.make_topics()
    own_kafka.stop()
    [social] = four.add("ingest-social", PEYVAND_SPOOL=str(four.folder / "spool"))
    social.launch()
    social.wait_until_ready()
    assert "bus" in social.ready().json()["beside"]
    assert posted(social).status_code == 200
    drained = httpx.get(f"{social.url}/health/drained", trust_env=False)
    assert (drained.status_code, drained.json()["left"]) == (503, 1)
    social.kill()
    own_kafka.start()
    four.start()
    wait_until(
        lambda: httpx.get(f"{social.url}/health/drained", trust_env=False).status_code == 200, "the spool drained", 60
    )
    [customer] = four.customers("m@example.com")
    assert [entry["text"] for entry in four.timeline(customer["id"])] == ["سلام"]


def test_without_the_database_the_timeline_waits_says_so_and_goes_on(
    four: FourServices, own_postgres: OwnPostgres
) -> None:
    four.make_topics()
    own_postgres.stop()
    [timeline] = four.add("timeline")
    timeline.launch()
    wait_until(lambda: "the database cannot be opened yet" in said(timeline), "the timeline saying so", 60)
    assert timeline.ready().status_code == 503
    assert httpx.get(f"{timeline.url}/health/live", trust_env=False).status_code == 200
    page = httpx.get(f"{timeline.url}/status", trust_env=False)
    assert (page.status_code, page.headers["content-type"]) == (503, "application/problem+json")
    own_postgres.start()
    timeline.wait_until_ready()
    assert "waiting for the database" in timeline.log_file.read_text()


def test_a_timeline_that_waits_for_the_database_stops_when_told(four: FourServices, own_postgres: OwnPostgres) -> None:
    own_postgres.stop()
    [timeline] = four.add("timeline")
    timeline.launch()
    wait_until(lambda: lives(timeline), "the timeline answering", 60)
    began = time.monotonic()
    timeline.stop()
    assert time.monotonic() - began < 15
    assert "Traceback" not in timeline.log_file.read_text()


def test_a_database_that_does_not_exist_ends_the_timeline_in_words(tmp_path: Path, postgres: Postgres) -> None:
    url = postgres.url.replace("postgresql://", "postgresql+asyncpg://").rpartition("/")[0] + "/nobody"
    code, told = ended("timeline", tmp_path, EMPTY, DATABASE_URL=url)
    assert code == 2
    assert "the database cannot be opened: " in told.splitlines()[-1]


def test_a_timeline_without_a_database_is_a_mistake_in_words(tmp_path: Path) -> None:
    code, told = ended("timeline", tmp_path, EMPTY, DATABASE_URL="")
    assert code == 2
    assert "storage.database: the timeline needs a database: set DATABASE_URL" in told


def test_a_connector_that_polls_and_has_no_place_for_its_cursor_is_a_mistake_in_words(tmp_path: Path) -> None:
    code, told = ended("ingest-phone", tmp_path, CALLS, DATABASE_URL="", KAFKA_BOOTSTRAP_SERVERS=NOWHERE)
    assert code == 2
    assert "storage.database: pbx keep their place in PostgreSQL: set DATABASE_URL" in told


@pytest.mark.parametrize("service", ["ingest-social", "timeline"])
def test_variables_that_cannot_be_used_are_all_named(tmp_path: Path, service: str) -> None:
    code, told = ended(service, tmp_path, EMPTY, PEYVAND_PORT="eighty", DATABASE_URL="sqlite:///x.db")
    assert code == 2
    assert "PEYVAND_PORT: " in told
    assert "Traceback" not in told
