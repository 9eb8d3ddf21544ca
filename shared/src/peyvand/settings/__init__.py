"""peyvand.yaml: one file for the organisation and all its connectors, every mistake reported at once with its line."""

from peyvand.settings.file import load
from peyvand.settings.model import ApiToken, Configuration, Connector, Foreign, Retention, Server, Sharing
from peyvand.settings.secrets import Secrets

__all__ = [
    "ApiToken", "Configuration", "Connector", "Foreign", "Retention", "Secrets", "Server", "Sharing", "load",
]  # fmt: skip
