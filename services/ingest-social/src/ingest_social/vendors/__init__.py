"""Vendors without a library: asking them over HTTP, and being called by them with a secret in the address."""
