"""The sources that this service serves; a channel is added here."""

from ingest_phone.channels import asterisk

SOURCES = (asterisk.SOURCE,)
