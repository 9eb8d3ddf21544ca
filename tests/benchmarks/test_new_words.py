"""The new words of replies with known answers, beside what other libraries find in the same mails; and how fast."""

import json
import os
import subprocess
import sys
import time
from itertools import compress
from pathlib import Path

import pytest

from conftest import not_run
from ingest_email.reading.html import marked_page
from ingest_email.reading.newwords import fold
from ingest_email.reading.newwords.folded import Kind
from ingest_email.reading.newwords.folding import parted
from ingest_email.reading.newwords.page import page
from parts.missing import Missing
from replies import libraries
from replies.cases import DISPUTED, SETS, Case, Set, own, words_alone
from replies.fetching import SDISTS, needed, sdist

pytestmark = [pytest.mark.bench, pytest.mark.timeout(0)]

LEAST_OF_OWN = 0.9
TURNS = 40


@pytest.mark.parametrize("asked", SETS, ids=lambda asked: asked.name)
def test_beside_other_libraries(asked: Set) -> None:
    try:
        cases, others = list(asked.read()), _folders()
    except Missing as missing:
        not_run(missing)
    found: dict[str, list[str | None]] = {"ours": [_ours(case, asked.old) for case in cases], **_theirs(cases, others)}

    right = {name: sum(map(_is_right, cases, answers)) for name, answers in found.items()}
    print(f"\n{asked.name}: " + " · ".join(f"{name} {count}/{len(cases)}" for name, count in right.items()))
    for case, answer in zip(cases, found["ours"], strict=True):
        if not _is_right(case, answer):
            print(f"  ours differs: {case.name}; {DISPUTED.get(case.name, 'not disputed')}")
    agreed = [case.name not in DISPUTED for case in cases]
    right = {name: sum(compress(map(_is_right, cases, answers), agreed)) for name, answers in found.items()}
    assert right["ours"] >= max(right.values())


def test_own_cases() -> None:
    cases = list(own())
    right = [_is_right(case, _ours(case, SETS[0].old)) for case in cases]
    print(f"\nown: {sum(right)} of {len(cases)}")
    assert sum(right) >= LEAST_OF_OWN * len(cases)


def test_speed() -> None:
    mails = [case.mail for case in own() if not case.html]
    fold(mails[0])
    took = min(_seconds(mails) for _ in range(TURNS)) / len(mails)
    print(f"\nfolding: {took * 1e6:.0f} µs a mail ({1 / took:,.0f}/s)")


def _seconds(mails: list[str]) -> float:
    began = time.process_time()
    for mail in mails:
        fold(mail)
    return time.process_time() - began


def _ours(case: Case, old: frozenset[Kind]) -> str:
    lines = marked_page(case.mail) if case.html else page(case.mail)
    kinds = parted(lines).kinds
    return "\n".join(line for line, kind in zip(lines.lines, kinds, strict=True) if kind not in old)


def _is_right(case: Case, answer: str | None) -> bool:
    return answer is not None and words_alone(answer) == words_alone(case.answer, html=case.html)


def _folders() -> list[Path]:
    return [needed(), *(sdist(name) for name in SDISTS)]


def _theirs(cases: list[Case], folders: list[Path]) -> dict[str, list[str | None]]:
    """Return the answers of other libraries, which run in a process of their own."""
    asked = json.dumps([(case.mail, case.html) for case in cases])
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, folders))}
    command = [sys.executable, libraries.__file__]
    done = subprocess.run(command, input=asked, env=environment, capture_output=True, text=True, check=True)
    answers: dict[str, list[str | None]] = json.loads(done.stdout)
    return answers
