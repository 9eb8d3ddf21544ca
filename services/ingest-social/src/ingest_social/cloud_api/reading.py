"""One call of the Cloud API, read: which of its fields carry somebody's word, and which do not."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from pydantic import TypeAdapter

from ingest_social.cloud_api import exported
from ingest_social.cloud_api.account import Settings
from ingest_social.cloud_api.calls import ended
from ingest_social.cloud_api.history import past
from ingest_social.cloud_api.messages import messages
from ingest_social.cloud_api.people import inbound, outbound
from ingest_social.cloud_api.reports import reported
from ingest_social.cloud_api.scene import Scene
from ingest_social.cloud_api.wire import Call, Contact, Number, Preference, Report
from ingest_social.cloud_api.wishes import wished
from ingest_social.meta.envelope import Notice, notices
from ingest_social.meta.pieces import Piece, each, failing, gathered, skipping
from peyvand.delivery import Delivery
from peyvand.errors import BadPayload, Skipped, UnknownType
from peyvand.event import InteractionEvent
from peyvand.identity import Organisation

OBJECT = "whatsapp_business_account"
_CONTACTS = TypeAdapter(tuple[Contact, ...])
# Real, expected, and nobody's word to us.
WORDLESS = {
    "smb_app_state_sync": "the address book of the phone",  # whom its owner knows is no business of the company's
    "account_alerts": "news of the account", "account_review_update": "news of the account",
    "account_settings_update": "news of the account", "account_update": "news of the account",
    "automatic_events": "news of the account", "business_capability_update": "news of the account",
    "business_status_update": "news of the account", "business_username_update": "news of the account",
    "flows": "news of a flow", "message_template_components_update": "news of a template",
    "message_template_quality_update": "news of a template", "message_template_status_update": "news of a template",
    "partner_solutions": "news of the account", "payment_configuration_update": "news of the account",
    "phone_number_name_update": "news of a number", "phone_number_quality_update": "news of a number",
    "security": "news of the account", "template_category_update": "news of a template",
    "template_correct_category_detection": "news of a template", "tracking_events": "news of the account",
    "group_lifecycle_update": "news of a group", "group_participants_update": "news of a group",
    "group_settings_update": "news of a group", "group_status_update": "news of a group",
}  # fmt: skip


def read(delivery: Delivery, account: Settings, organisation: Organisation) -> Sequence[InteractionEvent]:
    """Return the events of all that a call tells, or of what was brought in; raises Skipped, BadPayload."""
    if exported.is_exported(delivery):
        return exported.read(delivery, account, organisation)
    return gathered(_pieces(delivery, account, organisation))


def _pieces(delivery: Delivery, account: Settings, organisation: Organisation) -> Iterator[Piece]:
    for notice in notices(delivery, OBJECT):
        if isinstance(notice, BadPayload):
            yield failing(notice)
        elif notice.field in WORDLESS:
            yield skipping(WORDLESS[notice.field])
        elif notice.field not in FIELDS:
            yield failing(UnknownType(f"unknown field {notice.field!r:.80}"))
        else:
            yield from _of(notice, Scene(account, organisation, delivery, Number()))


def _of(notice: Notice, bare: Scene) -> Iterator[Piece]:
    """Yield what one change tells of a number of ours; each message by itself."""
    try:
        number = Number.model_validate(notice.value.get("metadata") or {})
        contacts = _CONTACTS.validate_python(notice.value.get("contacts") or ())
    except ValueError:
        yield failing(BadPayload(f"{notice.pointer}: metadata or contacts cannot be read"))
        return
    if number.phone_number_id not in bare.account.phone_number_id:
        yield skipping("for another number of the business")
        return
    history = notice.field == "history"
    scene = Scene(bare.account, bare.organisation, bare.delivery, number, contacts, history)
    pieces = list(FIELDS[notice.field](scene, notice))
    yield from pieces or [skipping(_empty(notice))]


def _empty(notice: Notice) -> str:
    """Return by which rule a change without any message is skipped."""
    declined = notice.field == "history" or notice.value.get("errors")
    return "an error that Meta reports" if declined else "a change that tells of nothing"


def _report(scene: Scene, one: Mapping[str, Any]) -> Sequence[InteractionEvent]:
    report = Report.model_validate(one)
    if report.type == "call":
        raise Skipped("a call that begins: it is told when it ends")
    return [reported(scene, report)]


def _live(scene: Scene, notice: Notice) -> Iterator[Piece]:
    yield from each("messages", partial(messages, inbound), scene, notice)
    yield from each("message_echoes", partial(messages, outbound), scene, notice)
    yield from each("statuses", _report, scene, notice)


def _calls(scene: Scene, notice: Notice) -> Iterator[Piece]:
    yield from each("calls", lambda s, one: [ended(s, Call.model_validate(one))], scene, notice)
    yield from each("statuses", _report, scene, notice)


def _wishes(scene: Scene, notice: Notice) -> Iterator[Piece]:
    yield from each("user_preferences", lambda s, one: [wished(s, Preference.model_validate(one))], scene, notice)


FIELDS: dict[str, Callable[[Scene, Notice], Iterator[Piece]]] = {
    "messages": _live,
    "smb_message_echoes": _live,
    "message_echoes": _live,
    "standby": _live,
    "calls": _calls,
    "user_preferences": _wishes,
    "history": past,
}
