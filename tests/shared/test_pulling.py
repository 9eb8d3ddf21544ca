"""All pulls of a process: one that ends all the same is said, without what may be private."""

import asyncio
from typing import cast

from structlog.testing import capture_logs

from peyvand.pull import Pull
from peyvand.pulling import pulling


class Ending:
    """A pull that ends with a part of a password in its words."""

    connector = "box"

    async def run(self) -> None:
        raise ValueError("invalid literal for int(): 'half'")


async def test_a_pull_that_ends_is_said_without_the_words_of_what_ended_it() -> None:
    with capture_logs() as said:
        async with pulling([cast("Pull", Ending())]), asyncio.timeout(5):
            while not said:
                await asyncio.sleep(0)
    assert said == [{"event": "pull ended", "connector": "box", "error": "ValueError", "log_level": "error"}]
