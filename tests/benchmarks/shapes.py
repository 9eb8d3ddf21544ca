"""The ways in which customers and a company talk, each as a reading with marks where ids, handles and names go."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.marks import EMAIL, KEY, NAME, NUMBER, PHONE, TELEGRAM, WRITTEN
from benchmarks.texts import TEXTS
from making import START, delivery, message
from peyvand.delivery import Delivery
from peyvand.event import Call, CallResult, Direction, Form, Kind, Party, Role
from peyvand.identity import Handle, Proof
from peyvand.publish import Reading

AGENT = Party(role=Role.AGENT, name="سارا", ours=True)


def _phone(proof: Proof) -> Handle:
    return Handle(kind="phone", value=PHONE, written=WRITTEN, proof=proof)


def _email(proof: Proof) -> Handle:
    return Handle(kind="email", value=EMAIL, written=EMAIL, proof=proof)


def _telegram(proof: Proof) -> Handle:
    return Handle(kind="telegram", value=TELEGRAM, written=TELEGRAM, proof=proof)


@dataclass(frozen=True, slots=True)
class Shape:
    """How one channel tells of one kind of interaction: its event's fields, and the body that arrives for a text."""

    channel: str
    connector: str
    parties: tuple[Party, ...]
    body: Callable[[str], str]
    family: str | None = None
    kind: Kind = Kind.MESSAGE
    direction: Direction = Direction.INBOUND
    texts: Sequence[str] = TEXTS
    more: Callable[[str], dict[str, Any]] = lambda text: {"text": text}


def _from(*handles: Handle, name: str | None = NAME) -> tuple[Party, ...]:
    return (Party(role=Role.FROM, handles=handles, name=name), AGENT)


def _to(handle: Handle) -> tuple[Party, ...]:
    return (AGENT, Party(role=Role.TO, handles=(handle,)))


def _json(**content: Any) -> Callable[[str], str]:
    return lambda text: json.dumps({**content, "text": text}, ensure_ascii=False)


def _mail(sender: str, to: str) -> Callable[[str], str]:
    head = (
        f"Received: from mx.example.net by mail.example.ir with ESMTPS\nFrom: {sender}\nTo: {to}\nMessage-ID: <{KEY}>"
    )
    form = "Subject: پیام\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit"
    return lambda text: f"{head}\n{form}\n\n{text}\n"


def _dialled(number: str) -> Callable[[str], str]:
    return lambda seconds: f'"","{number}","200","from-trunk","Local/200@office","{KEY}","ANSWERED",{seconds}'


def _mailed(text: str) -> dict[str, Any]:
    return {"text": text, "subject": text.partition(NUMBER)[0].strip()}


def _filled(text: str) -> dict[str, Any]:
    return {"form": Form(name="contact", fields=(("name", NAME), ("phone", WRITTEN), ("message", text))), "text": text}


def _called(seconds: str) -> dict[str, Any]:
    result = CallResult.ANSWERED if seconds != "0" else CallResult.MISSED
    return {"call": Call(leg=KEY, started_at=START, result=result, wait_seconds=9, talk_seconds=int(seconds))}


_BOT = {"update_id": KEY, "message_id": KEY, "chat": {"id": TELEGRAM, "type": "private"}, "from": {"first_name": NAME}}
_CLOUD = {"object": "whatsapp_business_account", "wa_id": WRITTEN, "id": KEY, "profile": {"name": NAME}, "type": "text"}
_CALLER = (Party(role=Role.CALLER, handles=(_phone(Proof.VIA),)), AGENT)
_TO_US, _OURS = "support@example.ir", "Example <support@example.ir>"

SHAPES = {
    "call": Shape("asterisk", "pbx", _CALLER, _dialled(WRITTEN),
                  "phone", Kind.CALL, texts=tuple(map(str, range(0, 360, 10))), more=_called),
    "withheld": Shape("asterisk", "pbx", (Party(role=Role.CALLER), AGENT), _dialled(""),
                      "phone", Kind.CALL, texts=("0", "40"), more=_called),
    "whatsapp": Shape("whatsapp", "shop-whatsapp", _from(_phone(Proof.VIA)), _json(**_CLOUD)),
    "telegram": Shape("telegram", "shop-bot", _from(_telegram(Proof.VIA)), _json(**_BOT)),
    "contact": Shape("telegram", "shop-bot", _from(_telegram(Proof.VIA), _phone(Proof.VERIFIED)),
                     _json(**_BOT, contact={"phone_number": WRITTEN, "user_id": TELEGRAM})),
    "form": Shape("webform", "site-form", _from(_phone(Proof.CLAIMED), _email(Proof.CLAIMED)),
                  _json(name=NAME, phone=WRITTEN, email=EMAIL), "web", Kind.FORM, more=_filled),
    "mail": Shape("imap", "support-inbox", _from(_email(Proof.VIA)), _mail(f"{NAME} <{EMAIL}>", _TO_US), "email",
                  more=_mailed),
    "signed": Shape("imap", "support-inbox", _from(_email(Proof.VIA), _phone(Proof.CLAIMED)),
                    _mail(f"{NAME} <{EMAIL}>\nX-Phone: {WRITTEN}", _TO_US), "email", more=_mailed),
    "whatsapp reply": Shape("whatsapp", "shop-whatsapp", _to(_phone(Proof.CLAIMED)), _json(to=WRITTEN, id=KEY),
                            direction=Direction.OUTBOUND),
    "telegram reply": Shape("telegram", "shop-bot", _to(_telegram(Proof.CLAIMED)), _json(chat=TELEGRAM, id=KEY),
                            direction=Direction.OUTBOUND),
    "mail reply": Shape("imap", "support-inbox", _to(_email(Proof.CLAIMED)), _mail(_OURS, EMAIL), "email",
                        direction=Direction.OUTBOUND, more=_mailed),
}  # fmt: skip
REPLIES = {"whatsapp": "whatsapp reply", "telegram": "telegram reply", "mail": "mail reply"}


def readings() -> Iterator[tuple[str, str, Reading]]:
    """Yield the readings of all shapes, one for each text of each, with their key, which is a mark as well."""
    for name, shape in SHAPES.items():
        for n, text in enumerate(shape.texts):
            key = f"§{name} {n}§"
            yield name, key, _reading(shape, key, text)


def _reading(shape: Shape, key: str, text: str) -> Reading:
    stub = delivery(key, shape.connector, shape.channel)
    headers = {"content-type": "application/json", "user-agent": "vendor/1.0", "x-forwarded-for": "198.51.100.7"}
    url = f"https://peyvand.example.ir/webhooks/{shape.connector}"
    arrived = Delivery(stub.id, shape.connector, shape.channel, stub.received_at, shape.body(text).encode(), url=url,
                       method="POST", headers=headers)  # fmt: skip
    said = {"text": None, "message_key": key if shape.family == "email" else None, **shape.more(text)}
    told = message(key, shape.parties, delivery=arrived, connector=shape.connector, channel=shape.channel,
                   family=shape.family, kind=shape.kind, direction=shape.direction, **said)  # fmt: skip
    return Reading(arrived, (told,))
