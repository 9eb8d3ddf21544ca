"""Who vouches for the sender of a mail: From is what somebody wrote."""

from ingest_email.reading.authentication.alignment import aligned, organisational
from ingest_email.reading.authentication.judgement import Judgement, Standing, at_home, judged

__all__ = ["Judgement", "Standing", "aligned", "at_home", "judged", "organisational"]
