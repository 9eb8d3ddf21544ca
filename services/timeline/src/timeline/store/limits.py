"""How much of a PostgreSQL one process takes, and how long it waits for it."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

# A client gives up so much later than the server should have: what it hears from the server says more.
LATER_SECONDS = 2.0


class Limits(BaseSettings):
    """The limits of one process: DATABASE_WRITERS, DATABASE_READ_SECONDS and so on.

    A process holds at most `writers` + `readers` + 1 connections; the one hears and tells of commits.
    """

    model_config = SettingsConfigDict(env_prefix="DATABASE_", frozen=True)

    application: str = "peyvand-timeline"  # as pg_stat_activity shows us
    writers: int = Field(default=3, ge=1)
    readers: int = Field(default=5, ge=1)
    connect_seconds: float = Field(default=5.0, gt=0)
    wait_seconds: float = Field(default=5.0, gt=0)  # for one of our own connections to be free
    read_seconds: float = Field(default=10.0, gt=0)  # of one statement
    write_seconds: float = Field(default=20.0, gt=0)  # of one statement
    lock_seconds: float = Field(default=10.0, gt=0)  # for another's lock
    idle_seconds: float = Field(default=10.0, gt=0)  # between two statements of a transaction, which holds others up

    def session(self, statement_seconds: float) -> dict[str, str]:
        """Return what a session of PostgreSQL is told when it begins."""
        return {
            "application_name": self.application,
            "statement_timeout": _milliseconds(statement_seconds),
            "lock_timeout": _milliseconds(self.lock_seconds),
            "idle_in_transaction_session_timeout": _milliseconds(self.idle_seconds),
            # where a store is, any page is read as fast as the next one; the server's own idea is that of turning disks
            "random_page_cost": "1.1",
            "jit": "off",  # compiling takes longer than all that we ask
            # so that the server, too, finds out when our machine is gone
            "tcp_keepalives_idle": "30",
            "tcp_keepalives_interval": "10",
            "tcp_keepalives_count": "3",
        }


def _milliseconds(seconds: float) -> str:
    return str(max(1, round(seconds * 1000)))  # 0 would be no limit
