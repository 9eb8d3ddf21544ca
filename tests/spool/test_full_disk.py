"""A full disk: callers hear Unavailable, the process lives, and what it took before and afterwards arrives."""

import subprocess
import sys
from pathlib import Path

import orjson
import pytest

TESTS = Path(__file__).parent.parent
REFUSED = "the spool's disk refuses: File too large"


@pytest.mark.real
def test_a_full_disk_is_told_and_outlived(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "spool.filling", str(tmp_path / "spool")],
        cwd=TESTS,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert orjson.loads(done.stdout.splitlines()[-1]) == {
        "room": "taken",
        "half": [REFUSED, REFUSED],
        "full": [REFUSED, REFUSED],
        "freed": [None, "taken"],
        "arrived": [1, 5],
    }
    assert not (tmp_path / "spool" / "aside").exists()
