"""Threads: the same in any order, over gaps, and closed to strangers."""

from itertools import permutations
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from making import ORGANISATION, address, customer, message
from peyvand.event import Direction, Outcome, Party, Report, Reported, Role, party
from timeline.folds.interaction import Interaction, fold
from timeline.folds.thread import LONGEST, NEAREST, arounds, mentions, thread

US = party(Role.TO, [address("support@example.ir")], ORGANISATION)


def mail(key: str, *answers: str, who: str = "maryam@gmail.com", minutes: int = 0, **fields: Any) -> Interaction:
    """Return a mail whose Message-ID is `key`@x."""
    people: list[Party] = [customer(address(who)), US]
    return fold(
        [
            message(
                f"hash of {key}",
                people,
                minutes=minutes,
                channel="email",
                message_key=f"{key}@x",
                replies_to=tuple(f"{a}@x" for a in answers),
                subject=f"about {key}",
                **fields,
            )
        ]
    )


def ids(mails: list[Interaction]) -> list[str]:
    return [m.message_key or "" for m in mails]


ASKED = mail("asked")
ANSWERED = mail("answered", "asked", minutes=1, direction=Direction.OUTBOUND)
AGAIN = mail("again", "answered", "asked", minutes=2)
ELSE = mail("else", minutes=3)


def test_a_thread_is_the_same_from_each_of_its_mails_and_in_any_order() -> None:
    for start in (ASKED, ANSWERED, AGAIN):
        for order in permutations([ASKED, ANSWERED, AGAIN, ELSE]):
            assert ids(thread(ORGANISATION.id, start, order)) == ["asked@x", "answered@x", "again@x"]


def test_two_answers_to_a_mail_that_never_came_are_one_thread() -> None:
    one, two = mail("one", "missing"), mail("two", "missing", minutes=1)
    assert ids(thread(ORGANISATION.id, one, [one, two, ELSE])) == ["one@x", "two@x"]


def test_a_stranger_who_knows_the_id_does_not_join() -> None:
    stranger = mail("mine", "asked", who="stranger@evil.example", minutes=5)
    assert ids(thread(ORGANISATION.id, ASKED, [ASKED, ANSWERED, stranger])) == ["asked@x", "answered@x"]
    assert ids(thread(ORGANISATION.id, stranger, [ASKED, ANSWERED, stranger])) == ["mine@x"]


def test_a_colleague_who_was_copied_joins() -> None:
    copied = fold(
        [
            message(
                "h", [customer(address("maryam@gmail.com")), customer(address("ali@gmail.com"), role=Role.CC), US],
                channel="email", message_key="copied@x", replies_to=("asked@x",), minutes=1,
            )
        ]
    )  # fmt: skip
    by_colleague = mail("his", "copied", "asked", who="ali@gmail.com", minutes=2)
    assert ids(thread(ORGANISATION.id, ASKED, [by_colleague, copied])) == ["asked@x", "copied@x", "his@x"]


def test_of_a_long_chain_the_nearest_and_the_first_are_kept() -> None:
    long = mail("last", *(f"m{n}" for n in range(100)))
    kept = mentions(ORGANISATION.id, long)
    assert len(kept) == 1 + NEAREST + 1
    assert ids(thread(ORGANISATION.id, long, [mail("m99")])) == ["last@x", "m99@x"]


def test_a_thread_has_an_end() -> None:
    every = [mail(f"m{n}", "asked", minutes=n) for n in range(LONGEST + 10)]
    assert len(thread(ORGANISATION.id, ASKED, every)) == LONGEST


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7), st.sampled_from(["a@b.ir", "c@d.ir"])), max_size=8))
def test_belonging_together_is_mutual(edges: list[tuple[int, int, str]]) -> None:
    mails = [mail(f"m{a}", f"m{b}", who=who, minutes=n) for n, (a, b, who) in enumerate(edges)]
    mails = list({m.id: m for m in mails}.values())
    threads = {m.id: {o.id for o in thread(ORGANISATION.id, m, mails)} for m in mails}
    for members in threads.values():
        assert all(threads[i] == members for i in members)


def test_a_mail_names_what_it_answers_and_a_report_what_it_is_about() -> None:
    about = customer(address("maryam@gmail.com"), role=Role.ABOUT)
    told = Report(recipients=(Reported(recipient="maryam@gmail.com", outcome=Outcome.FAILED),), original="answered@x")
    bounce = fold([message("b", [about, US], channel="email", message_key="b@x", report=told, minutes=9)])
    beside = arounds(ORGANISATION.id, [ANSWERED, AGAIN, bounce], [ASKED, ANSWERED, AGAIN, bounce])
    assert beside[ANSWERED.id].answers == ASKED
    assert beside[ANSWERED.id].reports == (bounce,)
    assert beside[AGAIN.id].answers == ANSWERED
    assert beside[bounce.id].about == ANSWERED


def test_a_report_of_a_stranger_says_nothing_of_our_mail() -> None:
    told = Report(original="answered@x")
    forged = fold([message("b", [customer(address("x@evil.example")), US], channel="email", report=told)])
    beside = arounds(ORGANISATION.id, [ANSWERED, forged], [ANSWERED, forged])
    assert beside[ANSWERED.id].reports == ()
    assert beside[forged.id].about is None
