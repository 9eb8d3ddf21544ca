"""The e-mail sources, one line each."""

from ingest_email.channels import eml, imap, journal, maildir, mailgun, mbox, postmark, sendgrid, ses
from peyvand.source import Source

SOURCES: tuple[Source, ...] = (
    imap.SOURCE,
    mbox.SOURCE,
    maildir.SOURCE,
    eml.SOURCE,
    journal.SOURCE,
    sendgrid.SOURCE,
    mailgun.SOURCE,
    postmark.SOURCE,
    ses.SOURCE,
)
# Channels whose deliveries are mails as they stand, so that mails from an archive may be theirs too.
PLAIN = frozenset({"imap", "mbox", "maildir", "eml", "journal"})
