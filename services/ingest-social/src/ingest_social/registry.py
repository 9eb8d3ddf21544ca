"""The channels of this service: a new one is a line here."""

from ingest_social.channels import bale, telegram, webform
from peyvand.source import Source

SOURCES: tuple[Source, ...] = (
    telegram.POLLING,
    telegram.WEBHOOK,
    bale.POLLING,
    bale.WEBHOOK,
    webform.SOURCE,
)
