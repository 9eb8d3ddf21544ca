"""`peyvand send`: every sample is what its channel takes, signed with the connector's own secret."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from captures import FIXTURES
from peyvand.delivery import Delivery
from peyvand.errors import BadSignature
from peyvand.identity import Organisation
from peyvand.source import WebhookSource, read
from peyvand.testing import CAPTURED_AT
from peyvand_standalone.sending.samples import Sample, samples
from peyvand_standalone.sending.signing import SIGNERS, Now, signed
from peyvand_standalone.sources import SOURCES
from standalone.running import installed

EVERY = samples()
SIGNATURES = ["standard-webhooks", "github", "bearer"]


def account(channel: str, **more: Any) -> tuple[WebhookSource[Any], Any]:
    written = json.loads((FIXTURES / "social" / channel / "settings.json").read_bytes())
    written = {**written, **({"mode": "webhook"} if channel in ("telegram", "bale") else {}), **more}
    found = [s for s in SOURCES if s.name == channel and isinstance(s, WebhookSource)]
    return found[0], found[0].settings.model_validate(written)


def delivered(sample: Sample, late: timedelta = timedelta(0)) -> Delivery:
    url = f"https://peyvand.example.ir/webhooks/x?{sample.query}"
    headers = {name.lower(): value for name, value in sample.headers.items()}
    at = CAPTURED_AT + late
    return Delivery(UUID(int=1), "x", sample.channel, at, sample.body, url, sample.method, headers)


def now() -> Now:
    return Now(int(CAPTURED_AT.timestamp()), "sample-1")


@pytest.mark.parametrize("sample", EVERY, ids=[s.full_name for s in EVERY])
def test_a_sample_proves_itself_and_is_read(sample: Sample) -> None:
    source, settings = account(sample.channel)
    delivery = delivered(signed(sample, settings, now()))
    source.verify(delivery, settings)
    reading = read(source, delivery, settings, Organisation())
    assert reading.kept is None
    assert reading.events or reading.skipped


@pytest.mark.parametrize("sample", EVERY, ids=[s.full_name for s in EVERY])
def test_a_sample_that_nobody_signed_is_refused(sample: Sample) -> None:
    source, settings = account(sample.channel)
    with pytest.raises(BadSignature):
        source.verify(delivered(sample), settings)


@pytest.mark.parametrize("signature", SIGNATURES)
def test_a_form_is_signed_as_its_connector_says(signature: str) -> None:
    source, settings = account("webform", signature=signature, secret="a secret of the website")
    (form,) = [s for s in EVERY if s.channel == "webform"]
    source.verify(delivered(signed(form, settings, now())), settings)


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
