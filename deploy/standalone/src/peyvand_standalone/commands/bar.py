"""Progress bars over long work; without a terminal only the end is told."""

from collections.abc import AsyncIterator

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from timeline import ports


async def shown(steps: AsyncIterator[ports.Progress], console: Console) -> int:
    """Show a bar per stage while the work goes on; return how many rows were mended."""
    mended = 0
    bars: dict[str, TaskID] = {}
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        async for step in steps:
            if step.stage not in bars:
                bars[step.stage] = progress.add_task(step.stage, total=step.total)
            progress.update(bars[step.stage], completed=step.done, total=step.total)
            mended = step.mended
    return mended
