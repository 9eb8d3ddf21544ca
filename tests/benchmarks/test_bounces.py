"""Bounces of many servers, from the tests of flufl.bounce: which are known as such, and whom they name.

The mails are fetched when this runs, and never kept in the repository.
"""

import ast
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from conftest import not_run
from ingest_email.reading.mail import Mail, read_mail
from ingest_email.reading.marks import marks
from parts.missing import Missing
from peyvand.event import Report
from replies.fetching import sdist

pytestmark = [pytest.mark.bench, pytest.mark.timeout(0)]

VERSION = "6.0.0"
TURNS = 10
# No bounces, by what stands in them: a mail that is quoted with one, an answering machine's, a receipt of reading.
OTHERS = frozenset({"groupwise_03", "qmail_08", "simple_38"})
LEAST_KNOWN, LEAST_RIGHT = 0.94, 0.90


@dataclass(frozen=True)
class Case:
    """A bounce, and the recipients that its own project finds in it."""

    name: str
    mail: Mail
    recipients: frozenset[str]


def cases(folder: Path) -> Iterator[Case]:
    expected = _expected(folder / "tests" / "test_detectors.py")
    for path in sorted((folder / "tests" / "data").glob("*.txt")):
        if path.stem not in OTHERS:
            yield Case(path.stem, read_mail(path.read_bytes()), expected.get(path.name, frozenset()))


def _expected(source: Path) -> dict[str, frozenset[str]]:
    tree = ast.parse(source.read_text())
    table = next(
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "DETECTORS"
    )
    found: dict[str, frozenset[str]] = {}
    for _, name, addresses, _ in ast.literal_eval(table):
        found[name] = found.get(name, frozenset()) | {address.decode().lower() for address in addresses}
    return found


def test_bounces_of_many_servers() -> None:
    try:
        every = list(cases(sdist("flufl.bounce", VERSION)))
    except Missing as missing:
        not_run(missing)
    found = {case.name: marks(case.mail) for case in every}
    known = [c for c in every if {f.name for f in found[c.name].flags} & {"bounce", "delivery-report"}]
    right = [c for c in every if _recipients(found[c.name].report) == c.recipients]
    took = min(_seconds(every) for _ in range(TURNS)) / len(every)
    print(
        f"\nbounces: known {len(known)}/{len(every)} · recipients {len(right)}/{len(every)} · {took * 1e6:.0f} µs each"
    )
    assert len(known) >= LEAST_KNOWN * len(every)
    assert len(right) >= LEAST_RIGHT * len(every)


def _recipients(report: Report | None) -> frozenset[str]:
    return frozenset(r.recipient for r in report.recipients) if report else frozenset()


def _seconds(every: list[Case]) -> float:
    began = time.process_time()
    for case in every:
        marks(case.mail)
    return time.process_time() - began
