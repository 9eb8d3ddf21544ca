"""The lines that `peyvand connect webform` prints work as they stand."""

import shutil
import subprocess
from pathlib import Path

import httpx
import pytest

from standalone.running import eventually, installed

pytestmark = pytest.mark.real


def printed(told: str, address: str) -> str:
    """Return the shell lines of what connect said, for the port of the test."""
    lines = told[told.index("body=") :]
    lines = lines[: lines.index("/webhooks/site-form") + len("/webhooks/site-form")]
    return lines.replace("http://127.0.0.1:8080", address)


@pytest.mark.skipif(
    not (shutil.which("curl") and shutil.which("openssl")), reason="the lines are for curl and openssl, not here"
)
def test_the_printed_lines_post_a_signed_form(tmp_path: Path) -> None:
    with installed(tmp_path) as product:
        told = product.run("connect", "webform", "--yes", "--organisation", "نمونه")
        assert told.returncode == 0, told.stderr
        product.start()
        script = ["bash", "-euo", "pipefail", "-c", printed(told.stdout, product.url)]
        posted = subprocess.run(script, cwd=tmp_path, capture_output=True, text=True, check=True)
        assert posted.stdout == '{"accepted":true}'
        eventually(lambda: bool(product.customers("0912 000 4417")), "the form")


def test_an_unsigned_post_is_refused_where_only_signed_ones_are_taken(tmp_path: Path) -> None:
    with installed(tmp_path) as product:
        assert product.run("connect", "webform", "--yes", "--organisation", "نمونه").returncode == 0
        product.start()
        posted = httpx.post(f"{product.url}/webhooks/site-form", data={"message": "x"}, trust_env=False)
        assert posted.status_code == 403
