"""Who runs where while something is measured: on two cores the service has one, and all it speaks to the other."""

import os
from contextlib import suppress
from pathlib import Path

SERVICE, OTHERS = min(os.sched_getaffinity(0)), max(os.sched_getaffinity(0))


def pin(pid: int, *cores: int) -> None:
    """Keep a process, its threads and its children, also those to come, on these cores."""
    for task in Path(f"/proc/{pid}/task").iterdir():
        with suppress(FileNotFoundError, ProcessLookupError):  # one that ends meanwhile
            os.sched_setaffinity(int(task.name), cores)
            for child in (task / "children").read_text().split():
                pin(int(child), *cores)
