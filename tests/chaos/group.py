"""The timeline's consumer group, as its coordinator sees it."""

from dataclasses import dataclass

from confluent_kafka.admin import AdminClient

from chaos.waiting import wait_calmly


@dataclass(frozen=True, slots=True)
class Seen:
    """A group at one moment: its state, and which partitions each member has."""

    state: str
    members: frozenset[tuple[str, frozenset[tuple[str, int]]]]


@dataclass(frozen=True, slots=True)
class Group:
    """One group at one broker."""

    bootstrap: str
    name: str

    def seen(self) -> Seen:
        """Ask the coordinator."""
        admin = AdminClient({"bootstrap.servers": self.bootstrap, "log_level": 3})
        told = admin.describe_consumer_groups([self.name])[self.name].result(timeout=10)
        members = (
            (m.member_id, frozenset((tp.topic, tp.partition) for tp in m.assignment.topic_partitions))
            for m in told.members
        )
        return Seen(told.state.name, frozenset(members))

    def wait_until_dealt(self, members: int, seconds: float = 60) -> Seen:
        """Return the group once it has so many members, each with partitions of its own."""

        def dealt() -> bool:
            now = self.seen()
            return now.state == "STABLE" and len(now.members) == members and all(held for _, held in now.members)

        wait_calmly(dealt, f"a group of {members}", seconds)
        return self.seen()
