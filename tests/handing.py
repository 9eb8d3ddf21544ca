"""Mail servers that hand mail over by SMTP, each on a connection of its own, until every mail was answered 250."""

import smtplib
import threading
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from parts.loopback import HOST

THEM, US = "ali.rezaei@example.com", "support@example.ir"
PAUSE = 0.05  # before a mail that was put off is handed over again
ANSWERED, PUT_OFF = 250, (451, 452)


@dataclass
class MailServer(threading.Thread):
    """Hands over its mails, each until it was answered 250; remembers which were, and what else was answered."""

    port: int
    mails: Mapping[str, bytes]
    acknowledged: list[str] = field(default_factory=list)
    put_off: Counter[int] = field(default_factory=Counter)
    lines_lost: int = 0
    ending: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    __hash__ = threading.Thread.__hash__

    def run(self) -> None:
        waiting = deque(self.mails)
        while waiting and not self.ending.is_set():
            try:
                with smtplib.SMTP(HOST, self.port, timeout=60) as line:
                    self._hand_over(line, waiting)
            except (smtplib.SMTPException, OSError):
                self.lines_lost += 1
                self.ending.wait(PAUSE)

    def _hand_over(self, line: smtplib.SMTP, waiting: deque[str]) -> None:
        line.ehlo("mail.example.com")
        while waiting and not self.ending.is_set():
            line.mail(THEM)
            line.rcpt(US)
            code, _ = line.data(self.mails[waiting[0]])
            if code == ANSWERED:
                self.acknowledged.append(waiting.popleft())
            else:
                self.put_off[code] += 1
                self.ending.wait(PAUSE)


def together(port: int, mails: Mapping[str, bytes], lines: int) -> list[MailServer]:
    """Return so many mail servers at work, who share the mails."""
    names = list(mails)
    servers = [MailServer(port, {name: mails[name] for name in names[n::lines]}) for n in range(lines)]
    for server in servers:
        server.start()
    return servers


def acknowledged(servers: Sequence[MailServer]) -> list[str]:
    return [name for server in servers for name in server.acknowledged]
