"""Captured deliveries against what they must mean, for every channel of every service, from the registries.

`UPDATE_GOLDEN=1` writes the golden files; read them with your eyes before you commit them.
"""

import json
import os
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest

from captures import REGISTRIES, Case, another, cases, names, sources, written
from peyvand.errors import BadSignature
from peyvand.publish import Reading
from peyvand.source import WebhookSource
from peyvand.testing import golden

ANOTHER_DELIVERY = UUID("00000000-0000-4000-8000-000000000001")


def meaning(reading: Reading) -> bytes:
    """Return the events, or the one line that says why there are none."""
    if reading.events:
        return golden(reading.events)
    outcome = {"kept": reading.kept} if reading.kept is not None else {"skipped": reading.skipped}
    return orjson.dumps(outcome, option=orjson.OPT_INDENT_2) + b"\n"


CASES = list(cases())
CALLS = [case for case in CASES if case.path.suffix == ".http" and isinstance(case.source(), WebhookSource)]


@pytest.mark.parametrize("service", REGISTRIES)
def test_every_source_has_a_golden(service: str) -> None:
    covered = {case.channel for case in CASES if case.service == service}
    assert {source.name for source in sources(service)} - covered == set()


@pytest.mark.parametrize("case", CASES, ids=names)
def test_a_captured_delivery_means_what_its_golden_says(case: Case) -> None:
    found = meaning(case.reading())
    if os.environ.get("UPDATE_GOLDEN"):
        case.golden_path.write_bytes(found)
    assert json.loads(found) == json.loads(case.golden_path.read_bytes())


@pytest.mark.parametrize("case", CASES, ids=names)
def test_a_delivery_that_comes_again_gives_the_same_ids(case: Case) -> None:
    first = case.reading()
    later = timedelta(seconds=20 if without_a_number(first) else 120)
    second = case.reading(replace(case.delivery, id=ANOTHER_DELIVERY, received_at=case.delivery.received_at + later))
    assert [(e.event_id, e.interaction_id) for e in first.events] == [
        (e.event_id, e.interaction_id) for e in second.events
    ]


@pytest.mark.parametrize("case", CASES, ids=names)
def test_no_two_events_of_a_delivery_share_an_id(case: Case) -> None:
    ids = [e.event_id for e in case.reading().events]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("case", CALLS, ids=names)
def test_a_captured_call_proves_whose_it_is(case: Case) -> None:
    source = pushed(case)
    source.verify(case.delivery, case.settings(source))


@pytest.mark.parametrize("case", CALLS, ids=names)
def test_verify_refuses_another_account(case: Case) -> None:
    source = pushed(case)
    stranger = source.settings.model_validate(another(source.settings, written(case.path.parent)))
    with pytest.raises(BadSignature):
        source.verify(case.delivery, stranger)


@pytest.mark.parametrize("case", CALLS, ids=names)
def test_verify_refuses_a_call_without_its_headers_and_address(case: Case) -> None:
    source = pushed(case)
    with pytest.raises(BadSignature):
        source.verify(replace(case.delivery, headers={}, url=""), case.settings(source))


def without_a_number(reading: Reading) -> bool:
    """Return whether the vendor gives no id, so that only what comes again at once is known to be the same."""
    return any(flag.name == "possible-duplicate" for event in reading.events for flag in event.flags)


def pushed(case: Case) -> WebhookSource[Any]:
    source = case.source()
    assert isinstance(source, WebhookSource)
    return source
