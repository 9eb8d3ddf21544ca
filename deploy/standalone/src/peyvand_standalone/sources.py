"""Every channel that Peyvand knows, gathered from the three connector services."""

from collections.abc import Mapping
from pathlib import Path

import ingest_email.registry
import ingest_phone.registry
import ingest_social.registry
from peyvand.app import channels
from peyvand.settings import Configuration, load
from peyvand.source import Source

SOURCES: tuple[Source, ...] = (
    *ingest_email.registry.SOURCES,
    *ingest_social.registry.SOURCES,
    *ingest_phone.registry.SOURCES,
)
CHANNELS = channels(SOURCES)


def read_configuration(path: Path, environment: Mapping[str, str], text: str | None = None) -> Configuration:
    """Return what peyvand.yaml says, or would say with another text; raises Misconfigured with every mistake."""
    return load(path, CHANNELS, environment, text)
