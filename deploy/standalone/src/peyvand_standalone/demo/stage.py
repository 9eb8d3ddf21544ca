"""The demo's own folder, made anew at each start: configuration, mailbox file, call log."""

import secrets
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

from peyvand.settings import Configuration, load
from peyvand_standalone.demo import samples
from peyvand_standalone.sources import CHANNELS

LOCK = "lock"
TOKEN = "7100200300:AAHdemo-demo-demo-demo-demo-demo-demo"  # noqa: S105 - of no bot; nobody is asked with it
UNKNOWN = "unknown-to-who-only-reads"


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the demo plays, and the secrets that its senders know."""

    configuration: Configuration
    mailbox: Path
    call_log: Path
    telegram_secret: str
    form_secret: str


def set_stage(folder: Path) -> Stage:
    """Throw away what the last demo left, and return what the next one begins with."""
    folder = folder.absolute()
    _emptied(folder)
    telegram_secret, form_secret = secrets.token_urlsafe(24), f"demo-{secrets.token_hex(24)}"
    configuration = demo_configuration(folder, telegram_secret, form_secret)
    stage = Stage(configuration, folder / "mail.mbox", folder / "Master.csv", telegram_secret, form_secret)
    now = datetime.now(UTC)
    stage.mailbox.write_bytes(b"".join(samples.in_mbox(mail, now) for mail in samples.mails(now)))
    stage.call_log.write_text("".join(samples.calls(now)), encoding="utf-8")
    return stage


def demo_configuration(folder: Path, telegram_secret: str = UNKNOWN, form_secret: str = UNKNOWN) -> Configuration:
    """Return the demo's configuration; whoever only reads its store needs no secret."""
    known = {
        "DEMO_FOLDER": str(folder.absolute()),
        "DEMO_TELEGRAM_TOKEN": TOKEN,
        "DEMO_TELEGRAM_SECRET": telegram_secret,
        "DEMO_FORM_SECRET": form_secret,
    }
    text = (files("peyvand_standalone.demo") / "peyvand.yaml").read_text("utf-8")
    return load(folder / "peyvand.yaml", CHANNELS, known, text)


def _emptied(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for inside in folder.iterdir():
        if inside.name == LOCK:  # it is held by us
            continue
        if inside.is_dir() and not inside.is_symlink():
            shutil.rmtree(inside)
        else:
            inside.unlink()
