"""The committed contract is the one that the code speaks."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from pydantic import ValidationError
from referencing import Registry, Resource

from peyvand.contract import documents
from peyvand.event import InteractionEvent
from peyvand.testing import golden

ROOT = Path(__file__).parents[2]
GOLDENS = sorted((ROOT / "tests" / "fixtures").rglob("*.events.json"))


@pytest.mark.parametrize("name", list(documents()))
def test_the_committed_document_is_up_to_date(name: str) -> None:
    committed = (ROOT / "docs" / "contract" / name).read_bytes()
    assert committed == documents()[name], "run: python -m peyvand.contract docs/contract"


def test_every_golden_event_satisfies_the_schema_and_reads_back_the_same() -> None:
    schema = json.loads(documents()["interaction-event.schema.json"])
    validator = Draft202012Validator(schema)
    read = [json.loads(path.read_bytes()) for path in GOLDENS]
    # a delivery that is skipped or kept says so in its golden file, in place of events
    events = [e for content in read if isinstance(content, list) for e in content]
    assert events
    for plain in events:
        event = InteractionEvent.model_validate(plain)
        validator.validate(json.loads(event.model_dump_json()))
        assert json.loads(golden([event])) == [plain]


def test_the_schemas_are_schemas_and_their_references_lead_somewhere() -> None:
    made = {name: json.loads(content) for name, content in documents().items() if name.endswith(".schema.json")}
    registry = Registry().with_resources((name, Resource.from_contents(s)) for name, s in made.items())
    for name, schema in made.items():
        Draft202012Validator.check_schema(schema)
        assert registry.resolver().lookup(name).contents == schema
    assert registry.resolver("delivery.schema.json").lookup("interaction-event.schema.json").contents


def test_the_asyncapi_document_refers_to_the_schemas_and_channels_that_there_are() -> None:
    made = json.loads(documents()["asyncapi.json"])
    payloads = [m["payload"]["$ref"] for c in made["channels"].values() for m in c["messages"].values()]
    assert set(payloads) <= set(documents())
    assert {o["channel"]["$ref"].rpartition("/")[2] for o in made["operations"].values()} <= set(made["channels"])


def test_an_event_that_cannot_be_read_is_not_repeated_in_the_error() -> None:
    (path, *_) = [p for p in GOLDENS if isinstance(json.loads(p.read_bytes()), list)]
    (plain, *_) = json.loads(path.read_bytes())
    with pytest.raises(ValidationError) as caught:
        InteractionEvent.model_validate({**plain, "text": ["very private"], "parties": [{"handles": ["very private"]}]})
    assert "very private" not in str(caught.value)
