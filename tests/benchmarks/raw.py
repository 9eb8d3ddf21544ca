"""The same rows in the same groups, written by nothing but SQLite: the limit of one commit for each group."""

import json
import os
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

Rows = dict[str, list[tuple[object, ...]]]


def groups_of(folder: Path) -> tuple[list[Rows], list[str]]:
    """Return the rows of every table group by group, and the statements that make the tables with their indexes."""
    there = sqlite3.connect(folder / "peyvand.db")
    schema = [
        sql
        for (sql,) in there.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type DESC")
        if "interaction_words_" not in sql and "sqlite_sequence" not in sql
    ]
    seen: set[object] = set()
    groups = [
        _rows(there, [UUID(i).bytes for i in ids], seen) for ids in json.loads((folder / "groups.json").read_text())
    ]
    there.close()
    return groups, schema


def _rows(there: sqlite3.Connection, deliveries: list[bytes], seen: set[object]) -> Rows:
    """Return what a group's deliveries brought: a handle belongs to the first group that saw it."""
    rows: Rows = {"delivery": _all(there, "delivery", "id", deliveries)}
    rows["event"] = _all(there, "event", "delivery_id", deliveries)
    events = [row[0] for row in rows["event"]]
    interactions = [row[1] for row in rows["event"]]
    rows["evidence"] = _all(there, "evidence", "event_id", events)
    rows["interaction"] = _all(there, "interaction", "id", interactions)
    rows["participation"] = _all(there, "participation", "interaction_id", interactions)
    rows["change"] = _all(there, "change", "ref", interactions)
    new = [h for h in {row[2] for row in rows["evidence"]} if h not in seen]
    seen.update(new)
    for table, column in (("handle", "id"), ("handle_name", "handle_id"), ("link", "a"), ("change_log", "handle_id")):
        rows[table] = _all(there, table, column, new)
    return rows


def _all(
    there: sqlite3.Connection, table: str, column: str, keys: list[object] | list[bytes]
) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = []
    for part in _parts(list(keys)):
        marks = ",".join("?" * len(part))
        found += there.execute(f'SELECT * FROM "{table}" WHERE "{column}" IN ({marks})', part).fetchall()
    return found


def _parts(keys: list[object]) -> Iterator[list[object]]:
    for i in range(0, len(keys), 900):
        yield keys[i : i + 900]


def seconds_for(groups: list[Rows], schema: list[str], words: list[str], path: Path) -> float:
    """Return how long SQLite takes to commit the groups, words included, with the product's own pragmas."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    database = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "cache_size=-65536"):
        database.execute(f"PRAGMA {pragma}")
    for statement in schema:
        database.execute(statement)
    begun = time.perf_counter()
    number = 0
    for group in groups:
        database.execute("BEGIN IMMEDIATE")
        for table, rows in group.items():
            if rows:
                marks = ",".join("?" * len(rows[0]))
                database.executemany(f'INSERT OR IGNORE INTO "{table}" VALUES ({marks})', rows)
        for row in group["interaction"]:
            database.execute(
                "INSERT INTO interaction_words(rowid, words) VALUES (?, ?)", (row[0], words[number % len(words)])
            )
            number += 1
        database.execute("COMMIT")
    took = time.perf_counter() - begun
    database.close()
    return took
