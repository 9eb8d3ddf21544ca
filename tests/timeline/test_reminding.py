"""Somebody is reminded of `peyvand rebuild` for as long as what is derived is not what it would be today."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import cast

import pytest
from sqlalchemy import insert

from making import ORGANISATION, address, customer, message, mobile, reading
from peyvand.identity.rules import Rules
from stores import Opened
from timeline.ports import Progress
from timeline.record import record
from timeline.reminding import Reminder, warn
from timeline.store import SqlStore, rebuild, remind
from timeline.store.derived_with import DERIVED

OLD, NEW = Rules(), Rules(landlines_link=True)


def _store(opened: Opened, rules: Rules) -> SqlStore:
    return SqlStore(opened.database, ORGANISATION.id, rules)


async def _tell(store: SqlStore, *numbers: int) -> None:
    for n in numbers:
        who = customer(mobile("02188776655"), address(f"p{n}@x.ir"), name="Ali Rezaei")
        await record([reading(message(str(n), [who], minutes=n))], store)


async def _rebuilt(store: SqlStore) -> None:
    async for _ in rebuild(store):
        pass


async def test_who_goes_on_with_the_same_rules_is_reminded_of_nothing(opened: Opened) -> None:
    assert await remind(opened.database, NEW) is None
    await _tell(_store(opened, OLD), 1, 2)
    assert await remind(opened.database, OLD) is None


async def test_other_rules_are_told_until_a_rebuild_has_come_to_its_end(opened: Opened) -> None:
    await _tell(_store(opened, OLD), 1, 2)
    assert await remind(opened.database, NEW) is Reminder.RULES
    await _tell(_store(opened, NEW), 3)
    assert await remind(opened.database, NEW) is Reminder.RULES
    async with aclosing(cast("AsyncGenerator[Progress, None]", rebuild(_store(opened, NEW)))) as rebuilding:
        async for _ in rebuilding:
            break
    assert await remind(opened.database, NEW) is Reminder.RULES
    await _rebuilt(_store(opened, NEW))
    assert await remind(opened.database, NEW) is None
    assert await remind(opened.database, OLD) is Reminder.RULES


@pytest.mark.parametrize("stage", ["interactions", "customers"])
async def test_who_still_runs_with_the_old_rules_while_all_is_rebuilt_is_told_of(opened: Opened, stage: str) -> None:
    await _tell(_store(opened, OLD), 1, 2)
    async for progress in rebuild(_store(opened, NEW)):
        if progress.stage == stage:
            await _tell(_store(opened, OLD), 3)
    assert await remind(opened.database, NEW) is Reminder.RULES


async def test_rules_that_were_changed_and_changed_back_are_told(opened: Opened) -> None:
    await _tell(_store(opened, OLD), 1)
    await _tell(_store(opened, NEW), 2)
    assert await remind(opened.database, OLD) is Reminder.RULES


async def test_what_another_version_derived_is_told_and_logged(
    opened: Opened, capsys: pytest.CaptureFixture[str]
) -> None:
    await opened.database.write(
        lambda c: c.execute(insert(DERIVED).values(rules="", revision=0, mending=False)).rowcount
    )

    async def due() -> Reminder | None:
        return await remind(opened.database, NEW)

    assert await due() is Reminder.UPDATE
    await warn(due)
    assert "./peyvand rebuild" in capsys.readouterr().out
