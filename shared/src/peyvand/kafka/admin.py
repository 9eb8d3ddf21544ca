"""What a broker's administration is asked, in our words; aiokafka gives the protocol and little more."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from peyvand.errors import Unavailable
from peyvand.kafka.ending import start
from peyvand.kafka.settings import KafkaSettings

REQUEST_SECONDS = 10.0
AGAIN_SECONDS = 0.2
# Where Kafka says that a setting comes from: the topic itself, not its broker or a default.
OF_THE_TOPIC = 1


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as it is: partitions, copies of each, and its settings by name."""

    name: str
    partitions: int
    copies: int
    settings: Mapping[str, str | None]
    own: Mapping[str, str | None]  # those of them that are the topic's own


class Admin:
    """The questions and orders that our topics need; each raises Unavailable, with what Kafka said."""

    def __init__(self, client: AIOKafkaAdminClient) -> None:
        self._client = client

    async def topics(self, names: Iterable[str]) -> dict[str, Topic]:
        """Return those of the topics that exist."""
        wanted = set(names)
        # All are asked for: asking for one by name would make it where brokers create topics by themselves.
        described = {t["topic"]: t for t in await self._client.describe_topics() if t["topic"] in wanted}
        settings = await self._settings(described) if described else {}
        return {name: _topic(name, described[name]["partitions"], settings[name]) for name in described}

    async def create(self, name: str, partitions: int, copies: int, settings: Mapping[str, str]) -> None:
        """Create a topic; that it exists already is no error."""
        made = NewTopic(name, partitions, copies, topic_configs=dict(settings))
        answer = await self._client.create_topics([made])
        for _, code, said, *_ in answer.topic_errors:
            if code and for_code(code) is not TopicAlreadyExistsError:
                raise Unavailable(f"Kafka did not create {name}: {said or for_code(code).__name__}")

    async def grow(self, name: str, partitions: int) -> None:
        """Give a topic more partitions."""
        await self._client.create_partitions({name: NewPartitions(partitions)})

    async def set(self, topic: Topic, settings: Mapping[str, str]) -> None:
        """Set some settings of a topic; the others of its own are sent along, since Kafka would forget them."""
        told = {**topic.own, **settings}
        for answer in await self._client.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic.name, told)]):
            for code, said, *_ in answer.resources:
                if code:
                    raise Unavailable(f"Kafka did not change {topic.name}: {said or for_code(code).__name__}")

    async def _settings(self, names: Iterable[str]) -> dict[str, list[Any]]:
        asked = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
        found = {}
        for answer in await self._client.describe_configs(asked):
            for code, said, _, name, entries in answer.resources:
                if code:
                    raise Unavailable(f"Kafka does not show the settings of {name}: {said or for_code(code).__name__}")
                found[name] = entries
        return found


@asynccontextmanager
async def administering(settings: KafkaSettings, seconds: float) -> AsyncIterator[Admin]:
    """Yield the administration of the brokers, waited for as long as told; raises Unavailable."""
    client = AIOKafkaAdminClient(
        bootstrap_servers=settings.servers, client_id="peyvand", request_timeout_ms=int(REQUEST_SECONDS * 1000)
    )
    try:
        await _started(client, settings, seconds)
        yield Admin(client)
    except (KafkaError, OSError) as error:
        raise Unavailable(f"Kafka said {type(error).__name__}: {error}") from error
    finally:
        await client.close()


async def _started(client: AIOKafkaAdminClient, settings: KafkaSettings, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            while True:
                try:
                    await start(client.start())
                    return
                except (KafkaError, OSError):
                    await asyncio.sleep(AGAIN_SECONDS)
    except TimeoutError:
        raise Unavailable(f"Kafka did not answer at {settings.bootstrap_servers} within {seconds:g} s") from None


def _topic(name: str, partitions: list[dict[str, Any]], entries: list[Any]) -> Topic:
    copies = min((len(p["replicas"]) for p in partitions), default=0)
    settings = {entry[0]: entry[1] for entry in entries}
    own = {entry[0]: entry[1] for entry in entries if entry[3] == OF_THE_TOPIC}
    return Topic(name, len(partitions), copies, settings, own)
