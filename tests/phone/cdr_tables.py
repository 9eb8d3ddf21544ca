"""CDR tables as FreePBX and Issabel make them, in a real MariaDB or PostgreSQL, filled as Asterisk fills them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from ingest_phone.channels.asterisk.settings import Settings
from parts.mariadb import MariaDb
from parts.postgres import Postgres
from phone.cdr_rows import INBOUND

ISSABEL = {
    "calldate": "timestamp", "clid": "varchar(80)", "src": "varchar(80)", "dst": "varchar(80)",
    "dcontext": "varchar(80)", "channel": "varchar(80)", "dstchannel": "varchar(80)", "lastapp": "varchar(80)",
    "lastdata": "varchar(80)", "duration": "integer", "billsec": "integer", "disposition": "varchar(45)",
    "amaflags": "integer", "accountcode": "varchar(20)", "uniqueid": "varchar(32)", "userfield": "varchar(255)",
    "recordingfile": "varchar(255)", "cnum": "varchar(40)", "cnam": "varchar(40)", "outbound_cnum": "varchar(40)",
    "outbound_cnam": "varchar(40)", "dst_cnam": "varchar(40)", "did": "varchar(50)",
}  # fmt: skip
FREEPBX = ISSABEL | {"linkedid": "varchar(32)", "peeraccount": "varchar(80)", "sequence": "integer"}
CEL = {"id": "integer", "eventtype": "varchar(30)", "uniqueid": "varchar(32)", "linkedid": "varchar(32)"}
NUMBERS = ("duration", "billsec", "amaflags", "sequence", "id")
PASSWORD = "only-reads"


def call(**columns: str) -> dict[str, str]:
    """Return a row's columns as the file has them, some of them other than usual."""
    return INBOUND | columns


class System(Protocol):
    """A telephone system's database: empty, and a user who may read what it was granted."""

    def make(self, table: str, columns: dict[str, str]) -> None: ...
    def add(self, table: str, row: dict[str, str]) -> None: ...
    def grant(self, table: str, rights: str = "SELECT") -> None: ...
    def settings(self, **more: Any) -> Settings: ...


def _values(row: dict[str, str], columns: dict[str, str]) -> dict[str, str]:
    told = row | {"calldate": row.get("start", ""), "amaflags": "3"}
    return {name: told[name] for name in columns if told.get(name)}


def _insert(table: str, row: dict[str, str]) -> str:
    values = (value if name in NUMBERS else "'" + value.replace("'", "''") + "'" for name, value in row.items())
    return f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join(values)})"


def _create(table: str, columns: dict[str, str]) -> str:
    made = (f"{name} {kind}{' NULL' if kind == 'timestamp' else ''}" for name, kind in columns.items())
    return f"CREATE TABLE {table} ({', '.join(made)})"


@dataclass
class InMariaDb:
    """The database of FreePBX or Issabel; times are datetime, as there."""

    server: MariaDb
    name: str
    user: str
    columns: dict[str, dict[str, str]] = field(default_factory=dict)

    def make(self, table: str, columns: dict[str, str]) -> None:
        made = {name: kind.replace("timestamp", "datetime") for name, kind in columns.items()}
        self.server.do(f"{_create(f'{self.name}.{table}', made)} ENGINE=MyISAM")
        self.columns[table] = made

    def add(self, table: str, row: dict[str, str]) -> None:
        self.server.do(_insert(f"{self.name}.{table}", _values(row, self.columns[table])))

    def grant(self, table: str, rights: str = "SELECT") -> None:
        self.server.do(f"GRANT {rights} ON {self.name}.{table} TO '{self.user}'@'127.0.0.1'")

    def settings(self, **more: Any) -> Settings:
        url = f"mysql://{self.server.host}:{self.server.port}/{self.name}"
        return _settings(url, self.user, more)


@dataclass
class InPostgres:
    """The database of a plain Asterisk."""

    server: Postgres
    url: str
    user: str
    columns: dict[str, dict[str, str]] = field(default_factory=dict)

    def make(self, table: str, columns: dict[str, str]) -> None:
        self.do(_create(table, columns))
        self.columns[table] = columns

    def add(self, table: str, row: dict[str, str]) -> None:
        self.do(_insert(table, _values(row, self.columns[table])))

    def grant(self, table: str, rights: str = "SELECT") -> None:
        self.do(f"GRANT {rights} ON {table} TO {self.user}")

    def settings(self, **more: Any) -> Settings:
        scheme, _, rest = self.url.partition("://")
        return _settings(f"{scheme}://{rest.rpartition('@')[2]}", self.user, more)

    def do(self, statement: str) -> None:
        Postgres(self.url).do(statement)


def _settings(url: str, user: str, more: dict[str, Any]) -> Settings:
    usual = {"timezone": "Asia/Tehran", "password": PASSWORD, "poll_seconds": 0.005}
    return Settings.model_validate({"database": url, "user": user} | usual | more)


@contextmanager
def in_mariadb(server: MariaDb) -> Iterator[InMariaDb]:
    name = server.create()
    user = name[-12:]
    server.do(f"CREATE USER '{user}'@'127.0.0.1' IDENTIFIED BY '{PASSWORD}'")
    try:
        yield InMariaDb(server, name, user)
    finally:
        server.do(f"DROP USER '{user}'@'127.0.0.1'")
        server.do(f"DROP DATABASE {name}")


@contextmanager
def in_postgres(server: Postgres) -> Iterator[InPostgres]:
    with server.database() as given:
        url = given.replace("postgresql+asyncpg://", "postgresql://")
        user = f"reads_{url[-12:]}"
        server.do(f"CREATE ROLE {user} LOGIN PASSWORD '{PASSWORD}'")
        try:
            yield InPostgres(server, url, user)
        finally:
            Postgres(url).do(f"DROP OWNED BY {user}")
            server.do(f"DROP ROLE {user}")
