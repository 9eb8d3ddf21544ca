"""What a body means by the rules of a mapping."""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import orjson
from pydantic import ValidationError

from ingest_social.mapping.account import MappedAccount
from ingest_social.mapping.expression import value
from ingest_social.mapping.parts import Place, call_of, files_of, form_of, party_of, purchase_of
from ingest_social.mapping.rule import Rule
from peyvand.delivery import Delivery
from peyvand.errors import BadPayload, Skipped, UnknownType
from peyvand.event import Change, Direction, Flag, InteractionEvent, Status, event
from peyvand.identity import Organisation
from peyvand.source import unreadable

MOST_EVENTS = 1_000
# What is told by headers and form bodies stands beside the event's own fields under these names.
BODY, HEADERS, QUERY = "_body", "_headers", "_query"
_PADDED = 20


def meaning(delivery: Delivery, account: MappedAccount, organisation: Organisation) -> Sequence[InteractionEvent]:
    """Return the events of one request; raises Skipped, BadPayload, UnknownType when no rule holds for any of them.

    Of a request with known and unknown events the known are taken, flagged: the others stay in the raw delivery.
    """
    made: list[InteractionEvent] = []
    skipped: list[str] = []
    unknown = 0
    found = _found(delivery, account)
    for root in found:
        number, rule = next(_holding(account.rules, root), (0, None))
        if rule is None:
            unknown += 1
        elif rule.skip is not None:
            skipped.append(rule.skip)
        else:
            made.append(
                _event(Place(root, f"rules.{number}", delivery.connector, organisation, rule), delivery, account)
            )
    if unknown and not made:
        raise UnknownType("no rule holds for it")
    if skipped and not made:
        raise Skipped(", ".join(dict.fromkeys(skipped)))
    if unknown:
        flag = Flag(name="partial", why=f"{unknown} of {len(found)} in one request are of a kind that no rule knows")
        return [e.model_copy(update={"flags": (*e.flags, flag)}) for e in made]
    return _each_once(made)


def _each_once(made: list[InteractionEvent]) -> list[InteractionEvent]:
    return list({e.event_id: e for e in made}.values())


def _found(delivery: Delivery, account: MappedAccount) -> list[Any]:
    body = _body(delivery)
    beside = {BODY: body, HEADERS: dict(delivery.headers), QUERY: dict(parse_qsl(urlsplit(delivery.url).query))}
    found = value(account.events, body, "events")
    several = found if isinstance(found, list) else [] if found is None else [found]
    if len(several) > MOST_EVENTS:
        raise BadPayload(f"events: finds more than {MOST_EVENTS}")
    return [{**(one if isinstance(one, dict) else {"_value": one}), **beside} for one in several]


def _body(delivery: Delivery) -> Any:
    """Return a body as JSON; a form's fields as an object of texts, `payload` or `cdr` in it as the JSON that it is."""
    if not delivery.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return delivery.json()
    fields: dict[str, Any] = dict(parse_qsl(delivery.body.decode("utf-8", "replace"), True))
    if isinstance(fields.get("payload"), str):
        try:
            fields["payload"] = orjson.loads(fields["payload"])
        except orjson.JSONDecodeError as error:
            raise BadPayload("payload: is no JSON") from error
    return fields


def _holding(rules: Sequence[Rule], root: Any) -> Iterator[tuple[int, Rule]]:
    for number, rule in enumerate(rules):
        if rule.when is None or value(rule.when, root, f"rules.{number}.when") not in (None, False, "", [], {}):
            yield number, rule


def _event(place: Place, delivery: Delivery, account: MappedAccount) -> InteractionEvent:
    rule = place.rule
    people = [party_of(told, place, n) for n, told in enumerate(rule.parties)]
    key = place.needed(rule.key, "key")
    order = place.text(rule.order, "order") or ""
    try:
        return event(
            delivery,
            place.organisation,
            key=key,
            family=account.family,
            kind=rule.kind,
            direction=_direction(place),
            occurred_at=place.moment(rule.at, "at"),
            change=rule.change,
            change_key=_change_key(place, order),
            order=order.zfill(_PADDED) if order.isdecimal() else order,
            parties=tuple(p for p in people if p),
            message_key=key if rule.change in (Change.CREATED, Change.EDITED) else None,
            replies_to=tuple(filter(None, [place.text(rule.reply_to, "reply_to")])),
            conversation=place.text(rule.conversation, "conversation"),
            subject=place.text(rule.subject, "subject"),
            text=place.text(rule.text, "text"),
            language=place.text(rule.language, "language"),
            status=_status(place),
            reactions=_reactions(place),
            attachments=tuple(files_of(rule.files, place)),
            purchase=rule.purchase and purchase_of(rule.purchase, place),
            call=rule.call and call_of(rule.call, place),
            form=rule.form and form_of(rule.form, place),
        )
    except ValidationError as error:
        raise unreadable(error) from error


def _change_key(place: Place, order: str) -> str:
    """Return what names this change: without a name of its own what orders it, or its time."""
    told = place.text(place.rule.change_key, "change_key")
    if told is not None or place.rule.change is Change.CREATED:
        return told or ""
    return order or place.text(place.rule.at, "at") or ""


def _direction(place: Place) -> Direction:
    written = place.rule.direction
    if written in tuple(Direction):
        return Direction(written)
    word = place.needed(written, "direction")
    try:
        return Direction(place.rule.directions.get(word, word))
    except ValueError as error:
        raise BadPayload(f"{place.where}.direction: a word that directions does not translate") from error


def _status(place: Place) -> Status | None:
    written = place.rule.status
    word = written if written in tuple(Status) else place.text(written, "status")
    try:
        return None if word is None else Status(word)
    except ValueError as error:
        raise BadPayload(f"{place.where}.status: is none of {', '.join(Status)}") from error


def _reactions(place: Place) -> tuple[str, ...] | None:
    if place.rule.reactions is None:
        return None
    return tuple(str(one)[:100] for one in place.listed(place.rule.reactions, "reactions") if one)
