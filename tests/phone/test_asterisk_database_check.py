"""What is said of a CDR table before anything is read from it, and of what its settings cannot mean."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import pytest
from pydantic import ValidationError

from ingest_phone.channels.asterisk import TABLE
from ingest_phone.channels.asterisk.settings import Settings
from ingest_phone.postgresql import in_words
from ingest_phone.sign_in import SignIn
from parts.loopback import free_port
from parts.mariadb import MariaDb
from parts.postgres import Postgres
from peyvand.errors import SignInFailed, Unavailable
from phone.cdr_tables import CEL, FREEPBX, ISSABEL, InMariaDb, InPostgres, System, call, in_mariadb, in_postgres

pytestmark = pytest.mark.real
TEHRAN = ZoneInfo("Asia/Tehran")


@pytest.fixture
def maria(mariadb: MariaDb) -> Iterator[InMariaDb]:
    with in_mariadb(mariadb) as made:
        yield made


@pytest.fixture
def postgresql(postgres: Postgres) -> Iterator[InPostgres]:
    with in_postgres(postgres) as made:
        yield made


@pytest.fixture(params=["maria", "postgresql"])
def system(request: pytest.FixtureRequest) -> System:
    made: System = request.getfixturevalue(request.param)
    return made


async def said(system: System, **settings: Any) -> str:
    return await TABLE.check(system.settings(**settings))


def begun(ago: timedelta, zone: ZoneInfo = TEHRAN) -> dict[str, str]:
    """Return the row of a call that began then, as a switchboard in that zone writes it."""
    at = datetime.now(UTC) - ago
    epoch = f"{int(at.timestamp())}.7"
    return call(start=f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S}", uniqueid=epoch, linkedid=epoch)


async def test_what_is_in_the_table_is_said(system: System) -> None:
    system.make("cdr", FREEPBX)
    system.grant("cdr")
    system.add("cdr", begun(timedelta(hours=3)))
    system.add("cdr", begun(timedelta(minutes=5, seconds=10)))
    assert "has 2 rows, which say what call each belongs to (linkedid); the newest call began 5 min" in await said(
        system
    )


async def test_an_empty_table_may_be_read(system: System) -> None:
    system.make("cdr", FREEPBX)
    system.grant("cdr")
    assert "may be read, and holds no row yet" in await said(system)


async def test_channel_events_that_tell_the_calls_are_named(maria: InMariaDb) -> None:
    maria.make("cdr", ISSABEL)
    maria.make("cel", CEL)
    maria.grant("cdr")
    maria.add("cdr", begun(timedelta(minutes=5)))
    assert "the legs of a transferred call will stand apart" in await said(maria)
    maria.grant("cel")
    assert "told by the channel events (linkedid of cel)" in await said(maria)


async def test_a_user_without_the_right_is_told_to_be_granted_it(system: System) -> None:
    system.make("cdr", FREEPBX)
    with pytest.raises(SignInFailed, match=r"may not (read|use)|grant it SELECT"):
        await said(system)


async def test_a_table_that_is_not_there_is_said(system: System) -> None:
    system.make("other", FREEPBX)
    system.grant("other")
    with pytest.raises((Unavailable, SignInFailed), match=r"no such table|grant it SELECT on the table"):
        await said(system)


async def test_a_table_of_something_else_is_said(system: System) -> None:
    system.make("cdr", CEL)
    system.grant("cdr")
    with pytest.raises(Unavailable, match=r"no CDR table: it has no column src, dst, .*calldate"):
        await said(system)


async def test_a_wrong_password_is_for_a_human(maria: InMariaDb) -> None:
    with pytest.raises(SignInFailed, match=r"refuses the user .*; are user, password") as refused:
        await said(maria, password="another")
    assert "another" not in str(refused.value)


def test_a_wrong_password_is_for_a_human_in_postgresql_too() -> None:
    told = in_words(asyncpg.InvalidPasswordError("x"), SignIn("127.0.0.1", 5432, "asterisk", "peyvand", "secret"))
    assert isinstance(told, SignInFailed)
    assert "refuses the user peyvand" in str(told)


@pytest.mark.parametrize("kind", ["mysql", "postgresql"])
async def test_a_server_that_is_away_is_said(kind: str) -> None:
    settings = Settings.model_validate({"database": f"{kind}://127.0.0.1:{free_port()}/asterisk", "password": "x"})
    with pytest.raises(Unavailable, match="cannot be reached"):
        await TABLE.check(settings)


async def test_a_database_that_is_not_there_is_said(postgresql: InPostgres) -> None:
    at = postgresql.settings().database
    assert at is not None
    with pytest.raises(Unavailable, match="has no database nowhere; is the name right"):
        await said(postgresql, database=f"{at.rpartition('/')[0]}/nowhere")


async def test_a_wrong_time_zone_is_found_by_the_calls_own_ids(system: System) -> None:
    system.make("cdr", FREEPBX)
    system.grant("cdr")
    system.add("cdr", begun(timedelta(days=1), ZoneInfo("UTC")))
    with pytest.raises(Unavailable, match=r"are 3 h 30 min away from the calls' own ids; set `utc: true`"):
        await said(system)
    assert "the newest call began" in await said(system, utc=True)


async def test_a_newest_row_that_cannot_be_read_is_said(system: System) -> None:
    system.make("cdr", FREEPBX)
    system.grant("cdr")
    system.add("cdr", call(disposition="WHATEVER"))
    with pytest.raises(Unavailable, match=r"newest row .* cannot be read: column disposition"):
        await said(system)


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({}, "needs `cdr` .*`database` .*one of them"),
        ({"cdr": "Master.csv", "database": "mysql://h/d", "password": "x"}, "one of them"),
        ({"database": "mysql://h/d"}, "needs the `password`"),
        ({"database": "sqlite:///d", "password": "x"}, "must be like mysql://"),
        ({"database": "mysql://h", "password": "x"}, "must be like mysql://"),
        ({"database": "mysql://root:x@h/d", "password": "x"}, "stand by themselves"),
        ({"database": "mysql://h/d", "password": "x", "table": "cdr; DROP"}, "the name of a table"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(settings: dict[str, str], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        Settings.model_validate(settings)


async def test_nothing_is_changed_even_by_a_user_who_might(system: System) -> None:
    system.make("cdr", FREEPBX)
    system.add("cdr", call())
    system.grant("cdr", "SELECT, DELETE")
    async with system.settings().source.opened() as connection:
        with pytest.raises(Unavailable, match=r"answers: .*(1792|25006)"):
            await connection.rows("DELETE FROM cdr")
