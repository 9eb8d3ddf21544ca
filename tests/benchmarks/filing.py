"""What taking a mail durably costs at least: aiosmtpd alone, which writes each into a file of its own and fsyncs it.

`filing.py PORT FOLDER` takes mails until it is ended.
"""

import asyncio
import itertools
import os
import sys
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session


class Filing:
    """Answers 250 once the mail's file is on the disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count()

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        """Write and fsync."""
        assert isinstance(envelope.content, bytes)
        await asyncio.to_thread(self._write, self._folder / str(next(self._numbers)), envelope.content)
        return "250 OK"

    def _write(self, path: Path, content: bytes) -> None:
        with path.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())


async def main(port: int, folder: Path) -> None:
    """Take mails for ever."""
    filing = Filing(folder)
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(filing, hostname="peer", loop=asyncio.get_running_loop()), "127.0.0.1", port
    )
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2])))
