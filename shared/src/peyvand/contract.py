"""The contract as documents: JSON Schemas and an AsyncAPI 3.0 description, made from the models.

`python -m peyvand.contract docs/contract` writes them; a test holds the committed copy against them.
"""

import sys
from pathlib import Path
from typing import Any

import orjson
from pydantic import TypeAdapter

from peyvand.event import InteractionEvent
from peyvand.publish import Receipt
from peyvand.wire import DEAD, DELIVERIES, EVENTS

SCHEMA = "https://json-schema.org/draft/2020-12/schema"


def documents() -> dict[str, bytes]:
    """Return each document's bytes by its file name."""
    event = InteractionEvent.model_json_schema(mode="serialization")
    delivery = TypeAdapter(Receipt).json_schema(mode="serialization")
    return {
        "interaction-event.schema.json": _bytes({"$schema": SCHEMA, "$id": "interaction-event.schema.json", **event}),
        "delivery.schema.json": _bytes({"$schema": SCHEMA, "$id": "delivery.schema.json", **delivery}),
        "asyncapi.json": _bytes(_asyncapi()),
    }


def _asyncapi() -> dict[str, Any]:
    told = {
        EVENTS: ("InteractionEvent", "interaction-event.schema.json", "One sighting of one change of an interaction."),
        DELIVERIES: ("Delivery", "delivery.schema.json", "What arrived, and what became of it."),
        DEAD: ("InteractionEvent", "interaction-event.schema.json", "What the timeline could not take, as it came."),
    }
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Peyvand", "version": "1.0.0", "license": {"name": "Apache-2.0"}},
        "defaultContentType": "application/json",
        "channels": {
            topic.replace(".", "-"): {
                "address": topic,
                "description": why,
                "messages": {name: {"name": name, "payload": {"$ref": schema}}},
            }
            for topic, (name, schema, why) in told.items()
        },
        "operations": {
            f"{action}-{topic.replace('.', '-')}": {
                "action": action,
                "channel": {"$ref": f"#/channels/{topic.replace('.', '-')}"},
            }
            for topic in (EVENTS, DELIVERIES)
            for action in ("send", "receive")
        },
    }


def _bytes(document: dict[str, Any]) -> bytes:
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n"


def main() -> None:
    """Write the documents into the folder named as the argument."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in documents().items():
        (folder / name).write_bytes(content)


if __name__ == "__main__":
    main()
