"""What an import came to, in words."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table
from rich.text import Text

from peyvand.event import InteractionEvent, Role
from peyvand_standalone.imports.account import Account

MOST_SHOWN = 50


def show_first(console: Console, events: Sequence[InteractionEvent], zone: ZoneInfo) -> None:
    """Show mails as they were understood."""
    if not events:
        return
    table = Table("Date", "From", "To", "Direction", "Subject", title=f"The first {len(events)}")
    for event in events:
        at = event.occurred_at.astimezone(zone).strftime("%Y-%m-%d %H:%M")
        texts = (_people(event, Role.FROM), _people(event, Role.TO), event.direction.value, event.subject or "–")
        table.add_row(at, *map(Text, texts))  # what stands in a mail is text and never markup of ours
    console.print(table)


def show_said(console: Console, events: Sequence[InteractionEvent], zone: ZoneInfo) -> None:
    """Show messages as they were understood."""
    if not events:
        return
    table = Table("Date", "From", "Number", "Direction", "Text", "File", title=f"The first {len(events)}")
    for event in events:
        at = event.occurred_at.astimezone(zone).strftime("%Y-%m-%d %H:%M")
        number = next((h.value for p in event.parties if not p.ours for h in p.handles), "–")
        files = ", ".join(f"{a.name or 'a file'} ({a.state})" for a in event.attachments) or "–"
        texts = (_people(event, Role.FROM), number, event.direction.value, event.text or "–", files)
        table.add_row(at, *map(Text, texts))
    console.print(table)


def show_trouble(console: Console, account: Account) -> None:
    """List what cannot be read."""
    if account.unread:
        _say(console, "Not read:")
    for unread in account.unread[:MOST_SHOWN]:
        _say(console, f"  {unread.place}: {unread.why}")
    if len(account.unread) > MOST_SHOWN:
        _say(console, f"  … and {len(account.unread) - MOST_SHOWN:,} more")


def show_counts(console: Console, account: Account, applied: bool, what: str = "mails") -> None:
    """Say how many mails (or what else) there were, and what became of them."""
    parts = [f"{account.new:,} new", f"{account.same:,} here already"]
    parts += [f"{count:,} left out ({rule})" for rule, count in sorted(account.skipped.items())]
    _say(console, f"{account.found:,} {what}: {', '.join(parts)}, {account.kept:,} cannot be read.")
    if not applied:
        _say(console, "Nothing was recorded. If this is right, say it again without --dry-run.")
    elif account.kept:
        _say(console, "What cannot be read is kept for repair: ./peyvand status --kept")


def _people(event: InteractionEvent, role: Role) -> str:
    return ", ".join(p.name or next((h.written for h in p.handles), "–") for p in event.parties if p.role is role)


def _say(console: Console, words: str) -> None:
    console.print(words, markup=False, soft_wrap=True)
