"""The same mailbox through a socket, with one UID FETCH whose answer is thrown away: as fast as it can come.

`python -m benchmarks.draining PORT USER PASSWORD`
"""

import json
import socket
import sys
import time


def drained(port: int, user: str, password: str) -> int:
    """Return how many bytes came."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        for line in (f"a LOGIN {user} {password}", "b EXAMINE INBOX"):
            connection.sendall(line.encode() + b"\r\n")
            _until(connection, line[:1].encode() + b" OK")
        connection.sendall(b"c UID FETCH 1:* (BODY.PEEK[])\r\n")
        return _until(connection, b"\r\nc OK")


def _until(connection: socket.socket, end: bytes) -> int:
    came, tail = 0, b""
    while end not in tail:
        some = connection.recv(1 << 18)
        if not some:
            raise ConnectionError("the server ended the connection")
        came += len(some)
        tail = (tail + some)[-4096:]
    return came


def main(port: str, user: str, password: str) -> None:
    began, spent = time.perf_counter(), time.process_time()
    size = drained(int(port), user, password)
    print(json.dumps({"seconds": time.perf_counter() - began, "cpu": time.process_time() - spent, "bytes": size}))


if __name__ == "__main__":
    main(*sys.argv[1:])
