"""A difference between rules, in words."""

from collections.abc import Callable
from typing import TypeVar

from rich.console import Console

from timeline.folds.identity import Seen
from timeline.simulating import Difference, Person, Regrouped, Resharing, Several

HANDLES = 6
T = TypeVar("T")


def show_difference(console: Console, found: Difference) -> None:
    """Say how many customers would be otherwise, with examples of each kind."""
    if found.none:
        _say(console, f"No difference: the {found.customers_before:,} customers stay as they are.")
        return
    _say(console, f"{found.customers_before:,} customers today; {found.customers_after:,} with the new rules.")
    for words, several in (
        ("several customers would become one", found.merged),
        ("one customer would become several", found.split),
        ("several would become several others", found.mixed),
    ):
        _show(console, words, several, _regrouped)
    _show(console, "handles would be shared, or no more", found.resharings, _reshared)


def _show(console: Console, words: str, several: Several[T], told: Callable[[T], str]) -> None:
    if several.count:
        _say(console, f"\n{several.count:,} × {words}:")
    for one in several.examples:
        _say(console, f"  {told(one)}")
    if left := several.count - len(several.examples):
        _say(console, f"  … and {left:,} more")


def _regrouped(regrouped: Regrouped) -> str:
    before = " | ".join(map(_person, regrouped.before))
    after = " | ".join(map(_person, regrouped.after))
    return f"{before}\n    → {after}"


def _person(person: Person) -> str:
    names = ", ".join(person.names[:2]) or "no name"
    handles = ", ".join(map(_handle, person.handles[:HANDLES]))
    more = f" and {len(person.handles) - HANDLES:,} more" if len(person.handles) > HANDLES else ""
    return f"{names} ({handles}{more})"


def _reshared(resharing: Resharing) -> str:
    if resharing.after:
        return f"{_handle(resharing.handle)} would link nobody: {resharing.after}"
    return f"{_handle(resharing.handle)} would link; today it does not: {resharing.before}"


def _handle(seen: Seen) -> str:
    return f"{seen.kind} {seen.scope}:{seen.value}" if seen.scope else seen.value


def _say(console: Console, words: str) -> None:
    console.print(words, markup=False, soft_wrap=True)
