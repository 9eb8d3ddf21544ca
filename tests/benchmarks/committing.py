"""What taking an event costs at least, in the same framework: `committing.py FILE` prints its port.

FastAPI under uvicorn, which reads the JSON, commits it as one row of an SQLite file like the product's (a write-ahead
log, `synchronous=FULL`), and answers.
"""

import sqlite3
import sys
import threading
from typing import Any

import uvicorn
from fastapi import FastAPI

from peyvand.server import listening


def application(path: str) -> FastAPI:
    """Return the application."""
    database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        database.execute(f"PRAGMA {pragma}")
    database.execute("CREATE TABLE event (id TEXT PRIMARY KEY, said TEXT)")
    one_at_a_time = threading.Lock()
    app = FastAPI()

    @app.post("/v1/events", status_code=201)
    def take(said: dict[str, Any]) -> dict[str, str]:
        with one_at_a_time:
            database.execute("BEGIN IMMEDIATE")
            database.execute("INSERT INTO event VALUES (?, ?)", (said["id"], str(said)))
            database.execute("COMMIT")
        return {"id": said["id"]}

    return app


if __name__ == "__main__":
    listener = listening("127.0.0.1", 0)
    print(listener.getsockname()[1], flush=True)
    uvicorn.Server(uvicorn.Config(application(sys.argv[1]), log_level="warning")).run([listener])
