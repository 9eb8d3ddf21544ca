"""The recipes of docs/channels, each block as it stands on its page, with captured calls and what they mean.

`UPDATE_GOLDEN=1` writes what they mean beside them; read it with your eyes.
"""

import json
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from ingest_social.channels import mapped
from peyvand.app import channels
from peyvand.delivery import Delivery
from peyvand.errors import BadSignature
from peyvand.publish import Reading
from peyvand.settings import load
from peyvand.source import read
from peyvand.testing import captured, golden
from social.accounts import FIXTURES, ORGANISATION
from timeline.folds.interaction import Interaction, fold

PAGES = Path(__file__).parents[2] / "docs/channels"
SECRETS = {
    "LINE_CHANNEL_SECRET": "445da6a1b345c78dadcacba2542fa51e",
    "LINE_ACCESS_TOKEN": "an access token of the account",
    "VIBER_TOKEN": "445da6az1s345z78-dazcczb2542zv51a-e0vc5fva17480im9",
    "SLACK_SIGNING_SECRET": "8f742231b10e8888abcd99yyyzzz85a5",
    "SHOPIFY_SECRET": "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",
    "STRIPE_SECRET": "whsec_5f4dcc3b5aa765d61d8327deb882cf99",
    "TYPEFORM_SECRET": "a secret that was written there",
    "ZOOM_SECRET": "Qx7vT2mLkz9Wb4Rn",
    "AIRCALL_TOKEN": "d1f4a8c07b3e4e7c9a52Ke81",
    "RINGCENTRAL_TOKEN": "aToken-of-ours-Kx82",
    "VONAGE_SECRET": "Xk29vRtLq07ZwYbN44sa",
    "COURIER_SECRET": "a secret of the courier's",
}
CASES = sorted((FIXTURES / "recipes").glob("*/*.http"))
RECIPES = {"line", "viber", "slack", "shopify", "stripe", "typeform", "zoom_phone", "aircall", "ringcentral", "vonage"}
# Whose vendors sign nothing: a token goes with each call, as it stands.
TOKENS = ("aircall", "ringcentral")


def recipe(name: str) -> mapped.Settings:
    """Return the settings that a page's block gives."""
    (block,) = re.findall(r"^```yaml\n(.*?)^```$", (PAGES / f"{name}.md").read_text(), re.MULTILINE | re.DOTALL)
    configuration = load(Path("peyvand.yaml"), channels([mapped.SOURCE]), SECRETS, block)
    (connector,) = configuration.connectors
    assert isinstance(connector.settings, mapped.Settings)
    return connector.settings


def named(path: Path) -> str:
    return f"{path.parent.name}-{path.stem}"


def of(path: Path) -> Delivery:
    return captured(path, "mapped", path.parent.name)


def meaning(reading: Reading) -> bytes:
    if reading.events:
        return golden(reading.events)
    return orjson.dumps({"skipped": reading.skipped, "kept": reading.kept}, option=orjson.OPT_INDENT_2) + b"\n"


@pytest.mark.parametrize("path", CASES, ids=named)
def test_a_call_means_what_is_written_beside_it(path: Path) -> None:
    account, delivery = recipe(path.parent.name), of(path)
    mapped.verify(delivery, account)
    found, beside = meaning(read(mapped.SOURCE, delivery, account, ORGANISATION)), path.with_suffix(".events.json")
    if os.environ.get("UPDATE_GOLDEN"):
        beside.write_bytes(found)
    assert json.loads(found) == json.loads(beside.read_bytes())


@pytest.mark.parametrize("path", [p for p in CASES if p.parent.name not in TOKENS], ids=named)
def test_a_call_that_was_changed_is_refused(path: Path) -> None:
    account, delivery = recipe(path.parent.name), of(path)
    for other in (replace(delivery, body=delivery.body + b" "), replace(delivery, headers={})):
        with pytest.raises(BadSignature):
            mapped.verify(other, account)


@pytest.mark.parametrize("path", [p for p in CASES if p.parent.name in TOKENS], ids=named)
def test_a_call_with_another_token_is_refused(path: Path) -> None:
    account, delivery = recipe(path.parent.name), of(path)
    token = account.secret[0].get_secret_value()
    headers = {name: text.replace(token, "another") for name, text in delivery.headers.items()}
    other = replace(delivery, body=delivery.body.replace(token.encode(), b"another"), headers=headers)
    with pytest.raises(BadSignature):
        mapped.verify(other, account)


def test_every_recipe_has_a_call() -> None:
    told = set(re.findall(r"\]\((\w+)\.md\)", (PAGES / "mapped.md").read_text().partition("##")[0]))
    assert told == {path.parent.name for path in CASES} == RECIPES


RECORDED = {"attachments.0.state": "at the vendor", "parties.0.handles.0.value": "+989121112233"}


def folded(name: str, *cases: str) -> Interaction:
    account = recipe(name)
    calls = [of(FIXTURES / "recipes" / name / f"{case}.http") for case in cases]
    readings = [read(mapped.SOURCE, call, account, ORGANISATION) for call in calls]
    found = fold([e for reading in readings for e in reading.events])
    assert found == fold([e for reading in readings[::-1] for e in reading.events])
    return found


@pytest.mark.parametrize(
    ("name", "cases", "told"),
    [
        ("slack", ("message", "changed"), {"text": "Is order 1058 on its way?"}),
        ("stripe", ("paid", "refunded"), {"purchase.state": "refunded", "purchase.total": "49.90"}),
        ("zoom_phone", ("answered", "recorded"), {"call.result": "answered", "call.talk_seconds": 120, **RECORDED}),
        ("vonage", ("completed", "recorded"), {"call.result": "answered", "call.talk_seconds": 120, **RECORDED}),
        ("shopify", ("order_created", "order_fulfilled"), {"purchase.state": "fulfilled", "purchase.number": "#9999"}),
    ],
)
def test_changes_find_their_interaction_in_any_order(name: str, cases: tuple[str, ...], told: dict[str, Any]) -> None:
    found = folded(name, *cases).model_dump(mode="json")
    assert {path: at(found, path) for path in told} == told


def at(value: Any, path: str) -> Any:
    for part in path.split("."):
        value = value[int(part)] if isinstance(value, list) else value[part]
    return value
