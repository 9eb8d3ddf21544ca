"""Captured deliveries against what they must mean, for every channel of every service, from the registries.

`UPDATE_GOLDEN=1` writes the golden files; read them with your eyes before you commit them.
"""

import importlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import pytest
from pydantic import BaseModel

from peyvand.delivery import Delivery
from peyvand.errors import BadSignature
from peyvand.identity import Organisation
from peyvand.publish import Reading
from peyvand.source import Source, WebhookSource, read
from peyvand.testing import captured, golden

FIXTURES = Path(__file__).parents[1] / "fixtures"
REGISTRIES = {"email": "ingest_email.registry", "social": "ingest_social.registry", "phone": "ingest_phone.registry"}
ELSEWHERE = {"origins": ["https://elsewhere.example"], "topics": ["arn:aws:sns:eu-west-1:210987654321:elsewhere"]}
ANOTHER_DELIVERY = UUID("00000000-0000-4000-8000-000000000001")


@dataclass(frozen=True)
class Case:
    """One captured delivery of a channel."""

    service: str
    channel: str
    path: Path

    @property
    def golden_path(self) -> Path:
        return self.path.with_suffix(".events.json")

    @property
    def delivery(self) -> Delivery:
        return captured(self.path, self.channel)

    def source(self) -> Source:
        known = [s for s in sources(self.service) if s.name == self.channel]
        return next(s for s in known if s.serves(self.settings(s)))

    def settings(self, source: Source) -> BaseModel:
        found: BaseModel = source.settings.model_validate(written(self.path.parent))
        return found

    def reading(self, delivery: Delivery | None = None) -> Reading:
        source = self.source()
        return read(source, delivery or self.delivery, self.settings(source), organisation())


def sources(service: str) -> tuple[Source, ...]:
    found: tuple[Source, ...] = importlib.import_module(REGISTRIES[service]).SOURCES
    return found


@cache
def organisation() -> Organisation:
    return Organisation.model_validate_json((FIXTURES / "organisation.json").read_bytes())


def written(folder: Path) -> Any:
    """Return the account's settings as somebody wrote them."""
    return json.loads((folder / "settings.json").read_bytes())


def cases() -> Iterator[Case]:
    for service in REGISTRIES:
        for channel in sorted({source.name for source in sources(service)}):
            for path in sorted((FIXTURES / service / channel).glob("*")):
                beside = path.name == "settings.json" or path.name.endswith((".events.json", ".headers.json"))
                if path.is_file() and not beside:
                    yield Case(service, channel, path)


def names(case: Case) -> str:
    return f"{case.channel}-{case.path.stem}"


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
    again = replace(case.delivery, id=ANOTHER_DELIVERY, received_at=case.delivery.received_at + timedelta(minutes=2))
    first, second = case.reading(), case.reading(again)
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


def pushed(case: Case) -> WebhookSource[Any]:
    source = case.source()
    assert isinstance(source, WebhookSource)
    return source


def another(model: type[BaseModel], settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of somebody else: other secrets, other sites whose pages may post, other topics."""
    changed = {**settings, **{key: theirs for key, theirs in ELSEWHERE.items() if key in settings}}
    for name, field in model.model_fields.items():
        if "SecretStr" in repr(field.annotation) and name in settings:
            changed[name] = _other(settings[name])
    return changed


def _other(secret: Any) -> Any:
    """Return a secret of the same form that is another."""
    if isinstance(secret, list):
        return [_other(one) for one in secret]
    # the beginning may be a prefix that must stand (whsec_)
    other = secret[:8] + secret[8:].swapcase()
    assert other != secret, "give the fixture's secret some letters beyond its eighth character"
    return other
