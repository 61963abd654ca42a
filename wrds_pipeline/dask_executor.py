"""Dates on a Dask cluster: one that runs elsewhere, or one started here for the run.

The scheduler itself gives the dates of a dead worker to others (`distributed.scheduler.
allowed-failures`, three by default). The function is a task of the graph, not scattered data: lost
with a worker, it is made again.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import datetime as dt
import pickle
from collections.abc import Iterator, Sequence
from typing import Any

# Dates handed out at once; the scheduler's time per task grows with all that it holds.
_AHEAD = 1000


class Cluster:
    """Backend of `wrds_pipeline.executor` on Dask.

    Parameters
    ----------
    payload : bytes
        Pickled function.
    scheduler : str or None
        Address, or None for a cluster on this machine.
    workers : int
        Processes of the latter, one thread each.

    Raises
    ------
    ImportError
        The extra `dask` is not installed.
    """

    def __init__(self, payload: bytes, scheduler: str | None, workers: int) -> None:
        try:
            import distributed
        except ImportError:
            raise ImportError(
                "the executor 'dask' needs: pip install 'strikeproof[dask]'"
            ) from None
        self._dask: Any = distributed
        self._payload = payload
        self._scheduler = scheduler
        self._workers = workers

    def outcomes(
        self, dates: Sequence[dt.date]
    ) -> Iterator[tuple[dt.date, concurrent.futures.Future[Any]]]:
        """Finished futures of `dates`, in any order."""
        with contextlib.ExitStack() as stack:
            target: Any = self._scheduler
            if target is None:
                target = stack.enter_context(
                    self._dask.LocalCluster(
                        n_workers=self._workers, threads_per_worker=1, dashboard_address=None
                    )
                )
            client = stack.enter_context(self._dask.Client(target))
            function = client.submit(pickle.loads, self._payload, pure=False)
            todo = iter(dates)
            days: dict[Any, dt.date] = {}
            watched = self._dask.as_completed()

            def hand_out() -> None:
                day = next(todo, None)
                if day is not None:
                    future = client.submit(_call, function, day, pure=False)
                    days[future.key] = day
                    watched.add(future)

            for _ in range(_AHEAD):
                hand_out()
            for future in watched:
                hand_out()
                yield days.pop(future.key), _plain(future)


def _call(function: Any, day: dt.date) -> bytes:
    return pickle.dumps(function(day))


def _plain(future: Any) -> concurrent.futures.Future[Any]:
    """A finished future of the standard library with the same outcome."""
    plain: concurrent.futures.Future[Any] = concurrent.futures.Future()
    error = future.exception()
    if error is None:
        plain.set_result(future.result())
    else:
        plain.set_exception(error)
    return plain
