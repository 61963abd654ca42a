"""Runs one pure function over dates, on this machine or on a Dask cluster; results in order.

Finished dates are kept in a store, so that a run that was stopped goes on where it was. A worker
that dies costs its date one more try. The same function gives the same bytes on either side.
"""

from __future__ import annotations

import concurrent.futures
import datetime as dt
import hashlib
import importlib.util
import multiprocessing
import os
import pickle
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

EXECUTORS = ("local", "dask")
# A date that was at work in this many pools that broke is taken to be what breaks them.
_TRIES = 3
# Dates handed out per worker, so that none waits while results are stored.
_AHEAD = 2
_PACKAGES = ("strikeproof", "wrds_pipeline")

DateFunction = Callable[[dt.date], Any]


class WorkerLostError(RuntimeError):
    """Workers died again and again at the same date; says which."""


class Backend(Protocol):
    """Where dates are computed. `outcomes` gives each date handed to it, in any order."""

    def outcomes(
        self, dates: Sequence[dt.date]
    ) -> Iterator[tuple[dt.date, concurrent.futures.Future[Any]]]:
        """Finished futures of `dates`; one holds an exception if its date raised."""


def run(
    function: DateFunction,
    dates: Sequence[dt.date],
    *,
    executor: str = "local",
    scheduler: str | None = None,
    workers: int = 1,
    store: Path | None = None,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    inputs: str | None = None,
) -> Iterator[tuple[dt.date, Any]]:
    """Result of `function` for each date, in order of `dates`.

    Parameters
    ----------
    function : callable
        Pure and picklable: what it gives depends on its date and its own contents only.
    dates : sequence of date
        Each once.
    executor : {"local", "dask"}
        Processes of this machine, or a Dask cluster.
    scheduler : str, optional
        Address of the Dask scheduler; without it a cluster is started on this machine.
    workers : int, >= 1
        Processes; one works in this process. Ignored with `scheduler`.
    store : Path, optional
        Folder of finished dates, made when missing. It holds what the function returns: of live
        data, keep it private.
    progress : callable
        Called with the number of finished dates and of all.
    inputs : str, optional
        Digest that stands for the function in the store. By default that of its pickle and of the
        sources of strikeproof and wrds_pipeline, so that any edit computes everything anew.

    Yields
    ------
    (date, result)

    Raises
    ------
    ValueError
        Unknown executor, a date twice, no worker.
    WorkerLostError
        Workers died three times at the same date; those at work beside it are named too.
    Exception
        What the function raised, with a note that names the date. Dates that finished before
        stay in the store.
    """
    dates = list(dates)
    if executor not in EXECUTORS:
        raise ValueError(f"executor={executor!r}: must be one of {', '.join(EXECUTORS)}")
    if len(set(dates)) != len(dates):
        raise ValueError("dates: a date stands there twice")
    if workers < 1:
        raise ValueError(f"workers={workers}: must be at least 1")
    if scheduler is not None and executor != "dask":
        raise ValueError("scheduler: only the executor 'dask' has one")
    payload = pickle.dumps(function)
    shelf = None if store is None else Store(store, inputs or digest(payload))
    return _in_order(
        _computed(function, payload, dates, executor, scheduler, workers, shelf), dates, progress
    )


def _computed(
    function: DateFunction,
    payload: bytes,
    dates: Sequence[dt.date],
    executor: str,
    scheduler: str | None,
    workers: int,
    shelf: Store | None,
) -> Iterator[tuple[dt.date, Any]]:
    missing = []
    for day in dates:
        stored = shelf.read(day) if shelf else None
        if stored is None:
            missing.append(day)
        else:
            yield day, pickle.loads(stored)
    if not missing:
        return
    backend: Backend
    if executor == "dask":
        from wrds_pipeline.dask_executor import Cluster

        backend = Cluster(payload, scheduler, workers)
    elif workers == 1:
        backend = _Here(function)
    else:
        backend = _Processes(payload, workers)
    for day, future in backend.outcomes(missing):
        if error := future.exception():
            error.add_note(f"date {day}")
            raise error
        body: bytes = future.result()
        if shelf:
            shelf.write(day, body)
        yield day, pickle.loads(body)


def _in_order(
    results: Iterator[tuple[dt.date, Any]],
    dates: Sequence[dt.date],
    progress: Callable[[int, int], None],
) -> Iterator[tuple[dt.date, Any]]:
    waiting: dict[dt.date, Any] = {}
    due = iter(dates)
    day = next(due, None)
    for done, (found, result) in enumerate(results, start=1):
        waiting[found] = result
        progress(done, len(dates))
        while day is not None and day in waiting:
            yield day, waiting.pop(day)
            day = next(due, None)


def digest(payload: bytes) -> str:
    """SHA-256 of a pickled function and of the sources and compiled core it may call."""
    found = hashlib.sha256(payload)
    for name in _PACKAGES:
        spec = importlib.util.find_spec(name)
        for root in sorted((spec.submodule_search_locations or []) if spec else []):
            for path in sorted(Path(root).rglob("*")):
                if path.suffix in (".py", ".toml", ".so", ".pyd"):
                    found.update(path.relative_to(root).as_posix().encode() + b"\0")
                    found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()


class Store:
    """Pickled results of finished dates, each file named by its date and its content.

    Only a folder of one's own is to be trusted: to read a pickle is to run it.
    """

    def __init__(self, root: Path, inputs: str) -> None:
        self._folder = root / inputs

    def read(self, day: dt.date) -> bytes | None:
        """Result of a date; None where there is none or its file is not what was written."""
        for path in sorted(self._folder.glob(f"{day.isoformat()}-*.pickle")):
            body = path.read_bytes()
            if path.stem == self._stem(day, body):
                return body
        return None

    def write(self, day: dt.date, body: bytes) -> None:
        """Keep a result: on disk first, then under its name."""
        self._folder.mkdir(parents=True, exist_ok=True)
        temporary = self._folder / f"{day.isoformat()}.{os.getpid()}.part"
        with temporary.open("wb") as stream:
            stream.write(body)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(self._folder / f"{self._stem(day, body)}.pickle")

    @staticmethod
    def _stem(day: dt.date, body: bytes) -> str:
        return f"{day.isoformat()}-{hashlib.sha256(body).hexdigest()}"


# --- in this process, and in processes of this machine --------------------------------------------


class _Here:
    def __init__(self, function: DateFunction) -> None:
        self._function = function

    def outcomes(
        self, dates: Sequence[dt.date]
    ) -> Iterator[tuple[dt.date, concurrent.futures.Future[Any]]]:
        for day in dates:
            future: concurrent.futures.Future[Any] = concurrent.futures.Future()
            try:
                future.set_result(pickle.dumps(self._function(day)))
            except Exception as error:
                future.set_exception(error)
            yield day, future


class _Worker:
    """The function within a worker process: unpickled once, not with every date."""

    function: DateFunction | None = None

    @classmethod
    def start(cls, payload: bytes) -> None:
        cls.function = pickle.loads(payload)

    @classmethod
    def call(cls, day: dt.date) -> bytes:
        if cls.function is None:
            raise RuntimeError("the worker was not started with a function")
        return pickle.dumps(cls.function(day))


class _Processes:
    def __init__(self, payload: bytes, workers: int) -> None:
        self._payload = payload
        self._workers = workers

    def outcomes(
        self, dates: Sequence[dt.date]
    ) -> Iterator[tuple[dt.date, concurrent.futures.Future[Any]]]:
        """A pool is lost with any worker; what it had not finished goes to the next pool."""
        left = list(dates)
        tries: dict[dt.date, int] = {}
        while left:
            finished: set[dt.date] = set()
            at_work: set[dt.date] = set()
            for day, future in self._pool(left, at_work):
                finished.add(day)
                yield day, future
            left = [day for day in left if day not in finished]
            # Any of those at work may have broken the pool.
            for day in at_work - finished:
                tries[day] = tries.get(day, 0) + 1
            if worst := sorted(day for day, count in tries.items() if count >= _TRIES):
                raise WorkerLostError(
                    f"workers died {_TRIES} times at {', '.join(map(str, worst))}"
                )

    def _pool(
        self, dates: Sequence[dt.date], at_work: set[dt.date]
    ) -> Iterator[tuple[dt.date, concurrent.futures.Future[Any]]]:
        """Outcomes until all are there or the pool breaks; `at_work` is filled with those begun."""
        broken = concurrent.futures.BrokenExecutor
        futures: dict[concurrent.futures.Future[Any], dt.date] = {}
        todo = iter(dates)
        pool = concurrent.futures.ProcessPoolExecutor(
            self._workers,
            # a fork of a process with threads may hang
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_Worker.start,
            initargs=(self._payload,),
        )
        with pool:
            try:
                while True:
                    while len(futures) < _AHEAD * self._workers and (day := next(todo, None)):
                        futures[pool.submit(_Worker.call, day)] = day
                        at_work.add(day)
                    if not futures:
                        return
                    done, _ = concurrent.futures.wait(
                        futures, return_when=concurrent.futures.FIRST_COMPLETED
                    )
                    for future in done:
                        day = futures.pop(future)
                        if not isinstance(future.exception(), broken):
                            at_work.discard(day)
                            yield day, future
                    if any(isinstance(future.exception(), broken) for future in done):
                        return
            except broken:
                return
            finally:
                pool.shutdown(wait=True, cancel_futures=True)
