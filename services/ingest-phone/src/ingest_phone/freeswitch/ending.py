"""How a leg ended: FreeSWITCH tells a cause, in the words of Q.850 and of its own."""

from ingest_phone.freeswitch.cdr import Cdr
from peyvand.event import CallResult, Direction

# switch_types.h, switch_call_cause_t; every other one is a failure
_CAUSES = {
    **dict.fromkeys(
        ["", "NONE", "SUCCESS", "NORMAL_CLEARING", "NORMAL_UNSPECIFIED", "NO_USER_RESPONSE", "NO_ANSWER",
         "ORIGINATOR_CANCEL", "LOSE_RACE", "PICKED_OFF", "ALLOTTED_TIMEOUT", "RECOVERY_ON_TIMER_EXPIRE",
         "PROGRESS_TIMEOUT", "MEDIA_TIMEOUT", "ATTENDED_TRANSFER", "BLIND_TRANSFER"],
        CallResult.MISSED,
    ),
    **dict.fromkeys(["USER_BUSY", "CALL_REJECTED"], CallResult.BUSY),
}  # fmt: skip


def result_of(cdr: Cdr, direction: Direction) -> CallResult:
    """Return how a leg ended; an answer without anybody at the other end of a call of ours is none."""
    bridged = cdr.at("bridge") is not None
    if cdr.at("answer") is None:
        return _CAUSES.get(_cause(cdr), CallResult.FAILED)
    if _is_voicemail(cdr):
        return CallResult.VOICEMAIL
    if cdr.is_first_leg and not bridged and _left_the_queue(cdr):
        return CallResult.ABANDONED
    if cdr.is_first_leg and not bridged and direction is Direction.OUTBOUND:
        return CallResult.FAILED
    return CallResult.ANSWERED


def _cause(cdr: Cdr) -> str:
    tried = cdr.variable("originate_disposition") if cdr.is_first_leg else ""
    return tried if tried not in ("", "SUCCESS", "failure") else cdr.variable("hangup_cause")


def _is_voicemail(cdr: Cdr) -> bool:
    """Return whether the leg ended in mod_voicemail, or in the script that FusionPBX has for it."""
    application, argument = cdr.variable("last_app"), cdr.variable("last_arg")
    return application == "voicemail" or (application == "lua" and "voicemail" in argument)


def _left_the_queue(cdr: Cdr) -> bool:
    """Return whether a caller hung up while mod_callcenter let him wait."""
    left = cdr.variable("cc_cause").lower() == "cancel"
    return left and cdr.variable("cc_cancel_reason").upper() in ("", "BREAK_OUT")
