"""What is left to do when a connector has been written: addresses to enter elsewhere, lines to try it with."""

from collections.abc import Sequence

from peyvand.settings import Configuration, Connector

SIGNED = r"""body='{"name": "Maryam", "phone": "0912 000 4417", "message": "سلام"}'
id=msg_$(date +%s%N); stamp=$(date +%s)
key=$(sed 's/^whsec_//' SECRET | base64 -d | od -An -tx1 | tr -d ' \n')
signature=$(printf '%s.%s.%s' "$id" "$stamp" "$body" |
    openssl dgst -sha256 -mac HMAC -macopt hexkey:$key -binary | base64)
curl -H "webhook-id: $id" -H "webhook-timestamp: $stamp" -H "webhook-signature: v1,$signature" \
     -H 'content-type: application/json' -d "$body" ADDRESS"""

FORM = """<form method="post" action="ADDRESS">
  <input name="name" placeholder="نام"> <input name="phone" placeholder="شماره تماس">
  <input name="email" placeholder="ایمیل"> <textarea name="message" placeholder="پیام"></textarea>
  <button>ارسال</button>
</form>"""

_BROUGHT_IN = {
    "calllog": "Look at a file first: ./peyvand import calllog FILE --connector NAME --dry-run",
    "whatsapp": "Bring in a chat: ./peyvand import whatsapp-chat FILE --connector NAME --customer PHONE",
}


def next_steps(configuration: Configuration, connector: Connector, secrets: Sequence[str]) -> list[str]:
    """Return paragraphs for the person who connects; secrets are named by their files, never shown."""
    server = configuration.server
    host = "127.0.0.1" if server.host == "0.0.0.0" else server.host  # noqa: S104
    base = (server.public_url or f"http://{host}:{server.port}").rstrip("/")
    address = f"{base}/webhooks/{connector.name}"
    secret = next((path for path in secrets if path.endswith("-secret")), "")
    match connector.channel, getattr(connector.settings, "mode", None):
        case "webform", _:
            return _of_form(connector, address, secret)
        case "telegram" | "bale" | "rubika" as vendor, "webhook":
            return [_public(server.public_url), _of_bot(vendor, connector)]
        case "sendgrid" | "mailgun" | "postmark" | "ses" as vendor, _:
            return [_public(server.public_url), *_of_mail(vendor, address, secret)]
        case "kavenegar" | "melipayamak" | "goftino" as vendor, "webhook" | None:
            return [_public(server.public_url), _with_key(vendor, address, secret)]
        case "twilio_sms" | "twilio_voice" as vendor, "webhook":
            return [_public(server.public_url), _of_twilio(vendor, address)]
        case "crisp" | "tawk" as vendor, _:
            return [_public(server.public_url), f"Its web hook's address: {address} (docs/channels/{vendor}.md)"]
        case "journal" | "freeswitch", _:
            return _of_own_server(connector, address, secret)
        case "whatsapp" | "messenger" | "instagram" as vendor, _ if getattr(connector.settings, "app_secret", ()):
            return [_public(server.public_url), _of_meta(vendor, address, secrets)]
        case "calllog" | "whatsapp" as channel, _:
            return [_BROUGHT_IN[channel].replace("NAME", connector.name)]
        case _:
            return []


def _of_form(connector: Connector, address: str, secret: str) -> list[str]:
    signed = SIGNED.replace("SECRET", secret).replace("ADDRESS", address)
    said = [f"Your website's server signs its posts (Standard Webhooks). Try it:\n\n{signed}"]
    if getattr(connector.settings, "form", False):
        said.append(f"A page's own form posts without a signature:\n\n{FORM.replace('ADDRESS', address)}")
    return said


def _of_bot(vendor: str, connector: Connector) -> str:
    if vendor == "rubika":
        return f"Rubika does not tell whom it calls. Have it call us: ./peyvand check {connector.name} --take-over"
    if getattr(connector.settings, "address", None):
        return "The vendor has been told the address; it is told again at each start."
    return f"The vendor is told the address at the next start, or by: ./peyvand check {connector.name}"


def _with_key(vendor: str, address: str, secret: str) -> str:
    """Return the address with its secret, and behind it what Melipayamak puts in for itself."""
    told = "&to=$TO$&body=$TEXT$&from=$FROM$" if vendor == "melipayamak" else ""
    return f"Set this address in its panel: {address}?key=$(cat {secret}){told} (docs/channels/{vendor}.md)"


def _of_twilio(vendor: str, address: str) -> str:
    if vendor == "twilio_voice":
        return (
            "At Twilio: “Call status changes” of the number, and statusCallback and recordingStatusCallback in TwiML,"
            f" by HTTP POST: {address}. A connector with mode: polling beside it brings what Twilio does not tell again"
            " (docs/channels/twilio_voice.md)"
        )
    return (
        "At Twilio: “A message comes in” and the status callback of the number, or of its Messaging Service, by HTTP"
        f" POST: {address} (docs/channels/twilio_sms.md)"
    )


def _of_own_server(connector: Connector, address: str, secret: str) -> list[str]:
    if connector.channel == "journal":
        return [_of_journal(connector)]
    called = bool(getattr(connector.settings, "secret", ()))
    return [_of_freeswitch(connector, address, secret)] if called else []


def _of_freeswitch(connector: Connector, address: str, secret: str) -> str:
    user = getattr(connector.settings, "user", "")
    return (
        f"In autoload_configs/json_cdr.conf.xml of FreeSWITCH: url {address}, cred {user}:$(cat {secret}),"
        " log-b-leg true. A second connector reads what it could not post:"
        " ./peyvand connect freeswitch --folder ERR-LOG-DIR"
        " (docs/channels/freeswitch.md)"
    )


def _of_mail(vendor: str, address: str, secret: str) -> list[str]:
    bearing = address.replace("://", f"://peyvand:$(cat {secret})@", 1) if secret else address
    said = {
        "sendgrid": "At SendGrid: Settings, Inbound Parse, Add Host & URL, with “POST the raw, full MIME message” on."
        f" Its address:\n\n{bearing}",
        "mailgun": "At Mailgun: Receiving, Create route, Forward, to this address. It must end in “mime”, so that whole"
        f" mails are posted:\n\n{address}",
        "postmark": "At Postmark: the inbound stream's Settings, with “Include raw email content” on. Its address:\n\n"
        f"{bearing}",
        "ses": "At Amazon: a subscription of the SNS topic, protocol HTTPS, raw message delivery off, to this address."
        f" Peyvand confirms it by itself:\n\n{address}",
    }
    return [said[vendor], f"All that must be set there: docs/channels/{vendor}.md"]


def _of_meta(vendor: str, address: str, secrets: Sequence[str]) -> str:
    word = next((path for path in secrets if path.endswith("-verify-token")), "the verify token")
    return (
        f"At developers.facebook.com, in the app: Webhooks, Callback URL:\n\n{address}\n\n"
        f"Verify token: what {word} holds."
        f" Which fields to subscribe to, and how the account is subscribed: docs/channels/{vendor}.md"
    )


def _of_journal(connector: Connector) -> str:
    host, port = getattr(connector.settings, "host", ""), getattr(connector.settings, "port", "")
    spoken = getattr(connector.settings, "protocol", "smtp")
    return (
        f"Let your mail server hand over to {spoken}:[{host}]:{port} (Postfix: in /etc/postfix/transport or always_bcc;"
        " Exchange: a send connector and a journal rule). See docs/channels/journal.md"
    )


def _public(url: str | None) -> str:
    if url:
        return f"The vendor has to reach {url}/webhooks/ from the internet."
    return "The vendor has to reach this machine by https: set server.public_url in peyvand.yaml to the address it has."
