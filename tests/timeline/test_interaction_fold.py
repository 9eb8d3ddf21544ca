"""The fold of an interaction: the same in any order and with any repetition."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from making import START, address, customer, message, mobile, telegram
from peyvand.event import Attachment, Change, Clock, Flag, InteractionEvent, Role, Status
from timeline.folds.interaction import fold
from timeline.folds.search import folded

PEOPLE = [
    customer(telegram(1), name="مریم"),
    customer(telegram(1), mobile("09123456789")),
    customer(address("a@b.ir"), name="Ali", role=Role.TO),
    customer(name="بدون شماره", role=Role.CC),
]
CHANGES = [Change.CREATED, Change.EDITED, Change.DELETED, Change.STATUS, Change.REACTION, Change.FILES]
AT_THE_VENDOR = st.builds(Attachment, name=st.sampled_from(["a", "b"]), at=st.sampled_from(["t:1", "t:2"]))
FETCHED = st.builds(
    Attachment,
    origin=st.sampled_from(["t:1", "t:2"]),
    at=st.sampled_from(["sha256:1", "sha256:2"]),
    sha256=st.sampled_from([None, "1", "2"]),
)


@st.composite
def sightings(draw: st.DrawFn) -> InteractionEvent:
    change = draw(st.sampled_from(CHANGES))
    number = draw(st.integers(0, 3))
    who = draw(st.lists(st.sampled_from(PEOPLE), max_size=3))
    if change is Change.REACTION:
        who = [customer(telegram(number), role=Role.REACTOR)]
    made = message(
        "1", who, f"text {number}", number,
        change=change,
        order=f"{number:03d}",
        connector=draw(st.sampled_from(["a", "b", "c"])),
        flags=draw(st.sampled_from([(), (Flag(name="list"),)])),
        status=draw(st.sampled_from(list(Status))) if change is Change.STATUS else None,
        reactions=draw(st.sampled_from([(), ("👍",), ("❤", "👍")])) if change is Change.REACTION else None,
        subject=draw(st.sampled_from([None, "موضوع"])),
        attachments=draw(st.lists(FETCHED if change is Change.FILES else AT_THE_VENDOR, max_size=2).map(tuple)),
    )  # fmt: skip
    return made.model_copy(
        update={
            "normaliser": draw(st.integers(1, 2)),
            "source_revision": draw(st.integers(0, 1)),
            "received_at": made.received_at + timedelta(seconds=draw(st.integers(0, 2))),
            "occurred_from": draw(st.sampled_from(list(Clock))),
        }
    )


@given(st.lists(sightings(), min_size=1, max_size=8).flatmap(lambda e: st.tuples(st.just(e), _shuffled(e))))
def test_order_and_repetition_change_nothing(both: tuple[list[InteractionEvent], list[InteractionEvent]]) -> None:
    events, shuffled = both
    assert fold(shuffled) == fold(events)


def _shuffled(events: Sequence[InteractionEvent]) -> st.SearchStrategy[list[InteractionEvent]]:
    repeated = st.lists(st.sampled_from(events), max_size=4)
    return repeated.flatmap(lambda more: st.permutations([*events, *more]))


@given(st.lists(sightings(), min_size=1, max_size=6))
def test_the_status_never_goes_back(events: list[InteractionEvent]) -> None:
    ranks = list(Status)
    reached = [ranks.index(e.status) for e in _standing(events) if e.status]
    found = fold(events).status
    assert (ranks.index(found) if found else -1) == max(reached, default=-1)


def _standing(events: list[InteractionEvent]) -> list[InteractionEvent]:
    best: dict[object, InteractionEvent] = {}
    for e in sorted(
        events, key=lambda e: (e.source_revision, e.normaliser, -e.received_at.timestamp(), e.model_dump_json())
    ):
        best[e.event_id] = e
    return list(best.values())


def test_a_delete_before_its_create_leaves_a_deleted_message_with_its_text() -> None:
    who = [customer(telegram(1))]
    gone = message("1", (), None, 5, change=Change.DELETED)  # type: ignore[arg-type]
    found = fold([gone, message("1", who, "سلام", 1)])
    assert (found.text, found.deleted_at) == ("سلام", START + timedelta(minutes=5))


def test_the_latest_edit_stands_however_late_the_earlier_one_comes() -> None:
    who = [customer(telegram(1))]
    edits = [message("1", who, f"v{n}", n, change=Change.EDITED, order=f"{n:03d}") for n in (10, 9, 2)]
    found = fold([*edits, message("1", who, "v0", 0)])
    assert (found.text, found.edited_at) == ("v10", START + timedelta(minutes=10))
    assert found.occurred_at == START


def test_one_mail_in_three_mailboxes_is_one_interaction_seen_by_three_connectors() -> None:
    who = [customer(address("a@b.ir"))]
    seen = [message("1", who, "hello", connector=c, channel="email") for c in ("info", "sales", "support")]
    assert len({e.event_id for e in seen}) == 3
    assert fold(seen).connectors == ("info", "sales", "support")


def test_the_original_speaks_before_a_lists_copy() -> None:
    who = [customer(address("a@b.ir"))]
    copy = message("1", who, "hello\n-- \nlist footer", connector="a", flags=(Flag(name="list"),))
    assert fold([copy, message("1", who, "hello", connector="b")]).text == "hello"


def test_a_reaction_that_was_taken_back_is_gone() -> None:
    reactor = [customer(telegram(9), role=Role.REACTOR)]
    on = message("1", reactor, None, 1, change=Change.REACTION, order="001", reactions=("👍",))  # type: ignore[arg-type]
    off = message("1", reactor, None, 2, change=Change.REACTION, order="002", reactions=())  # type: ignore[arg-type]
    first = message("1", [customer(telegram(1))])
    assert fold([first, off, on]).reactions == ()
    assert [r.shown for r in fold([first, on]).reactions] == [("👍",)]


def test_persian_and_arabic_writing_find_each_other() -> None:
    assert folded("كتابِ ۱۲۳ عليّ") == folded("کتاب 123 علی")
    assert folded("می\u200cخواهم") == "می خواهم"
    assert folded("Straße ﷲ ﻣﺤﻤﺪ") == folded("STRASSE الله محمد")


@given(st.text(max_size=60))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert folded(folded(text)) == folded(text)


def lying(at: str, **fields: Any) -> Attachment:
    return Attachment(at=at, **{"state": "at the vendor", **fields})


def fetched(origin: str, order: str = "1") -> InteractionEvent:
    file = Attachment(at="sha256:1", origin=origin, state="stored", sha256="1", size=3, sniffed_type="image/png")
    return message("1", (), None, 9, change=Change.FILES, order=order, attachments=(file,))  # type: ignore[arg-type]


def test_a_fetched_file_takes_the_place_of_the_one_at_its_vendor_and_keeps_its_name() -> None:
    sent = message("1", [customer(telegram(1))], "x", 1, attachments=(lying("t:1"), lying("t:2", name="b.png", size=9)))
    found = fold([fetched("t:2"), sent])
    assert [(f.name, f.at, f.state, f.size) for f in found.attachments] == [
        ("", "t:1", "at the vendor", None),
        ("b.png", "sha256:1", "stored", 3),
    ]
    assert (found.text, found.occurred_at, len(found.parties)) == ("x", sent.occurred_at, 1)


def test_a_file_that_an_edit_brings_again_is_still_fetched_and_one_that_it_drops_is_gone() -> None:
    who = [customer(telegram(1))]
    sent = message("1", who, "x", 1, attachments=(lying("t:1"), lying("t:2")))
    edit = message("1", who, "y", 2, change=Change.EDITED, order="2", attachments=(lying("t:2", name="new"),))
    (found,) = fold([edit, fetched("t:1"), sent, fetched("t:2", "2")]).attachments
    assert (found.name, found.at) == ("new", "sha256:1")


def test_a_file_that_came_stands_before_word_that_it_could_not_be_had() -> None:
    lost = fetched("t:1", "9").model_copy(update={"attachments": (lying("t:1", origin="t:1", state="gone"),)})
    sent = message("1", [customer(telegram(1))], "x", 1, attachments=(lying("t:1"),))
    assert [f.state for f in fold([lost, fetched("t:1"), sent]).attachments] == ["stored"]
    assert [f.state for f in fold([lost, sent]).attachments] == ["gone"]
