"""Twilio: what it posts, what it signs, and its list of messages."""
