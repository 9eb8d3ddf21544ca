"""Bytes from addresses that others name: fetched so that nobody can point us at what is not the world's."""

from peyvand.fetching.addresses import why_not
from peyvand.fetching.download import Download, Downloaded, TooLarge, download
from peyvand.fetching.resolving import Guard, Refused

__all__ = ["Download", "Downloaded", "Guard", "Refused", "TooLarge", "download", "why_not"]
