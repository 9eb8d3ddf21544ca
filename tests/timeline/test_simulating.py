"""What other rules would change, told from two derivations of one record."""

from collections.abc import Sequence
from uuid import uuid5

from making import ORGANISATION, START, address, customer, message, mobile
from peyvand.event import InteractionEvent, Party
from peyvand.identity import Rules
from timeline.folds.identity import Derived, Evidence, Seen, Standing, derive, evidence_of
from timeline.simulating import EXAMPLES, Difference, Person, difference, together

TODAY = Rules()


def compared(events: Sequence[InteractionEvent], before: Rules, after: Rules) -> Difference:
    evidence: list[Evidence] = [e for event in events for e in evidence_of(ORGANISATION.id, event)]
    return difference(*(derive(ORGANISATION.id, evidence, [], rules) for rules in (before, after)))


def told(key: str, *who: Party, minutes: int = 0) -> InteractionEvent:
    return message(key, who, minutes=minutes)


LANDLINE = mobile("02188776655")
LANDLINES = Rules(landlines_link=True)
TWO_ON_A_LANDLINE = [
    told("a", customer(LANDLINE, address("ali@x.ir"), name="Ali Rezaei")),
    told("b", customer(LANDLINE, address("ali.rezaei@x.ir"), name="Ali Rezaei"), minutes=1),
]
FAMILY_MOBILE = [
    told("a", customer(mobile("09123456780"), address("ali@x.ir"), name="Ali Rezaei")),
    told("b", customer(mobile("09123456780"), address("maryam@x.ir"), name="Maryam Ahmadi"), minutes=1),
]


def test_the_same_rules_make_no_difference() -> None:
    found = compared(FAMILY_MOBILE, TODAY, TODAY)
    assert found.none
    assert found.customers_before == found.customers_after


def test_customers_that_become_one_are_told_with_names_and_handles() -> None:
    found = compared(TWO_ON_A_LANDLINE, TODAY, LANDLINES)
    assert (found.customers_before, found.customers_after) == (3, 1)
    (merged,) = found.merged.examples
    assert (found.split.count, found.mixed.count) == (0, 0)
    assert [(p.names, [h.value for h in p.handles]) for p in merged.before] == [
        (("Ali Rezaei",), ["ali@x.ir"]),
        (("Ali Rezaei",), ["+982188776655"]),
        (("Ali Rezaei",), ["ali.rezaei@x.ir"]),
    ]
    (one,) = merged.after
    assert {h.value for h in one.handles} == {"ali@x.ir", "+982188776655", "ali.rezaei@x.ir"}


def test_a_customer_that_becomes_several_is_told() -> None:
    found = compared(TWO_ON_A_LANDLINE, LANDLINES, TODAY)
    (split,) = found.split.examples
    assert (len(split.before), len(split.after), found.merged.count, found.mixed.count) == (1, 3, 0, 0)


def test_several_that_become_several_others_are_told_together() -> None:
    found = difference(grouped(["ab", "cd", "e"]), grouped(["a", "bc", "d", "e"]))
    (mixed,) = found.mixed.examples
    assert (values(mixed.before), values(mixed.after)) == (["ab", "cd"], ["a", "bc", "d"])
    assert (found.merged.count, found.split.count) == (0, 0)


def test_a_chain_of_mixtures_is_one() -> None:
    found = difference(grouped(["ab", "cd", "ef"]), grouped(["a", "bc", "de", "f"]))
    assert [m.size for m in found.mixed.examples] == [6]


def grouped(groups: Sequence[str]) -> Derived:
    """Return a derivation in which each letter is a handle and each word a customer."""
    names = {letter: uuid5(ORGANISATION.id, letter) for word in groups for letter in word}
    customers = {letter: uuid5(ORGANISATION.id, f"customer {min(word)}") for word in groups for letter in word}
    seen = {letter: Seen(START, names[letter], "crm", "", letter, names[letter]) for letter in names}
    handles = {
        names[letter]: Standing(seen[letter], None, names[letter], customers[letter]) for letter in sorted(names)
    }
    return Derived(handles, {}, {}, {})


def values(people: Sequence[Person]) -> list[str]:
    return sorted("".join(sorted(h.value for h in person.handles)) for person in people)


def test_a_handle_that_would_begin_to_link_or_cease_to_is_told_with_the_reason() -> None:
    (begins,) = compared(TWO_ON_A_LANDLINE, TODAY, LANDLINES).resharings.examples
    (ceases,) = compared(TWO_ON_A_LANDLINE, LANDLINES, TODAY).resharings.examples
    assert (begins.handle.value, begins.before, begins.after) == ("+982188776655", ceases.after, None)
    assert ceases.after


def test_the_largest_comes_first_and_those_who_stay_are_left_out() -> None:
    others = [
        told("c", customer(mobile("02188776600"), address("b@x.ir")), minutes=3),
        told("d", customer(mobile("09121111119"), address("c@x.ir")), minutes=4),
    ]
    found = compared([*others, *TWO_ON_A_LANDLINE], TODAY, LANDLINES)
    assert [m.size for m in found.merged.examples] == [3, 2]


def test_the_order_of_the_evidence_changes_nothing() -> None:
    events = [*FAMILY_MOBILE, *TWO_ON_A_LANDLINE]
    rules = Rules(landlines_link=True, names_must_agree=False)
    assert compared(events, TODAY, rules) == compared(events[::-1], TODAY, rules)


def test_parts_of_a_record_come_to_what_the_whole_does() -> None:
    apart = [difference(grouped([word]), grouped(list(word))) for word in ("abc", "def", "g", "hi")]
    found = together(apart)
    assert found == difference(grouped(["abc", "def", "g", "hi"]), grouped(list("abcdefghi")))
    assert (found.customers_before, found.customers_after, found.split.count) == (4, 9, 3)


def test_of_many_there_are_few_examples_and_the_largest_first() -> None:
    pairs = [letter + letter.upper() for letter in "abcdefghijklmnop"]
    whole = difference(grouped([*pairs, "xyz"]), grouped([letter for pair in [*pairs, "xyz"] for letter in pair]))
    assert (whole.split.count, len(whole.split.examples), whole.split.examples[0].size) == (17, EXAMPLES, 3)
    assert together([whole, whole]).split.count == 34
