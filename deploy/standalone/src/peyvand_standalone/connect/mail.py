"""What the ways in for mail beside IMAP are asked for."""

import secrets
from collections.abc import Callable, Mapping

from peyvand_standalone.connect.asked import Answers, Asked
from peyvand_standalone.connect.question import Question


def _always(name: str) -> Callable[[Mapping[str, str]], str]:
    return lambda _answers: name


def _file_name(answers: Mapping[str, str]) -> str:
    return answers.get("path", "").rstrip("/").rpartition("/")[2] or "mails"


def _with_secret(answers: Answers) -> Answers:
    """Add the secret that the vendor's address bears, unless the vendor proves itself otherwise."""
    if answers.get("secret") or answers.get("public_key"):
        return answers
    return {**answers, "secret": secrets.token_urlsafe(32)}


_OURS = (
    Question("addresses", "Your addresses beside your domains, by commas", needed=False, asked=False, many=True),
    Question("internal", "Mail among yourselves: skip, metadata or store", needed=False, asked=False),
)
_FILES = (
    *_OURS,
    Question("poll_seconds", "How often to look", needed=False, asked=False),
    Question("max_message", "Of a larger mail only the beginning is taken", needed=False, asked=False),
)
_SECRET = Question(
    "secret", "The secret in the address; one is made when there is none", secret=True, needed=False, asked=False
)

MAIL: dict[str, Asked] = {
    "mbox": Asked("A mailbox file (mbox)", (Question("path", "The file"), *_FILES), _file_name),
    "maildir": Asked(
        "A Maildir on this machine",
        (
            Question("path", "The Maildir (it has folders new and cur)"),
            Question("folders", "Folders to read, by commas", needed=False, asked=False, many=True),
            *_FILES,
        ),
        _file_name,
    ),
    "eml": Asked(
        "A folder into which another program puts .eml files", (Question("path", "The folder"), *_FILES), _file_name
    ),
    "journal": Asked(
        "Your own mail server hands mail over (journal, forwarding)",
        (
            Question("host", "Address to listen on", default="127.0.0.1"),
            Question("port", "Port to listen on", default="2525"),
            Question("protocol", "smtp or lmtp", default="smtp"),
            Question("networks", "Who may hand over, by commas (10.0.0.5/32; empty: this machine)", needed=False,
                     many=True),
            Question("recipients", "Addresses that are taken, by commas (empty: all)", needed=False, many=True),
            Question("tls_certificate", "Certificate for STARTTLS", needed=False, asked=False),
            Question("tls_key", "Key of the certificate", needed=False, asked=False),
            *_OURS,
        ),
        _always("journal"),
    ),
    "sendgrid": Asked(
        "Mail that SendGrid receives for you (Inbound Parse)",
        (
            Question("public_key", "Public key of the security policy (empty: a secret in the address)", needed=False),
            _SECRET,
            *_OURS,
        ),
        _always("sendgrid"),
        _with_secret,
    ),
    "mailgun": Asked(
        "Mail that Mailgun receives for you (routes)",
        (Question("signing_key", "The HTTP webhook signing key (not the API key)", secret=True), *_OURS),
        _always("mailgun-mime"),  # Mailgun posts raw mails to addresses that end so
    ),
    "postmark": Asked(
        "Mail that Postmark receives for you (inbound stream)", (_SECRET, *_OURS), _always("postmark"), _with_secret
    ),
    "ses": Asked(
        "Mail that Amazon SES receives for you, told by SNS",
        (
            Question("topics", "ARNs of the SNS topics, by commas", many=True),
            Question("bucket", "The S3 bucket, where mail is stored in one", needed=False),
            Question("access_key", "Access key that may read the bucket", needed=False),
            Question("secret_key", "Its secret key", secret=True, needed=False),
            Question("region", "Region of the bucket, when it is not the topic's", needed=False, asked=False),
            Question("proxy", "Proxy", needed=False, asked=False),
            *_OURS,
        ),
        _always("ses"),
    ),
}  # fmt: skip
