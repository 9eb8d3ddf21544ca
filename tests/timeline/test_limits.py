"""What is longer than a database likes is stored all the same; and what goes wrong there names nobody."""

import random

import pytest
from sqlalchemy import text

from making import customer, message, reading, telegram
from peyvand.event import Form
from stores import Opened
from timeline.ports import Principal
from timeline.record import record
from timeline.store.finding import MOST_WORDS

EVERYBODY = Principal("test")


def signs(count: int) -> str:
    """Return signs that no compression shortens."""
    chance = random.Random(20261123)
    return "".join(chr(chance.randint(0x4E00, 0x9FFF)) for _ in range(count))


@pytest.mark.parametrize("name", [signs(2_000), "\ufdfa" * 2_000], ids=["long", "longer when folded"])
async def test_a_name_of_any_length_keeps_its_message_on_the_timeline(opened: Opened, name: str) -> None:
    await record([reading(message("1", [customer(telegram(5), name=name)], "سلام"))], opened.store)
    (hit,) = await opened.timelines.search(EVERYBODY, name[:10], 5)
    assert hit.customer.name == name[:200]


async def test_a_form_with_more_words_than_an_index_takes_is_found_by_its_first(opened: Opened) -> None:
    fields = tuple((f"q{n}", " ".join(f"پاسخ{n}x{i}" for i in range(1_500))) for n in range(100))
    form = message("1", [customer(telegram(5))], "سلام", form=Form(fields=fields))
    await record([reading(form)], opened.store)
    assert len(await opened.timelines.search(EVERYBODY, "پاسخ0x7", 5)) == 1


async def test_a_pasted_page_is_looked_for_by_its_first_words(opened: Opened) -> None:
    said = [f"w{n}" for n in range(MOST_WORDS)]
    await record([reading(message("1", [customer(telegram(5))], " ".join(said)))], opened.store)
    assert len(await opened.timelines.search(EVERYBODY, " ".join([*said, *("unsaid",) * 3_000]), 5)) == 1


async def test_an_error_of_the_database_names_no_parameter(opened: Opened) -> None:
    wrong = text("SELECT no_such_thing(:who)")
    for do in (opened.database.read, opened.database.write):
        with pytest.raises(Exception, match="no_such_thing") as caught:
            await do(lambda connection: connection.execute(wrong, {"who": "sara@example.ir"}))
        assert "sara" not in str(caught.value)
