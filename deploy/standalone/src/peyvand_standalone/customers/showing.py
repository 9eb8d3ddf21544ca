"""What an import understood, in words."""

from collections.abc import Sequence
from itertools import groupby

from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from peyvand_standalone.customers.importing import Account
from peyvand_standalone.tables.table import Table
from timeline.cards import FIELDS, Columns, Reading

MOST_MISREAD = 20


def show_columns(console: Console, name: str, table: Table, columns: Columns) -> None:
    """Say how the file was understood, and which of its columns says what."""
    _say(console, f"{name}: {table.understood}.")
    headed = [f"{field} = {', '.join(columns.headed(field))}" for field in FIELDS if columns.headed(field)]
    _say(console, f"Columns: {'; '.join(headed)}. Another: --map field=heading")
    if columns.headed("company"):
        _say(console, "A company gives its name to rows that have no other, and is not kept beside one.")
    if columns.unused:
        _say(console, f"Left out: {', '.join(columns.unused)}.")


def show_first(console: Console, readings: Sequence[Reading]) -> None:
    """Show customers as they were understood, beside what stood in the file."""
    grid = Grid("Row", "Id", "Name", "Understood", "As written", title=f"The first {len(readings)}", show_lines=True)
    for reading in readings:
        own, *others = reading.card.handles
        understood = "\n".join(f"{h.kind} {h.value}" for h in others)
        written = "\n".join(" ".join(h.written.split()) for h in others)
        texts = (own.value, reading.card.name or "", understood or "–", written)
        grid.add_row(str(reading.row), *map(Text, texts))  # what stands in a file is text and never markup of ours
    console.print(grid)


def show_trouble(console: Console, account: Account, everything: bool) -> None:
    """List each row that cannot be read, and values that rows go without."""
    if account.unread:
        _say(console, "Rows that cannot be read:")
    for unread in account.unread:
        _say(console, f"  row {unread.row}: {unread.why}")
    if account.misread:
        _say(console, "Values that are left out, their rows being read without them:")
    shown = account.misread if everything else account.misread[:MOST_MISREAD]
    for row, several in groupby(shown, key=lambda pair: pair[0]):
        _say(console, f"  row {row}: " + "; ".join(f"{m.written} {m.why}" for _, m in several))
    if len(account.misread) > len(shown):
        _say(console, f"  … and {len(account.misread) - len(shown):,} more; all of them with --all")


def show_counts(console: Console, account: Account, applied: bool) -> None:
    """Say how many came, and whether anything was recorded."""
    brought = account.introduced
    said = f"{brought.new:,} new, {brought.changed:,} changed, {brought.same:,} the same"
    _say(console, f"{account.read:,} rows can be read: {said}. {len(account.unread):,} cannot be read.")
    if account.by_id_alone:
        _say(
            console, f"{account.by_id_alone:,} of them have no number and no address, and are known by their id alone."
        )
    _say(console, "Recorded." if applied else "Nothing was recorded. If this is right, say it again with --apply.")


def _say(console: Console, words: str) -> None:
    console.print(words, markup=False, soft_wrap=True)
