"""Shops of the company: their orders, live and asked for."""
