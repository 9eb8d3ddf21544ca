"""`peyvand up` as a process: what stops it from starting is said with its way out, and a stop is quick and clean."""

import socket
from pathlib import Path

import httpx
import pytest

from standalone.running import Peyvand, eventually, installed

pytestmark = pytest.mark.real

EMPTY = "organisation: {name: نمونه}\n"
FORM = f"{EMPTY}connectors:\n  - {{name: site-form, channel: webform, form: true, any_origin: true}}\n"
FORGED = {"content-type": "application/json", "webhook-id": "1", "webhook-timestamp": "1", "webhook-signature": "v1,aa"}


def ended(product: Peyvand, *arguments: str) -> tuple[int, str]:
    """Start what cannot start; return its exit code and what it said."""
    told = product.run("up", "--port", str(product.port), *arguments)
    return told.returncode, " ".join((told.stdout + told.stderr).split())


def test_a_busy_port_is_named_with_its_way_out(tmp_path: Path) -> None:
    with installed(tmp_path, EMPTY) as product, socket.socket() as other:
        other.bind(("127.0.0.1", product.port))
        other.listen()
        code, said = ended(product)
    assert code == 1
    assert f"Port {product.port} on 127.0.0.1 is in use by another program" in said
    assert "./peyvand up --port 8081" in said
    assert "server.port in peyvand.yaml" in said
    assert "Traceback" not in said
    assert not (tmp_path / "var").exists()


def test_an_address_of_another_machine_is_named(tmp_path: Path) -> None:
    with installed(tmp_path, EMPTY) as product:
        code, said = ended(product, "--host", "192.0.2.1")
    assert code == 1
    assert "192.0.2.1 is no address of this machine" in said


def test_every_mistake_of_the_file_is_listed_and_nothing_is_started(tmp_path: Path) -> None:
    broken = """\
organisation: {name: نمونه, timezone: Mars/Olympus}
connectors:
  - {name: a, channel: pigeon}
  - {name: a b, channel: imap, host: mail.example.ir, username: x, password: "${NOT_SET}"}
  - {name: pbx, channel: asterisk, timezone: Asia/Tehran}
server: {port: eighty}
servers: {}
"""
    with installed(tmp_path, broken) as product:
        code, said = ended(product)
    assert code == 2
    mistakes = (
        "line 1: organisation.timezone",
        "line 3: connectors.a.channel",
        "line 4: connectors.a b.name",
        "NOT_SET is not set",
        "line 5: connectors.pbx: needs `cdr` (a file), `database` (the CDR table)",
        "line 6: server.port",
        "line 7: servers: unknown",
    )
    assert [m for m in mistakes if m not in said] == []
    assert "Traceback" not in said
    assert not (tmp_path / "var").exists()


def test_a_second_peyvand_does_not_touch_the_first_ones_folder(demo: Peyvand) -> None:
    demo.start()
    with installed(demo.folder) as second:
        code, said = ended(second)
    assert code == 1
    assert "another Peyvand is running with the data in var/demo" in said
    assert demo.get("/health/ready") == {"ready": True, "not_ready": {}}


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file, where a folder should be")
    with installed(tmp_path, EMPTY) as product:
        code, said = ended(product)
    assert code == 1
    assert "var cannot be written" in said
    assert "Traceback" not in said


def test_a_stop_does_not_wait_for_open_pages(tmp_path: Path) -> None:
    with (
        installed(tmp_path, FORM) as product,
        httpx.Client(base_url=product.url, timeout=20, trust_env=False) as client,
    ):
        product.start()
        with client.stream("GET", "/v1/stream") as stream:
            lines = stream.iter_lines()
            assert next(lines)
            assert product.stop() < 4
            assert list(lines) is not None  # the stream ended as a stream, not as a broken connection
    assert "Traceback" not in product.log
    assert '"level": "error"' not in product.log


def test_what_was_there_before_a_stop_is_there_after_it(tmp_path: Path) -> None:
    with installed(tmp_path, FORM) as product:
        product.start()
        posted = httpx.post(
            f"{product.url}/webhooks/site-form", data={"name": "مریم", "email": "m@example.com", "message": "سلام"},
            trust_env=False,
        )  # fmt: skip
        assert posted.status_code == 200
        product.stop()
        product.start()
        [customer] = product.customers()
        assert [e["text"] for e in product.timeline(customer["id"])] == ["سلام"]


def test_unknown_addresses_and_methods_are_problems(tmp_path: Path) -> None:
    with installed(tmp_path, FORM) as product:
        product.start()
        with httpx.Client(base_url=product.url, trust_env=False) as client:
            unknown = client.post("/webhooks/nobody", content=b"{}")
            forged = client.post("/webhooks/site-form", content=b"{}", headers=FORGED)
            metrics = client.get("/metrics").text
    assert (unknown.status_code, unknown.headers["content-type"]) == (404, "application/problem+json")
    assert (forged.status_code, forged.headers["content-type"]) == (403, "application/problem+json")
    assert 'peyvand_refused_total{connector="site-form",status="403"} 1.0' in metrics


def test_readiness_says_what_is_not_ready(tmp_path: Path) -> None:
    with installed(tmp_path, FORM) as product:
        product.start()
        eventually(lambda: product.get("/health/live") == {"live": True}, "live")
        assert product.get("/health/ready") == {"ready": True, "not_ready": {}}


def test_logs_are_json_without_what_people_write(tmp_path: Path) -> None:
    with installed(tmp_path, FORM) as product:
        product.start()
        form = {"name": "Confidential Person", "email": "confidential@example.com", "message": "confidential words"}
        httpx.post(f"{product.url}/webhooks/site-form", data=form, trust_env=False)
        httpx.post(f"{product.url}/webhooks/site-form", json=form, headers=FORGED, trust_env=False)
        product.stop()
    assert "refused" in product.log
    assert "onfidential" not in product.log
