"""What one CDR row means: who called whom, how it ended, how long it took."""

import pytest

from peyvand.errors import Skipped
from peyvand.event import Call, CallResult, Change, Direction, InteractionEvent, Kind, Party, Role
from peyvand.identity import Proof
from phone.cdr_rows import EPOCH, INBOUND, OUTBOUND, configured, leg, line, read


def call(event: InteractionEvent) -> Call:
    assert event.call is not None
    return event.call


def in_role(event: InteractionEvent, role: Role) -> list[Party]:
    return [p for p in event.parties if p.role is role]


def numbers(event: InteractionEvent) -> dict[str, list[str]]:
    """Return the telephone numbers of each role that has a customer in it."""
    return {p.role.value: [h.value for h in p.handles] for p in event.parties if not p.ours}


def test_a_row_is_a_leg_of_a_call() -> None:
    event = leg()
    assert (event.kind, event.change, event.channel) == (Kind.CALL, Change.LEG, "phone")
    assert event.occurred_at.isoformat() == "2026-10-03T06:45:00+00:00"
    assert (call(event).wait_seconds, call(event).talk_seconds) == (9, 86)


def test_legs_of_a_call_are_one_interaction_and_each_an_event_of_its_own() -> None:
    rung = [leg(sequence="871"), leg(sequence="872", dstchannel="SIP/202-1"), leg(uniqueid=f"{EPOCH}.415")]
    assert len({e.interaction_id for e in rung}) == 1
    assert len({e.event_id for e in rung}) == 3


def test_without_a_sequence_the_row_itself_tells_its_leg_from_others() -> None:
    rung = [leg(sequence="", dstchannel=f"SIP/{n}-1") for n in (201, 202, 201)]
    assert len({e.event_id for e in rung}) == 2
    assert len({e.interaction_id for e in rung}) == 1


def test_without_a_linked_id_the_channels_own_id_makes_the_call() -> None:
    assert leg(linkedid="").interaction_id == leg(uniqueid="1.1", linkedid=f"{EPOCH}.412").interaction_id


def test_two_systems_with_names_never_share_a_call() -> None:
    north, south = (leg(linkedid=f"{name}-{EPOCH}.412") for name in ("north", "south"))
    assert north.interaction_id != south.interaction_id


@pytest.mark.parametrize(
    ("columns", "customer"),
    [
        ({}, {"caller": ["+989121112233"]}),
        ({"src": "989121112233", "dst": "600", "dcontext": "ext-queues"}, {"caller": ["+989121112233"]}),
        ({"src": "۰۹۱۲۱۱۱۲۲۳۳"}, {"caller": ["+989121112233"]}),
        ({"src": "", "clid": '"Reza" <+989121112233>'}, {"caller": ["+989121112233"]}),
        ({"dst": "02191001000", "dcontext": "from-trunk"}, {"caller": ["+989121112233"]}),
        ({"dst": "02188990011", "dcontext": "from-trunk"}, {"caller": ["+989121112233"]}),
        ({"src": "anonymous", "clid": '"Anonymous" <anonymous>'}, {"caller": []}),
        ({"src": "3000", "clid": "<3000>", "dcontext": "from-trunk"}, {"caller": []}),
        # passed on inside by who answered: the channel is still the caller's
        ({"dst": "202", "dcontext": "from-internal-xfer"}, {"caller": ["+989121112233"]}),
        # the second half of a Local channel
        ({"channel": "Local/201@from-queue-0001;2", "dcontext": "from-queue"}, {"caller": ["+989121112233"]}),
        # sent on to a mobile telephone
        (
            {"dst": "09351112244", "dcontext": "from-internal", "channel": "Local/09351112244@from-internal-1;2",
             "dstchannel": "SIP/shatel-3"},
            {"caller": ["+989121112233"], "callee": ["+989351112244"]},
        ),
    ],
)  # fmt: skip
def test_a_call_from_outside_is_inbound(columns: dict[str, str], customer: dict[str, list[str]]) -> None:
    event = leg(**columns)
    assert event.direction is Direction.INBOUND
    assert numbers(event) == customer


@pytest.mark.parametrize(
    ("columns", "customer"),
    [
        ({}, {"callee": ["+989351112244"]}),
        ({"dst": "00447911123459"}, {"callee": ["+447911123459"]}),
        # the own number is shown, or nothing is
        ({"src": "02191001000", "clid": "<02191001000>"}, {"callee": ["+989351112244"]}),
        ({"src": "anonymous", "clid": "anonymous"}, {"callee": ["+989351112244"]}),
        # a device that is not named by digits
        ({"src": "", "clid": "", "channel": "SIP/omid-desk-000000a1"}, {"callee": ["+989351112244"]}),
        ({"src": "", "clid": "", "channel": "SIP/door-000000a1"}, {"callee": ["+989351112244"]}),
        # a prefix for an outside line makes no number
        ({"dst": "909351112244"}, {"callee": []}),
    ],
)
def test_a_call_to_outside_is_outbound(columns: dict[str, str], customer: dict[str, list[str]]) -> None:
    event = leg(OUTBOUND, **columns)
    assert event.direction is Direction.OUTBOUND
    assert numbers(event) == customer


@pytest.mark.parametrize("dst", ["202", "*98201", "s", "02191001000", "09125556677"])
def test_a_call_within_the_house_is_skipped(dst: str) -> None:
    with pytest.raises(Skipped, match="internal call"):
        leg(OUTBOUND, dst=dst)


@pytest.mark.parametrize("linkedid", ["", f"{EPOCH}.412"])
def test_a_call_within_the_house_is_skipped_whether_or_not_the_file_links_calls(linkedid: str) -> None:
    with pytest.raises(Skipped, match="internal call"):
        leg(OUTBOUND, dst="202", linkedid=linkedid)


def test_a_consultation_in_a_customers_call_is_kept_as_an_internal_leg() -> None:
    event = leg(OUTBOUND, dst="202", dstchannel="SIP/202-1", uniqueid=f"{EPOCH}.492")
    assert event.direction is Direction.INTERNAL
    assert [(p.role, p.name, p.ours) for p in event.parties] == [
        (Role.CALLER, "Sara Karimi", True),
        (Role.AGENT, "omid", True),
    ]


def test_the_network_vouches_for_a_callers_number_and_nobody_for_a_dialled_one() -> None:
    assert [h.proof for h in in_role(leg(), Role.CALLER)[0].handles] == [Proof.VIA]
    assert [h.proof for h in in_role(leg(OUTBOUND), Role.CALLEE)[0].handles] == [Proof.CLAIMED]


def test_an_own_number_is_ours_whoever_calls_from_it() -> None:
    (caller,) = in_role(leg(src="09125556677", dcontext="from-trunk"), Role.CALLER)
    assert caller.ours


def test_a_number_that_came_in_by_a_trunk_is_ours_though_nobody_listed_it() -> None:
    (callee,) = in_role(leg(dst="02188990011", dcontext="from-trunk", dstchannel=""), Role.CALLEE)
    assert callee.ours


@pytest.mark.parametrize(
    ("clid", "name"),
    [
        ('"Alice" <100>', "Alice"),
        ("Alice <100>", "Alice"),
        ('"علی‌رضا محمدی" <09121112233>', "علی‌رضا محمدی"),
        ('"Sales: Reza "Mr" Rad" <0912>', 'Sales: Reza "Mr" Rad'),
        ('"09121112233" <09121112233>', None),
        ('"+98 912 111 22 33" <09121112233>', None),
        ('"۰۹۱۲۱۱۱۲۲۳۳" <09121112233>', None),
        ('"Unknown" <09121112233>', None),
        ('"No Caller ID" <09121112233>', None),
        ('"ناشناس" <09121112233>', None),
        ("09121112233", None),
        ("<09121112233>", None),
        ("", None),
    ],
)
def test_a_callers_name_is_one_only_when_it_is(clid: str, name: str | None) -> None:
    assert in_role(leg(clid=clid), Role.CALLER)[0].name == name


@pytest.mark.parametrize(
    "src",
    ["", "anonymous", "Anonymous", "UNKNOWN", "Restricted", "private number", "No Caller-ID", "withheld", "ناشناس"],
)
def test_a_withheld_number_is_a_caller_without_a_handle_and_no_fault(src: str) -> None:
    event = leg(src=src, clid=f'"{src}" <{src}>')
    (caller,) = in_role(event, Role.CALLER)
    assert (caller.handles, caller.name, caller.ours) == ((), None, False)
    assert event.flags == ()


def test_a_number_that_cannot_be_completed_is_flagged() -> None:
    event = leg(src="88776655", clid="<88776655>")
    assert numbers(event) == {"caller": []}
    assert [f.name for f in event.flags] == ["number"]


@pytest.mark.parametrize(
    ("dstchannel", "extension", "agent"),
    [
        ("SIP/201-0000001a", "201", "Sara Karimi"),
        ("PJSIP/202-0000001a", "202", "omid"),
        ("SIP/omid-desk-0000001a", "omid-desk", "omid"),
        ("Local/201@from-queue-0000001a;1", "201", "Sara Karimi"),
        ("Local/FMPR-201@from-internal-0000001a;1", "201", "Sara Karimi"),
        ("Agent/201", "201", "Sara Karimi"),
        ("IAX2/305-12", "305", None),
        ("DAHDI/12-1", "DAHDI/12", None),
        ("SIP/reception-0000001a", "SIP/reception", None),
        ("Local/s@macro-dial-0000001a;1", None, None),
        ("", None, None),
    ],
)
def test_who_answered_is_in_the_channels_name(dstchannel: str, extension: str | None, agent: str | None) -> None:
    told = call(leg(dst="600", lastapp="Queue", lastdata="600,t", dstchannel=dstchannel))
    assert (told.extension, told.agent) == (extension, agent)


def test_who_was_dialled_answered_when_the_channel_names_a_line_card() -> None:
    assert call(leg(dst="201", dstchannel="DAHDI/12-1")).extension == "201"


def test_who_was_only_rung_is_no_agent() -> None:
    event = leg(disposition="NO ANSWER", answer="", billsec="0")
    assert [(p.role, p.name) for p in event.parties if p.ours] == [(Role.CALLEE, "Sara Karimi")]


@pytest.mark.parametrize(
    ("disposition", "result"),
    [
        ("ANSWERED", CallResult.ANSWERED),
        ("NO ANSWER", CallResult.MISSED),
        ("NOANSWER", CallResult.MISSED),
        ("no_answer", CallResult.MISSED),
        ("BUSY", CallResult.BUSY),
        ("FAILED", CallResult.FAILED),
        ("CONGESTION", CallResult.FAILED),
        ("8", CallResult.ANSWERED),
        ("0", CallResult.MISSED),
    ],
)
def test_a_disposition_is_read_in_all_its_spellings(disposition: str, result: CallResult) -> None:
    assert call(leg(disposition=disposition)).result is result


def test_a_message_on_the_mailbox_is_a_voicemail_and_listening_to_it_is_not() -> None:
    left = leg(dst="vmu201", dstchannel="", lastapp="VoiceMail", lastdata="201@default,u")
    heard = leg(dst="s", dstchannel="", lastapp="VoiceMailMain", lastdata="201")
    assert (call(left).result, call(heard).result) == (CallResult.VOICEMAIL, CallResult.ANSWERED)


def test_an_announcement_that_a_number_cannot_be_reached_is_no_answer() -> None:
    assert call(leg(OUTBOUND, dstchannel="", lastapp="Playback")).result is CallResult.FAILED


def test_a_call_that_nobody_answered_waited_all_its_time() -> None:
    told = call(leg(disposition="NO ANSWER", answer="", billsec="0"))
    assert (told.wait_seconds, told.talk_seconds) == (95, 0)


def test_the_queue_is_the_first_part_of_its_application() -> None:
    assert call(leg(lastapp="Queue", lastdata="support,t,,,300")).queue == "support"
    assert call(leg(lastapp="Dial")).queue is None


def test_a_caller_without_a_number_in_a_context_of_the_house_is_ours() -> None:
    row = line(OUTBOUND | {"src": "", "clid": "", "channel": "SIP/door-000000a1", "dcontext": "office-out"})
    assert read(row).direction is Direction.INBOUND
    assert read(row, configured(internal_contexts=["office"])).direction is Direction.OUTBOUND


def test_a_call_in_a_trunks_context_of_ones_own_came_from_outside() -> None:
    row = line(INBOUND | {"src": "3000", "clid": "<3000>", "dcontext": "asiatech-in", "linkedid": "1.1"})
    assert read(row).direction is Direction.INTERNAL
    assert read(row, configured(inbound_contexts=["asiatech-in"])).direction is Direction.INBOUND


def test_how_long_extensions_are_is_set() -> None:
    row = line(OUTBOUND | {"src": "10201", "channel": "SIP/door-000000a1", "dcontext": "x"})
    assert read(row).direction is Direction.OUTBOUND
    assert read(row, configured(extension_digits=[3, 4])).direction is Direction.INBOUND
