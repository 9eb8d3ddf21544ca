"""Tokens of accounts that a person signs in to: got, renewed, and kept encrypted where cursors are."""

from peyvand.oauth.accounts import Accounts, KeptAccess
from peyvand.oauth.browser import Visit, visit
from peyvand.oauth.device import Code, begun, confirmed
from peyvand.oauth.endpoint import endpoint
from peyvand.oauth.sealing import Key, Seal
from peyvand.oauth.tokens import Tokens

__all__ = [
    "Accounts",
    "Code",
    "KeptAccess",
    "Key",
    "Seal",
    "Tokens",
    "Visit",
    "begun",
    "confirmed",
    "endpoint",
    "visit",
]
