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


def _with_address_secret(answers: Answers) -> Answers:
    return answers if answers.get("secret") else {**answers, "secret": secrets.token_urlsafe(32)}


def _with_post_secret(answers: Answers) -> Answers:
    return answers if answers.get("folder") or answers.get("esl") else _with_address_secret(answers)


def _with_key(answers: Answers) -> Answers:
    return answers if answers.get("secret") else {**answers, "secret": "pk_" + secrets.token_urlsafe(32)}


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
        Question("address", "The webhook's address, when it is not below server.public_url", needed=False, asked=False),
        Question(
            "relay_to", "The program that runs the bot now: each update is handed on to it", needed=False, asked=False
        ),
        Question("outbound", "posted, when that program posts to us what it sends", needed=False, asked=False),
        Question("poll_seconds", "How long one question to the vendor may wait", needed=False, asked=False),
    )


def _with_verify_token(answers: Answers) -> Answers:
    """Add the word that Meta repeats in its handshake, where calls come."""
    if answers.get("app_secret") and not answers.get("verify_token"):
        return {**answers, "verify_token": secrets.token_urlsafe(24)}
    return answers


def _meta(token: str, *, needed: bool = True) -> tuple[Question, ...]:
    return (
        Question(
            "app_secret",
            "The app's secret, from App settings, Basic, at developers.facebook.com",
            secret=True,
            needed=needed,
        ),
        Question(
            "verify_token",
            "The word of the handshake; one is made when there is none",
            secret=True,
            needed=False,
            asked=False,
        ),
        Question("token", token, secret=True, needed=False),
        Question("proxy", "Proxy, where Meta is filtered (socks5://…; empty: none)", needed=False),
        Question("relay_to", "A program that each call is handed on to", needed=False, asked=False),
        Question("base_url", "Another address of Graph", needed=False, asked=False),
        Question("version", "Another version of Graph", needed=False, asked=False),
    )


_PANEL = (
    Question("mode", "polling (works everywhere) or webhook (needs a public https address)", default="polling"),
    Question("secret", "The webhook's secret", secret=True, needed=False, asked=False),
    Question("poll_seconds", "How often to look", needed=False, asked=False),
    Question("proxy", "Proxy", needed=False, asked=False),
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
    "rubika": Asked(
        "A Rubika bot",
        (*_bot("Rubika", "@BotFather"), Question("proxy", "Proxy", needed=False, asked=False)),
        lambda _answers: "rubika-bot",
        _with_webhook_secret,
    ),
    "whatsapp": Asked(
        "Numbers of the WhatsApp Cloud API, or one of the app whose exported chats are brought in",
        (
            Question("number", "For exported chats alone: the number, as +98 912 000 1020", needed=False, asked=False),
            Question("phone_number_id", "Phone number IDs, by commas, from WhatsApp, API Setup", needed=False,
                     many=True),
            Question("portfolio", "The business portfolio's ID, from Business settings, Business info", needed=False),
            *_meta("A token of a system user (empty: no files are fetched)", needed=False),
            Question("business_account", "The WhatsApp Business account's ID", needed=False, asked=False),
            Question("parent_portfolio", "The portfolio that others are linked to", needed=False, asked=False),
            Question("outbound", "app, where the number is used in the app too; posted, where a program posts what it"
                     " sends to our API", needed=False, asked=False),
        ),
        lambda _answers: "whatsapp",
        _with_verify_token,
    ),
    "messenger": Asked(
        "A Facebook page: Messenger and comments",
        (Question("page_id", "The page's ID"), *_meta("The page's token (empty: nothing can be tried)")),
        lambda _answers: "page",
        _with_verify_token,
    ),
    "instagram": Asked(
        "An Instagram account: messages and comments",
        (
            Question("account_id", "The professional account's ID"),
            *_meta("The account's token (empty: nothing can be tried)"),
            Question("page_id", "The page that it belongs to, with Facebook login", needed=False, asked=False),
        ),
        lambda _answers: "instagram",
        _with_verify_token,
    ),
    "kavenegar": Asked(
        "Short messages at Kavenegar",
        (
            Question("api_key", "The API key, from Kavenegar's panel", secret=True),
            Question("lines", "Lines whose inbox is read, by commas", many=True),
            *_PANEL,
        ),
        lambda _answers: "sms",
        _with_webhook_secret,
    ),
    "melipayamak": Asked(
        "Short messages at Melipayamak",
        (
            Question("username", "User name at Melipayamak"),
            Question("password", "Password, or API key, from its panel", secret=True),
            *_PANEL,
        ),
        lambda _answers: "sms",
        _with_webhook_secret,
    ),
    "smsir": Asked(
        "Short messages at sms.ir",
        (
            Question("api_key", "The API key, from sms.ir's panel", secret=True),
            Question("poll_seconds", "How often to look", needed=False, asked=False),
            Question("proxy", "Proxy", needed=False, asked=False),
        ),
        lambda _answers: "sms",
    ),
    "twilio_sms": Asked(
        "Short messages and WhatsApp at Twilio",
        (
            Question("account_sid", "Account SID, from the Twilio console"),
            Question("auth_token", "Auth Token, from the Twilio console", secret=True),
            Question("mode", "webhook (needs a public https address) or polling", default="webhook"),
            Question("poll_seconds", "How often to look", needed=False, asked=False),
            Question("proxy", "Proxy", needed=False, asked=False),
        ),
        lambda _answers: "sms",
    ),
    "twilio_voice": Asked(
        "Telephone calls at Twilio",
        (
            Question("account_sid", "Account SID, from the Twilio console"),
            Question("auth_token", "Auth Token, from the Twilio console", secret=True),
            Question("mode", "webhook (needs a public https address) or polling", default="webhook"),
            Question("poll_seconds", "How often to look", needed=False, asked=False),
            Question("since", "polling: the first day to fetch, as 2026-03-21", needed=False, asked=False),
            Question("proxy", "Proxy", needed=False, asked=False),
        ),
        lambda answers: "calls-list" if answers.get("mode") == "polling" else "calls",
    ),
    "crisp": Asked(
        "A chat at Crisp",
        (
            Question("signing_secret", "The web hook's signing secret, from Crisp", secret=True),
            Question("proxy", "Proxy", needed=False, asked=False),
        ),
        lambda _answers: "site-chat",
    ),
    "goftino": Asked(
        "A chat at Goftino",
        (
            Question("secret", "The address's secret; one is made when there is none", secret=True,
                     needed=False, asked=False),
            Question("api_key", "The API key, to try the sign-in (empty: none)", secret=True, needed=False),
        ),
        lambda _answers: "site-chat",
        _with_address_secret,
    ),
    "tawk": Asked(
        "A chat at tawk.to",
        (
            Question("secret", "The webhook's secret key, from tawk.to's dashboard", secret=True),
            Question("proxy", "Proxy", needed=False, asked=False),
        ),
        lambda _answers: "site-chat",
    ),
    "partner": Asked(
        "A system of your own (shop, CRM, ERP, a bot's program) that posts to /v1/events",
        (
            Question("secret", "The key that it sends; one is made when there is none", secret=True, needed=False,
                     asked=False),
            Question("crm", "The system whose customer numbers it speaks of (empty: its own)", needed=False),
        ),
        lambda _answers: "shop",
        _with_key,
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
    "woocommerce": Asked(
        "A WooCommerce shop",
        (
            Question("url", "The shop's address (https://shop.example.ir)"),
            Question("mode", "polling (loses nothing; we ask the shop) or webhook (at once; the shop calls us)",
                     default="polling"),
            Question("secret", "The webhooks' secret", secret=True, needed=False, asked=False),
            Question("key", "The REST key that may read (ck_…)", secret=True, needed=False),
            Question("key_secret", "Its secret (cs_…)", secret=True, needed=False),
            Question("currency", "The unit of its totals, where the shop says another (IRR, IRT)", needed=False,
                     asked=False),
            Question("since", "The first day to fetch, as 2026-03-21", needed=False, asked=False),
            Question("source", "The name under which its customer numbers are known", needed=False, asked=False),
            Question("proxy", "Proxy", needed=False, asked=False),
        ),
        lambda _answers: "shop-orders",
        _with_webhook_secret,
    ),
    "orders": Asked(
        "Orders of another system, from its tables (./peyvand import orders)",
        (
            Question("currency", "The unit of its totals, where no column says it (IRR: rial, IRT: toman)",
                     needed=False),
            Question("source", "The name under which its customer numbers are known", needed=False, asked=False),
            Question("timezone", "Time zone of its dates", needed=False, asked=False),
            Question("secret", "The secret of signed posts", secret=True, needed=False, asked=False),
        ),
        lambda _answers: "orders",
    ),
    "mapped": Asked(
        "Any program that posts JSON (its rules are written in peyvand.yaml: docs/channels/mapped.md)",
        (
            Question("family", "The channel that agents see (line, slack, shop …)"),
            Question("signature", "How it proves that it is the sender (docs/channels/mapped.md)", default="address"),
            Question("secret", "The secret", secret=True),
        ),
        lambda answers: answers.get("family", "mapped"),
    ),
    "asterisk": Asked(
        "An Asterisk call log (FreePBX, Issabel, Elastix)",
        (
            Question("cdr", "The CDR file", default="/var/log/asterisk/cdr-csv/Master.csv"),
            Question("timezone", "Time zone of its times (empty: the organisation's)", needed=False),
            Question("utc", "true when cdr.conf says usegmtime=yes", needed=False, asked=False),
            Question("recordings", "The folder or address (https://…) of its recordings", needed=False,
                     asked=False),
        ),
        lambda _answers: "pbx",
    ),
    "calllog": Asked(
        "Calls of another switchboard, from its tables (./peyvand import calllog)",
        (
            Question("recipe", "Which one it is: 3cx, cucm, avaya, mitel (another: docs/channels/calllog.md)"),
            Question("folder", "A folder into which its files are put (empty: they are brought in by hand)",
                     needed=False),
            Question("timezone", "Time zone of its times (empty: the organisation's)", needed=False),
            Question("encoding", "Of its files, where it is not found out", needed=False, asked=False),
            Question("source", "The name by which several connectors know one switchboard", needed=False, asked=False),
        ),
        lambda _answers: "calls",
    ),
    "freeswitch": Asked(
        "A FreeSWITCH (FusionPBX) that posts its call records",
        (
            Question("user", "The user of its posts", needed=False, asked=False),
            Question("secret", "The password of its posts; one is made when there is none", secret=True,
                     needed=False, asked=False),
            Question("folder", "Its err-log-dir, for a connector that reads what could not be posted", needed=False,
                     asked=False),
            Question("poll_seconds", "How often to look into the folder", needed=False, asked=False),
            Question("esl", "Host and port of its event socket, for a connector that hears calls live", needed=False,
                     asked=False),
            Question("esl_user", "Its user with narrower rights (user@domain)", needed=False, asked=False),
            Question("password", "The event socket's password", secret=True, needed=False, asked=False),
            Question("recordings", "The address of its recordings (https://…; empty: none)", needed=False),
            Question("recordings_user", "The user for that address", needed=False, asked=False),
            Question("recordings_password", "The password for that address", secret=True, needed=False, asked=False),
            Question("recordings_folder", "The folder of FreeSWITCH that stands there", needed=False, asked=False),
        ),
        lambda answers: "pbx-kept" if answers.get("folder") else "pbx-live" if answers.get("esl") else "pbx",
        _with_post_secret,
    ),
}  # fmt: skip
