"""Runs one pure function over dates in this process; results in order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any


def run(
    function: Callable[[dt.date], Any],
    dates: Sequence[dt.date],
    *,
    executor: str = "local",
    scheduler: str | None = None,
    workers: int = 1,
    store: Path | None = None,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Iterator[tuple[dt.date, Any]]:
    """Result of `function` for each date, in order of `dates`."""
    if executor != "local" or scheduler is not None or store is not None or workers < 1:
        raise ValueError("only executor='local' without a store is here")
    for done, day in enumerate(dates, start=1):
        yield day, function(day)
        progress(done, len(dates))
