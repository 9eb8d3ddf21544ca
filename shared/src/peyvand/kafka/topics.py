"""The topics of the bus: python -m peyvand.kafka.topics makes them and says how safe they are."""

import asyncio
import sys

from pydantic import ValidationError

from peyvand.errors import Unavailable
from peyvand.kafka.durability import Durability, durability
from peyvand.kafka.provisioning import Provisioned, provision
from peyvand.kafka.quiet import quiet
from peyvand.kafka.settings import KafkaSettings

__all__ = ["Durability", "Provisioned", "durability", "main", "provision"]


def main() -> int:
    """Make the topics of the environment's Kafka: 0 all is as configured, 1 something is not, 2 it cannot be tried."""
    try:
        settings = KafkaSettings()
    except ValidationError as error:
        wrong = "; ".join(f"KAFKA_{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors(include_url=False))
        return _refuse(wrong)
    if not settings.servers:
        return _refuse("KAFKA_BOOTSTRAP_SERVERS is not set: it names the brokers, as host:port, separated by commas")
    try:
        return asyncio.run(_make(settings))
    except Unavailable as error:
        sys.stderr.write(f"{error}\n")
        return 1


async def _make(settings: KafkaSettings) -> int:
    with quiet():
        made = await provision(settings)
        held = await durability(settings)
    for line in made.done or ("the topics were as configured",):
        sys.stdout.write(f"{line}\n")
    for line in made.differs:
        sys.stdout.write(f"not as configured: {line}\n")
    sys.stdout.write(f"{'durable' if held.durable else 'NOT durable'}: {held.words}\n")
    return 1 if made.differs or not held.durable else 0


def _refuse(why: str) -> int:
    sys.stderr.write(f"{why}\n")
    return 2


if __name__ == "__main__":
    sys.exit(main())
