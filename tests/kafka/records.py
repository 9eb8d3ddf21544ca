"""Records that a test sends as they are, with aiokafka itself."""

from aiokafka import AIOKafkaProducer

from parts.kafka import Kafka


async def send(kafka: Kafka, topic: str, *values: bytes) -> None:
    """Return once Kafka has all of them, in this order, where the topic has one partition."""
    async with AIOKafkaProducer(bootstrap_servers=kafka.bootstrap, acks="all") as producer:
        for sent in [await producer.send(topic, value) for value in values]:
            await sent
