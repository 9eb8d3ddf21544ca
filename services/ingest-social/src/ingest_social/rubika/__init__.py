"""Bots of Rubika, which speak an API of their own.

https://rubika.ir/botapi
"""
