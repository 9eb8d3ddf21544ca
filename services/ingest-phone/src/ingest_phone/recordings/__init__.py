"""Recordings of calls: where a switchboard keeps them, and what browsers play of them."""

from ingest_phone.recordings.check import check_recordings
from ingest_phone.recordings.opus import as_opus
from ingest_phone.recordings.place import Place, below
from ingest_phone.recordings.settings import Recorded
from ingest_phone.recordings.waiting import AGE

__all__ = ["AGE", "Place", "Recorded", "as_opus", "below", "check_recordings"]
