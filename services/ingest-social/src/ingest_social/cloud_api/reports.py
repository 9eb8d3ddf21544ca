"""What became of messages of ours: sent, delivered, read, played, failed, deleted; never what they say.

https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages/status
"""

from ingest_social.cloud_api.scene import Scene, Someone
from ingest_social.cloud_api.wire import Report
from ingest_social.meta.times import moment
from peyvand.errors import UnknownType
from peyvand.event import Change, Direction, Flag, InteractionEvent, Kind, Role, Status, event

STATUSES = {status.value: status for status in Status}


def reported(scene: Scene, report: Report) -> InteractionEvent:
    """Return a report on a message of ours, whether the message itself is known or not."""
    status, gone = STATUSES.get(report.status.lower()), report.status.lower() == "deleted"
    if status is None and not gone:
        raise UnknownType(f"unknown status {report.status!r:.80}")
    user = scene.known_as(_recipient(report))
    to = (scene.person(Role.TO, user),) if user.key else ()
    return event(
        scene.delivery,
        scene.organisation,
        key=report.id,
        kind=Kind.MESSAGE,
        direction=Direction.OUTBOUND,
        occurred_at=moment(report.timestamp),
        change=Change.DELETED if gone else Change.STATUS,
        change_key=f"{report.status.lower()}:{report.recipient_participant_id or ''}",
        parties=(scene.ours(Role.FROM), *to),
        message_key=report.id,
        conversation=report.recipient_id if _in_group(report) else user.key,
        status=status,
        flags=_failure(report),
    )


def _in_group(report: Report) -> bool:
    return report.recipient_type == "group" or report.recipient_participant_id is not None


def _recipient(report: Report) -> Someone:
    """Return whom the message was for; a group is nobody, its member is."""
    phone = report.recipient_participant_id if _in_group(report) else report.recipient_id
    return Someone(phone, report.recipient_user_id, report.recipient_parent_user_id)


def _failure(report: Report) -> tuple[Flag, ...]:
    told = " · ".join(error.told for error in report.errors or () if error.told)
    return (Flag(name="failed", why=told),) if told or report.status.lower() == "failed" else ()
