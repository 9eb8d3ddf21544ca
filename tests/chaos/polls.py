"""Who asks a bot for updates, copy by copy: each has a front of its own before the one Bot API."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby

from parts.bot_api import BotApi
from parts.loopback import free_port
from parts.proxy import Proxy


@dataclass(slots=True)
class Polls:
    """All polls in their order, by the name of the copy that made them."""

    bot: BotApi
    made: list[str] = field(default_factory=list)

    @contextmanager
    def front(self, copy: str) -> Iterator[str]:
        """Give a copy the base_url of its own way to the bot."""

        def passed(path: str) -> Sequence[str]:
            if path.endswith("/getUpdates"):
                self.made.append(copy)
            return [self.bot.url]

        with Proxy(passed).running(free_port()) as address:
            yield f"{address}/bot"

    def turns(self, since: int = 0) -> list[str]:
        """Return who polled, one after the other."""
        return [copy for copy, _ in groupby(self.made[since:])]
