"""A process that reads deliveries for the one that started it: `python -m peyvand.workers.reading`.

Questions come on standard input and are answered on standard output, in turns; it ends with its input.
"""

import os
import signal
import sys

from peyvand.workers.job import READY, answered, framed, next_frame


def main() -> None:
    """Read until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal's Ctrl-C is for the process that started this one
    with os.fdopen(os.dup(1), "wb", buffering=0) as answers:
        os.dup2(2, 1)  # what a library prints must not end up among the answers
        answers.write(framed(READY))
        while question := next_frame(sys.stdin.buffer):
            _write(answers.fileno(), framed(answered(question)))


def _write(out: int, content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[os.write(out, left) :]


if __name__ == "__main__":
    main()
