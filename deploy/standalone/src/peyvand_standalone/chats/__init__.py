"""Chats that somebody exported from the WhatsApp app: a text, alone or in a zip with the files."""
