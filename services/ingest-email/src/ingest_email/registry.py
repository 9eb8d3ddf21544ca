"""The e-mail sources, one line each."""

from ingest_email.channels import imap, mbox

SOURCES = (imap.SOURCE, mbox.SOURCE)
