"""The API for partners as an OpenAPI 3.1 document, made from the models.

`python -m ingest_social.partners.contract docs/contract` writes it; a test holds the committed copy against it.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson
from pydantic.json_schema import models_json_schema

from ingest_social.partners import examples
from ingest_social.partners.envelope import CLOUD, CLOUDS, JSON, MOST_ROWS
from ingest_social.partners.retirement import RETIRING, Retirement
from ingest_social.partners.submitted import Event

NAME = "partners.openapi.json"
PROBLEM = {"type": "about:blank", "title": "Refused", "status": 403, "detail": "This key may not say that."}
WRONG = {
    400: "The connection broke off",
    401: "No key, or none of ours",
    403: "The key may not say this, or the signature does not fit",
    409: "The id is known with another content, and revision does not rise",
    413: "Above 5 MiB",
    415: "Not one of the three content types",
    422: "It cannot be understood; `errors` holds JSON pointers (RFC 6901) into the body",
    429: "Too often; wait for Retry-After seconds",
    503: "Our own trouble; nothing is promised: send the same again after Retry-After seconds",
}


def document(retiring: Sequence[Retirement] = RETIRING) -> bytes:
    """Return the document; fields that are to go are marked in it."""
    described = {
        "openapi": "3.1.0",
        "info": {
            "title": "Peyvand: the API for partners",
            "version": "1.0.0",
            "description": "Tell Peyvand what your system knows: messages, forms, orders, calls, meetings, notes.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [
            {"url": "{base}", "variables": {"base": {"default": "http://127.0.0.1:8080"}}, "description": "Yours"}
        ],
        "security": [{"key": []}],
        "paths": {"/v1/events": _events(), "/v1/events/{id}": _event(), "/v1/requests": _requests()},
        "components": {"securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}, "schemas": _schemas(retiring)},
    }
    return orjson.dumps(described, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n"


def _schemas(retiring: Sequence[Retirement]) -> dict[str, Any]:
    _, found = models_json_schema([(Event, "validation")], ref_template="#/components/schemas/{model}")
    for one in retiring:
        if one.pointer:
            _field(found["$defs"], one.pointer)["deprecated"] = True
    problem = {
        "type": "object",
        "description": "RFC 9457",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "errors": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
                },
            },
        },
    }
    return {**found["$defs"], "Problem": problem}


def _field(schemas: dict[str, Any], pointer: str) -> dict[str, Any]:
    """Return the schema of a field of an event; raises StopIteration when there is none."""
    described: dict[str, Any] = {"$ref": "#/components/schemas/Event"}
    for name in pointer.split("/")[1:]:
        of_which = next(one["$ref"] for one in (described, *described.get("anyOf", ())) if "$ref" in one)
        described = next(v for k, v in schemas[of_which.rpartition("/")[2]]["properties"].items() if k == name)
    return described


def _events() -> dict[str, Any]:
    event = {"$ref": "#/components/schemas/Event"}
    several = {"type": "array", "items": event, "minItems": 1, "maxItems": MOST_ROWS}
    whole = {"type": "object", "required": ["events"], "properties": {"events": several}, "additionalProperties": False}
    shown = {name: {"value": value} for name, value in (*examples.EXAMPLES.items(), ("batch", examples.BATCH))}
    cloud = {"type": "object", "required": ["specversion", "id", "source", "type", "data"]}
    content = {
        JSON: {"schema": {"oneOf": [event, several, whole]}, "examples": shown},
        CLOUD: {"schema": cloud, "example": examples.CLOUD},
        CLOUDS: {"schema": {"type": "array", "items": cloud}, "example": [examples.CLOUD]},
    }
    taken = {
        "201": _answer("Safe", examples.TAKEN),
        "200": _answer("Known already, or a dry run", {**examples.TAKEN, "duplicate": True}),
        "202": _answer("Safe, and kept for repair by us", {"id": "order-4711", "state": "kept"}),
        "207": _answer("A batch, answered row by row", examples.ROWS),
    }
    dry = {"name": "dry_run", "in": "query", "schema": {"type": "boolean"}, "description": "Show, and store nothing"}
    return {
        "post": {
            "operationId": "postEvents",
            "summary": "Say what happened: one event, or up to 500",
            "parameters": [dry],
            "requestBody": {"required": True, "content": content},
            "responses": {**taken, **_problems(*WRONG)},
        }
    }


def _event() -> dict[str, Any]:
    own = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}, "example": "order-4711"}
    return {
        "get": {
            "operationId": "getEvent",
            "summary": "What became of an event: stored, arriving, kept or failed, and why",
            "parameters": [own],
            "responses": {"200": _answer("Known", examples.FATE), "404": _problem("Unknown"), **_problems(401, 503)},
        }
    }


def _requests() -> dict[str, Any]:
    return {
        "get": {
            "operationId": "getRequests",
            "summary": "The last 50 requests of this key, and why each was refused",
            "responses": {"200": _answer("The newest first", examples.REQUESTS), **_problems(401, 503)},
        }
    }


def _answer(what: str, example: Any) -> dict[str, Any]:
    return {"description": what, "content": {JSON: {"schema": {"type": "object"}, "example": example}}}


def _problem(what: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": what, "content": {"application/problem+json": {"schema": schema, "example": PROBLEM}}}


def _problems(*statuses: int) -> dict[str, Any]:
    return {str(status): _problem(WRONG[status]) for status in statuses}


def main() -> None:
    """Write the document into the folder named as the argument."""
    (Path(sys.argv[1]) / NAME).write_bytes(document())


if __name__ == "__main__":
    main()
