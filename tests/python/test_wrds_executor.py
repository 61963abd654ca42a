"""Dates in processes and on Dask: order, resumption, dead workers, the same bytes."""

import datetime as dt
import functools
import io
import os
import signal
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from wrds_pipeline import executor

DAYS = [dt.date(2019, 1, 1) + dt.timedelta(days=offset) for offset in range(12)]
WAYS = [("local", 1), ("local", 2), ("dask", 2)]


def result(day, *, seed=7):
    """Something like the result of a date: a frame of numbers."""
    random = np.random.default_rng([seed, day.toordinal()])
    return {"errors": pl.DataFrame({"date": [day] * 50, "error": random.standard_normal(50)})}


def counted(day, *, folder):
    """`result`, leaving a trace of each call."""
    (folder / f"{day}.{os.getpid()}.{len(list(folder.iterdir()))}").touch()
    return result(day)


def dies_once(day, *, folder, at):
    """Kill the worker on the first call at one date."""
    mark = folder / "dead"
    if day == at and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return result(day)


def dies_always(day, *, at):
    if day == at:
        os.kill(os.getpid(), signal.SIGKILL)
    return result(day)


def raises(day, *, at):
    if day == at:
        raise ValueError("no quotes")
    return result(day)


def run(function, days=DAYS, way=("local", 1), **options):
    kind, workers = way
    return list(executor.run(function, days, executor=kind, workers=workers, **options))


def as_bytes(results):
    stream = io.BytesIO()
    pl.concat([found["errors"] for _, found in results]).write_parquet(stream)
    return stream.getvalue()


EXPECTED = as_bytes([(day, result(day)) for day in DAYS])


@pytest.mark.parametrize("way", WAYS)
def test_every_way_gives_the_same_bytes_in_order(way):
    told = []
    found = run(result, way=way, progress=lambda done, total: told.append((done, total)))
    assert [day for day, _ in found] == DAYS
    assert as_bytes(found) == EXPECTED
    assert told == [(done, len(DAYS)) for done in range(1, len(DAYS) + 1)]


@pytest.mark.parametrize("way", WAYS[1:])
def test_a_killed_worker_loses_nothing(way, tmp_path):
    function = functools.partial(dies_once, folder=tmp_path, at=DAYS[5])
    found = run(function, way=way, store=tmp_path / "store")
    assert (tmp_path / "dead").exists()
    assert [day for day, _ in found] == DAYS
    assert as_bytes(found) == EXPECTED
    assert len(list((tmp_path / "store").rglob("*.pickle"))) == len(DAYS)


def test_a_date_that_always_kills_its_worker_is_named(tmp_path):
    function = functools.partial(dies_always, at=DAYS[-1])
    with pytest.raises(executor.WorkerLostError, match=r"workers died 3 times at .*2019-01-12"):
        run(function, way=("local", 2), store=tmp_path)
    assert len(list(tmp_path.rglob("*.pickle"))) >= len(DAYS) - 4  # those at work beside it


@pytest.mark.parametrize("way", WAYS[::2])
def test_what_a_date_raises_comes_with_its_name(way, tmp_path):
    with pytest.raises(ValueError, match="no quotes") as caught:
        run(functools.partial(raises, at=DAYS[-1]), way=way, store=tmp_path)
    assert caught.value.__notes__ == [f"date {DAYS[-1]}"]


def test_finished_dates_are_not_computed_again(tmp_path):
    calls = tmp_path / "calls"
    calls.mkdir()
    function = functools.partial(counted, folder=calls)
    run(function, DAYS[3:7], store=tmp_path / "store")
    found = run(function, store=tmp_path / "store")
    assert as_bytes(found) == EXPECTED
    assert sorted(path.name[:10] for path in calls.iterdir()) == [str(day) for day in DAYS]


def test_a_run_that_is_left_goes_on_where_it_was(tmp_path):
    calls = tmp_path / "calls"
    calls.mkdir()
    function = functools.partial(counted, folder=calls)
    begun = executor.run(function, DAYS, store=tmp_path / "store")
    for _ in range(4):
        next(begun)
    begun.close()
    assert as_bytes(run(function, store=tmp_path / "store")) == EXPECTED
    assert len(list(calls.iterdir())) == len(DAYS)


@pytest.mark.parametrize("damage", [lambda body: body[:-1], lambda body: body[:-1] + b"!"])
def test_a_damaged_result_is_computed_again(tmp_path, damage):
    run(result, store=tmp_path)
    path = sorted(tmp_path.rglob("*.pickle"))[4]
    path.write_bytes(damage(path.read_bytes()))
    assert as_bytes(run(result, store=tmp_path)) == EXPECTED


def test_another_function_finds_nothing_of_the_first(tmp_path):
    run(result, store=tmp_path)
    other = run(functools.partial(result, seed=8), store=tmp_path)
    assert as_bytes(other) != EXPECTED
    assert len(list(Path(tmp_path).iterdir())) == 2


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        pytest.param({"executor": "ray"}, "must be one of local, dask", id="executor"),
        pytest.param({"dates": [DAYS[0], DAYS[0]]}, "twice", id="date-twice"),
        pytest.param({"workers": 0}, "workers=0: must be at least 1", id="workers"),
        pytest.param({"scheduler": "tcp://localhost:1"}, "only the executor", id="scheduler"),
    ],
)
def test_a_wrong_question_is_refused_at_once(wrong, words):
    with pytest.raises(ValueError, match=words):
        executor.run(result, **{"dates": DAYS, **wrong})
