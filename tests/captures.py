"""Captured deliveries of every channel of every service, from the registries."""

import importlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from peyvand.delivery import Delivery
from peyvand.identity import Organisation
from peyvand.publish import Reading
from peyvand.source import Source, read
from peyvand.testing import captured

FIXTURES = Path(__file__).parent / "fixtures"
ELSEWHERE = {"origins": ["https://elsewhere.example"], "topics": ["arn:aws:sns:eu-west-1:210987654321:elsewhere"]}
REGISTRIES = {"email": "ingest_email.registry", "social": "ingest_social.registry", "phone": "ingest_phone.registry"}


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
            for path in sorted((FIXTURES / service / channel).rglob("*")):
                beside = path.name == "settings.json" or path.name.endswith((".events.json", ".headers.json"))
                if path.is_file() and not beside:
                    yield Case(service, channel, path)


def names(case: Case) -> str:
    """Return what a test of one delivery is called by."""
    return f"{case.channel}-{case.path.stem}"


def another(model: type[BaseModel], settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of somebody else: other secrets, other sites whose pages may post, other topics."""
    changed = {**settings, **{key: theirs for key, theirs in ELSEWHERE.items() if key in settings}}
    for name, field in model.model_fields.items():
        if "SecretStr" in repr(field.annotation) and name in settings:
            changed[name] = _another_secret(settings[name])
    return changed


def _another_secret(secret: Any) -> Any:
    """Return a secret of the same form that is another."""
    if isinstance(secret, list):
        return [_another_secret(one) for one in secret]
    # the beginning may be a prefix that must stand (whsec_)
    other = secret[:8] + secret[8:].swapcase()
    assert other != secret, "give the fixture's secret some letters beyond its eighth character"
    return other
