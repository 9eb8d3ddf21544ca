"""The committed OpenAPI document of the API for partners is the code's, and its examples are taken as they stand."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from ingest_social.partners import examples
from ingest_social.partners.contract import NAME, document
from social.partners import office

DOCUMENT = json.loads(document())
REMEMBERED = {"id", "at", "key", "method", "status", "why", "events", "rows"}


def test_the_committed_document_is_up_to_date() -> None:
    committed = (Path(__file__).parents[2] / "docs" / "contract" / NAME).read_bytes()
    assert committed == document(), "run: python -m ingest_social.partners.contract docs/contract"


def test_its_schemas_are_schemas_its_references_lead_somewhere_and_its_examples_fit() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    references = set(re.findall(r'"\$ref": ?"#/components/schemas/([^"]+)"', json.dumps(DOCUMENT)))
    assert references <= schemas.keys()
    assert json.dumps(DOCUMENT).count('"$ref"') == len(re.findall("#/components/schemas/", json.dumps(DOCUMENT)))
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)
    content = DOCUMENT["paths"]["/v1/events"]["post"]["requestBody"]["content"]["application/json"]
    validator = Draft202012Validator({**content["schema"], "components": DOCUMENT["components"]})
    for shown in content["examples"].values():
        validator.validate(shown["value"])


def test_it_names_a_server_and_how_to_sign_in_as_postman_reads_it() -> None:
    assert DOCUMENT["openapi"] == "3.1.0"
    assert DOCUMENT["servers"][0]["variables"]["base"]["default"].startswith("http://")
    assert DOCUMENT["components"]["securitySchemes"] == {"key": {"type": "http", "scheme": "bearer"}}


@pytest.mark.parametrize("said", examples.EXAMPLES.values(), ids=examples.EXAMPLES)
async def test_an_example_is_taken_and_answered_as_described(said: dict[str, Any]) -> None:
    async with office() as shop:
        answer = await shop.post(said)
    assert answer.status_code == 201
    assert answer.json().keys() == examples.TAKEN.keys()


async def test_a_batch_and_a_cloudevent_are_taken_as_described() -> None:
    kind = {"content-type": "application/cloudevents+json"}
    async with office() as shop:
        batch, cloud = await shop.post(examples.BATCH), await shop.post(examples.CLOUD, headers=kind)
        fate, listed = await shop.get("/v1/events/order-4711"), await shop.get("/v1/requests")
    assert [row["status"] for row in batch.json()["events"]] == [201, 201]
    assert cloud.status_code == 201
    assert fate.json().keys() == examples.FATE.keys()
    assert listed.json()["requests"][0].keys() == REMEMBERED
    assert {name for one in json.loads(json.dumps(examples.REQUESTS))["requests"] for name in one} == REMEMBERED
