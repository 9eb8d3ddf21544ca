"""Bots of Telegram and of vendors that speak its Bot API: what the channels share.

https://core.telegram.org/bots/api
"""
