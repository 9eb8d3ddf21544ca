"""The parts of an event, as a rule finds them in a body."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from ingest_social.mapping.expression import text, value
from ingest_social.mapping.moment import moment
from ingest_social.mapping.rule import CallRule, FileRule, FormRule, PartyRule, PurchaseRule, Rule
from ingest_social.money import money
from peyvand.errors import BadPayload
from peyvand.event import Attachment, Call, CallResult, Form, Party, Purchase, party
from peyvand.filenames import clean_name
from peyvand.identity import Handle, Organisation, Proof, bale, crm, email, handle, phones, telegram, web

MOST = 200
_LONGEST = 1_000
_TYPED = ("phone", "email", "crm", "web")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a rule is applied: the body, the rule's name in the settings, and what is known beside the body."""

    root: Any
    where: str
    connector: str
    organisation: Organisation
    rule: Rule

    def text(self, expression: str | None, key: str) -> str | None:
        """Return what an expression finds as text; raises BadPayload."""
        return text(expression, self.root, f"{self.where}.{key}")

    def needed(self, expression: str | None, key: str) -> str:
        """Return what must be there; raises BadPayload."""
        found = self.text(expression, key)
        if found is None:
            raise BadPayload(f"{self.where}.{key}: finds nothing")
        return found

    def moment(self, expression: str | None, key: str) -> datetime | None:
        """Return a time in the rule's clock; raises BadPayload."""
        written, clock = self.text(expression, key), self.rule.clock
        if written is None or clock is None:
            return None
        return moment(written, clock, self.rule.zone, f"{self.where}.{key}")

    def listed(self, expression: str | None, key: str) -> Sequence[Any]:
        """Return what an expression finds as a list: nothing as none, one thing as one; raises BadPayload."""
        found = None if expression is None else value(expression, self.root, f"{self.where}.{key}")
        return found[:MOST] if isinstance(found, list) else () if found is None else (found,)


def party_of(told: PartyRule, place: Place, number: int) -> Party | None:
    """Return one person, or None where the body says nothing of him."""
    key = f"parties.{number}"
    scope = place.text(told.scope, f"{key}.scope") or place.connector
    found: list[Handle | None] = []
    for kind, expression in told.handles.items():
        written = place.text(expression, f"{key}.handles.{kind}")
        found += _handles(kind, written[:_LONGEST], scope, told.proof, place.organisation) if written else []
    name = place.text(told.name, f"{key}.name")
    if not any(found) and name is None:
        return None
    return party(told.role, found, place.organisation, name and name[:_LONGEST], ours=told.ours)


def _handles(
    kind: str, written: str, scope: str, said: Proof | None, organisation: Organisation
) -> Sequence[Handle | None]:
    """Return the handles of a value; what the vendor names somebody by is its word, what is typed is claimed."""
    proof = said or (Proof.CLAIMED if kind in _TYPED else Proof.VIA)
    match kind:
        case "phone":
            return phones(written, organisation.region, proof)
        case "email":
            return [email(written, proof)]
        case "telegram":
            return [telegram(written, proof)]
        case "bale":
            return [bale(written, proof)]
        case "crm":
            return [crm(written, scope, proof)]
        case "web":
            return [web(written, scope, proof)]
        case _:
            return [handle(kind, written, scope=scope, proof=proof)]


def files_of(told: Sequence[FileRule], place: Place) -> Iterator[Attachment]:
    """Yield files that lie at the vendor."""
    for number, rule in enumerate(told):
        key = f"files.{number}"
        for one in place.listed(rule.each, f"{key}.each"):
            inner = Place(one, place.where, place.connector, place.organisation, place.rule)
            if (at := inner.text(rule.at, f"{key}.at")) is None:
                continue
            size = inner.text(rule.size, f"{key}.size")
            yield Attachment(
                name=clean_name(inner.text(rule.name, f"{key}.name") or ""),
                claimed_type=inner.text(rule.type, f"{key}.type") or "",
                size=int(size) if size and size.isascii() and size.isdecimal() and len(size) < 16 else None,
                at=f"mapped:{at}",
                state="at the vendor",
            )


def purchase_of(told: PurchaseRule, place: Place) -> Purchase:
    """Return an order; an amount without its currency is refused (BadPayload)."""
    total, currency = place.text(told.total, "purchase.total"), place.text(told.currency, "purchase.currency")
    amount, unit = (None, None) if total is None else money(total, currency or "", told.minor)
    return Purchase(
        number=place.needed(told.number, "purchase.number"),
        state=place.text(told.state, "purchase.state") or "",
        total=amount,
        currency=unit,
        lines=tuple(str(line)[:_LONGEST] for line in place.listed(told.lines, "purchase.lines") if line is not None),
    )


def call_of(told: CallRule, place: Place) -> Call:
    """Return a leg of a call; how it ended is one of our words or one that `results` translates."""
    recording = place.text(told.recording, "call.recording")
    return Call(
        leg=place.text(told.leg, "call.leg") or "",
        started_at=place.moment(told.started_at, "call.started_at"),
        result=_result(told, place),
        wait_seconds=_seconds(told.wait, place, "call.wait"),
        talk_seconds=_seconds(told.talk, place, "call.talk"),
        queue=place.text(told.queue, "call.queue"),
        agent=place.text(told.agent, "call.agent"),
        extension=place.text(told.extension, "call.extension"),
        recording=recording and f"mapped:{recording}",
        detail=place.text(told.detail, "call.detail") or "",
    )


def _result(told: CallRule, place: Place) -> CallResult:
    if told.result is None:
        return CallResult.MISSED
    word = place.needed(told.result, "call.result")
    try:
        return told.results.get(word) or CallResult(word)
    except ValueError as error:
        raise BadPayload(f"{place.where}.call.result: a word that results does not translate") from error


def _seconds(expression: str | None, place: Place, key: str) -> int | None:
    written = place.text(expression, key)
    try:
        length = None if written is None else int(Decimal(written))
    except (InvalidOperation, ValueError, OverflowError) as error:
        raise BadPayload(f"{place.where}.{key}: is no number of seconds") from error
    return length if length is not None and 0 <= length < 10**7 else None


def form_of(told: FormRule, place: Place) -> Form:
    """Return a form; of what was filled in, each value in words."""
    found = None if told.fields is None else value(told.fields, place.root, f"{place.where}.form.fields")
    pairs = found.items() if isinstance(found, dict) else found if isinstance(found, list) else ()
    fields = [(pair[0], pair[1]) for pair in pairs if isinstance(pair, list | tuple) and len(pair) == 2]
    return Form(
        name=place.text(told.name, "form.name") or "",
        page=place.text(told.page, "form.page") or "",
        fields=tuple((_words(n), _words(v)) for n, v in fields[:MOST] if _words(v)),
    )


def _words(one: Any) -> str:
    match one:
        case None:
            return ""
        case bool():
            return "true" if one else "false"
        case list():
            return ", ".join(filter(None, map(_words, one[:MOST])))
        case dict():
            return ", ".join(f"{n}: {_words(v)}" for n, v in list(one.items())[:MOST])
        case _:
            return str(one)[:20_000]
