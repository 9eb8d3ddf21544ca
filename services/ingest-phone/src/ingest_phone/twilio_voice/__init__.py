"""Calls at Twilio: what its callbacks and its list of calls tell."""
