"""Deliveries handed on, unchanged and in order, to the bot that a company already runs."""

from peyvand.relay.line import Relay

__all__ = ["Relay"]
