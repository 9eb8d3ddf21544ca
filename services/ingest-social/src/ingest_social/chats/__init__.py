"""Chats on the website: what each vendor posts, as messages between a visitor and an operator."""
