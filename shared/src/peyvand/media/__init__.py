"""Files that lie at vendors: fetched into the blob store, or said to be out of reach, each as an event of its own."""

from peyvand.media.fetching import LARGEST, Fetching, Place
from peyvand.media.worker import MediaWorker

__all__ = ["LARGEST", "Fetching", "MediaWorker", "Place"]
