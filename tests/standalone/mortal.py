"""Peyvand, killed in the middle of a partner's event: `mortal.py before|after PORT` in an installation's folder.

`before`: the id is claimed, and nothing is published. `after`: what it says is committed, and not noted as durable.
"""

import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal, cast

import uvloop

from peyvand.publish import Publisher, Reading
from peyvand.server import listening, serve
from peyvand_standalone.application import product
from peyvand_standalone.places import Places
from peyvand_standalone.sources import read_configuration

Moment = Literal["before", "after"]


@dataclass(frozen=True, slots=True)
class Mortal:
    """Ends the process by SIGKILL at a moment of publishing."""

    moment: Moment
    inner: Publisher

    async def publish(self, readings: Sequence[Reading]) -> None:
        """Publish, or die before."""
        if self.moment == "after":
            await self.inner.publish(readings)
        os.kill(os.getpid(), signal.SIGKILL)


async def main(moment: Moment, port: int) -> None:
    """Serve until the first event."""
    configuration = read_configuration(Path("peyvand.yaml"), os.environ)
    places = Places.of(Path("var"), configuration.storage)
    with listening("127.0.0.1", port) as listener:
        async with product(configuration, places, through=partial(Mortal, moment)) as made:
            await serve(made.app, listener, made.stopping)


if __name__ == "__main__":
    uvloop.run(main(cast("Moment", sys.argv[1]), int(sys.argv[2])))
