"""Vendors without a library: being called by them with a secret in the address."""
