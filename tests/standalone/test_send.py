"""`peyvand send`: every sample is what its channel takes, signed with the connector's own secret."""

import json
import re
import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
import yaml

from captures import FIXTURES
from peyvand.delivery import Delivery
from peyvand.errors import BadSignature
from peyvand.identity import Organisation
from peyvand.source import WebhookSource, read
from peyvand.testing import CAPTURED_AT
from peyvand_standalone.sending.proof import CannotSign, Now
from peyvand_standalone.sending.samples import Sample, samples
from peyvand_standalone.sending.signing import SIGNERS, signed
from peyvand_standalone.sources import SOURCES
from social.test_recipes import PAGES, SECRETS, recipe
from standalone.killing import books
from standalone.running import installed

EVERY = samples()
ADDRESS = "https://peyvand.example.ir/webhooks/x"
SIGNATURES = ["standard-webhooks", "github", "bearer"]


def written(channel: str) -> dict[str, Any]:
    """Return what peyvand.yaml says of a connector that is called, by the fixtures of its channel."""
    (path,) = (p for s in ("social", "email") if (p := FIXTURES / s / channel / "settings.json").exists())
    plain: dict[str, Any] = json.loads(path.read_bytes())
    return {**plain, **({"mode": "webhook"} if channel in ("telegram", "bale") else {})}


def source_of(channel: str) -> WebhookSource[Any]:
    return next(s for s in SOURCES if s.name == channel and isinstance(s, WebhookSource))


def account(sample: Sample) -> tuple[WebhookSource[Any], Any]:
    source = source_of(sample.channel)
    if sample.channel == "mapped":
        return source, recipe(sample.name)
    return source, source.settings.model_validate(written(sample.channel))


def delivered(sample: Sample, late: timedelta = timedelta(0)) -> Delivery:
    url = f"{ADDRESS}?{sample.query}" if sample.query else ADDRESS
    headers = {name.lower(): value for name, value in sample.headers.items()}
    at = CAPTURED_AT + late
    return Delivery(UUID(int=1), "x", sample.channel, at, sample.body, url, sample.method, headers)


def now() -> Now:
    return Now(int(CAPTURED_AT.timestamp()), "sample-1", ADDRESS)


@pytest.mark.parametrize("sample", EVERY, ids=[s.full_name for s in EVERY])
def test_a_sample_proves_itself_and_is_read(sample: Sample) -> None:
    source, settings = account(sample)
    delivery = delivered(signed(sample, settings, now()))
    source.verify(delivery, settings)
    reading = read(source, delivery, settings, Organisation())
    assert reading.kept is None
    assert reading.events or reading.skipped


@pytest.mark.parametrize("sample", EVERY, ids=[s.full_name for s in EVERY])
def test_a_sample_that_nobody_signed_is_refused(sample: Sample) -> None:
    source, settings = account(sample)
    with pytest.raises(BadSignature):
        source.verify(delivered(sample), settings)


@pytest.mark.parametrize("signature", SIGNATURES)
def test_a_form_is_signed_as_its_connector_says(signature: str) -> None:
    source = source_of("webform")
    settings = source.settings.model_validate({"signature": signature, "secret": "a secret of the website"})
    (form,) = [s for s in EVERY if s.channel == "webform"]
    source.verify(delivered(signed(form, settings, now())), settings)


@pytest.mark.parametrize(("channel", "fields", "why"), [
    ("sendgrid", {"secret": (), "public_key": "theirs"}, "only SendGrid can do that"),
    ("mapped", {"signature": "basic"}, "samples are not signed by basic"),
])  # fmt: skip
def test_what_only_others_can_sign_says_so(channel: str, fields: dict[str, Any], why: str) -> None:
    sample = next(s for s in EVERY if s.channel == channel)
    _, settings = account(sample)
    with pytest.raises(CannotSign, match=why):
        signed(sample, settings.model_copy(update=fields), now())


def test_every_channel_that_is_signed_for_has_a_sample() -> None:
    assert {s.channel for s in EVERY} == set(SIGNERS)


@pytest.mark.real
def test_samples_are_named_and_sent_to_the_running_peyvand(tmp_path: Path) -> None:
    written = """\
organisation: {name: Example}
connectors:
  - {name: shop, channel: partner, secret: pk_live_LqT4vWn8RzKc2YbHsJdM}
  - {name: site-form, channel: webform, secret: whsec_AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=}
"""
    with installed(tmp_path, written) as product:
        product.start()
        listed = product.run("send", "--list")
        order = product.run("send", "partner/purchase", "--to", product.url)
        form = product.run("send", "webform/contact", "--to", product.url)
        unknown, away = (
            product.run("send", "partner/wedding"),
            product.run("send", "partner/note", "--to", "http://127.0.0.1:9"),
        )
        seen = [e["kind"] for c in product.customers() for e in product.timeline(c["id"])]
    assert "webform/contact" in listed.stdout.split()
    assert (order.returncode, form.returncode) == (0, 0), order.stderr + form.stderr
    assert order.stdout.startswith("201 Created")
    assert (unknown.returncode, away.returncode) == (1, 1)
    assert "Is Peyvand running?" in away.stderr
    assert set(seen) == {"form", "purchase"}


def connectors() -> list[dict[str, Any]]:
    """Return a connector for each sample, called as its channel is, or as its recipe."""
    plain = sorted({s.channel for s in EVERY} - {"mapped"})
    own = [{"name": channel.replace("_", "-"), "channel": channel, **written(channel)} for channel in plain]
    recipes = [(PAGES / f"{s.name}.md").read_text() for s in EVERY if s.channel == "mapped"]
    blocks = [re.findall(r"^```yaml\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)[0] for page in recipes]
    return [*own, *(one for block in blocks for one in yaml.safe_load(block)["connectors"])]


@pytest.mark.real
def test_every_sample_is_taken_by_the_running_peyvand_and_nothing_is_kept_for_repair(tmp_path: Path) -> None:
    configured = connectors()
    content = yaml.safe_dump({"organisation": {"name": "Example"}, "connectors": configured}, allow_unicode=True)
    names = {c["channel"]: c["name"] for c in configured}
    with installed(tmp_path, content, **SECRETS) as product:
        product.start()
        answers = {s.full_name: sent(s, names, product.url) for s in EVERY}
        by_hand = [product.run("send", name, "--to", product.url) for name in ("mapped/line", "twilio_sms/text")]
        kept = {name: book["kept"] for name, book in books(product).items() if book["kept"]}
    assert {name: a.text for name, a in answers.items() if a.is_error} == {}
    assert [run.returncode for run in by_hand] == [0, 0], [run.stderr for run in by_hand]
    assert kept == {}


def sent(sample: Sample, names: Mapping[str, str], url: str) -> httpx.Response:
    name = sample.name if sample.channel == "mapped" else names[sample.channel]
    address = f"{url}/v1/events" if sample.channel == "partner" else f"{url}/webhooks/{name}"
    _, settings = account(sample)
    ready = signed(sample, settings, Now(int(time.time()), f"sample-{sample.name}", address))
    where = f"{address}?{ready.query}" if ready.query else address
    with httpx.Client(timeout=20, trust_env=False) as client:
        return client.request(ready.method, where, content=ready.body, headers=dict(ready.headers))
