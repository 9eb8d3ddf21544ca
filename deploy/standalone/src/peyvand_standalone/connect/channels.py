"""What each channel's account is asked for: a table, so that a channel is added by naming its questions."""

import secrets
from base64 import b64encode
from collections.abc import Mapping

from peyvand_standalone.connect.asked import Answers, Asked
from peyvand_standalone.connect.mail import MAIL
from peyvand_standalone.connect.question import Question


def _mailbox_name(answers: Mapping[str, str]) -> str:
    return answers.get("username", "").partition("@")[0] or "mailbox"


def _with_webhook_secret(answers: Answers) -> Answers:
    if answers.get("mode") == "webhook" and not answers.get("secret"):
        return {**answers, "secret": secrets.token_urlsafe(32)}
    return answers


def _with_form_secret(answers: Answers) -> Answers:
    made = {**answers}
    if not made.get("secret"):
        made["secret"] = "whsec_" + b64encode(secrets.token_bytes(32)).decode()
    if made.get("origins") or made.get("any_origin"):
        made["form"] = "true"
    return made


def _bot(vendor: str, father: str) -> tuple[Question, ...]:
    return (
        Question("token", f"The bot's token, from {father} at {vendor}", secret=True),
        Question("mode", "polling (works everywhere) or webhook (needs a public https address)", default="polling"),
        Question("secret", "The webhook's secret", secret=True, needed=False, asked=False),
        Question("base_url", "Another Bot API server", needed=False, asked=False),
        Question("poll_seconds", "How long one question to the vendor may wait", needed=False, asked=False),
    )


ASKED: dict[str, Asked] = {
    "imap": Asked(
        "A mailbox on any IMAP server",
        (
            Question("host", "IMAP server, for example mail.example.ir"),
            Question("username", "User name of the mailbox, mostly its address"),
            Question("password", "Password", secret=True),
            Question("port", "Port, when it is not the usual one", needed=False, asked=False),
            Question("tls", "implicit (993), starttls (143) or none", needed=False, asked=False),
            Question("insecure", "true lets a password travel without TLS", needed=False, asked=False),
            Question("ca_file", "The certificate of an authority of your own", needed=False, asked=False),
            Question("folders", "Folders to read, by commas", needed=False, asked=False, many=True),
            Question("addresses", "Other addresses of this mailbox, by commas", needed=False, asked=False, many=True),
            Question("since", "The first day to read, as 2026-03-21", needed=False, asked=False),
            Question("poll_seconds", "How often to look without IDLE", needed=False, asked=False),
        ),
        _mailbox_name,
    ),
    **MAIL,
    "telegram": Asked(
        "A Telegram bot",
        (
            *_bot("Telegram", "@BotFather"),
            Question("proxy", "Proxy, where Telegram is filtered (socks5://…; empty: none)", needed=False),
        ),
        lambda _answers: "telegram-bot",
        _with_webhook_secret,
    ),
    "bale": Asked(
        "A Bale bot",
        (*_bot("Bale", "@botfather"), Question("proxy", "Proxy", needed=False, asked=False)),
        lambda _answers: "bale-bot",
        _with_webhook_secret,
    ),
    "webform": Asked(
        "A form of your website",
        (
            Question(
                "origins",
                "Sites whose pages may post, by commas (https://www.example.ir; empty: only signed posts of a server)",
                needed=False,
                many=True,
            ),
            Question("any_origin", "true lets any site's pages post", needed=False, asked=False),
            Question("secret", "The secret that signs posts; one is made when there is none", secret=True,
                     needed=False, asked=False),
            Question("redirect", "Where a visitor goes after posting", needed=False, asked=False),
        ),
        lambda _answers: "site-form",
        _with_form_secret,
    ),
    "asterisk": Asked(
        "An Asterisk call log (FreePBX, Issabel, Elastix)",
        (
            Question("cdr", "The CDR file", default="/var/log/asterisk/cdr-csv/Master.csv"),
            Question("timezone", "Time zone of its times (empty: the organisation's)", needed=False),
            Question("utc", "true when cdr.conf says usegmtime=yes", needed=False, asked=False),
        ),
        lambda _answers: "pbx",
    ),
}  # fmt: skip
