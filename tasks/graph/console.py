"""What a person sees while the graph works: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Follow = Callable[[int, int], None]

_QUIET_SECONDS = 10.0  # between two plain progress lines of one task


def write(line: str) -> None:
    """Write one line for people, past doit's capture of task output."""
    stream = sys.__stderr__
    if stream is not None:
        stream.write(line + "\n")
        stream.flush()


@contextmanager
def follow(title: str) -> Iterator[Follow]:
    """Progress of one task: yields a function of (done, total)."""
    stream = sys.__stderr__
    if stream is not None and stream.isatty():
        with _bar(title) as update:
            yield update
    else:
        yield _lines(title)


@contextmanager
def _bar(title: str) -> Iterator[Follow]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(file=sys.__stderr__), transient=True) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _lines(title: str) -> Follow:
    started = last = time.monotonic()

    def update(done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= _QUIET_SECONDS and done < total:
            last = now
            write(f"     {title}: {done} of {total}, {now - started:.0f} s")

    return update
