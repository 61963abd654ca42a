"""Experiments that find look-ahead: the future is dropped or spoilt, and the past must not change.

A stage's output of a date may depend on what was known at its decision, and on nothing else.
Everything known later is dropped, made NaN, or scaled by 1e6 and 1e-6; the output must keep its
bytes. Cuts at fixed places alone miss a filled gap, a rule chosen on the whole sample or a lag of
hours: they are made at the decision of every date, gaps and holidays among them, and at random
moments, with every spoiling.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import polars as pl

from wrds_pipeline import calendar
from wrds_pipeline.as_of import KNOWN_AT, History

Run = Callable[[History, dt.date], bytes]
Decision = Callable[[dt.date], dt.datetime]
Poison = Callable[[pl.DataFrame, pl.Expr], pl.DataFrame]

_SEED = 1
_MOST_NAMED = 5
_REACH = dt.timedelta(days=30)
_ON_THE_WHOLE = ("gap", "holiday", "month end", "roll")


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of a study, a date at a time.

    Attributes
    ----------
    name : str
    run : callable
        Output of a date as bytes, from the whole history: an honest stage takes views of it.
    decision : callable
        Moment up to which the output of a date may use what was known.
    """

    name: str
    run: Run
    decision: Decision


@dataclass(frozen=True, slots=True)
class Cut:
    """A moment after which everything is spoilt, and the date whose output is looked at."""

    kind: str
    moment: dt.datetime
    day: dt.date


@dataclass(frozen=True, slots=True)
class Detection:
    """What the experiments saw of a stage."""

    stage: str
    runs: int
    identical: int
    differing: int
    first: tuple[str, ...]  # the first runs that differed: date, kind of cut, spoiling

    @property
    def caught(self) -> bool:
        """Whether any output changed with the future."""
        return self.differing > 0

    def record(self) -> dict[str, Any]:
        """As JSON has it."""
        return asdict(self) | {"first": list(self.first), "caught": self.caught}


def _scaled(factor: float) -> Poison:
    def scale(frame: pl.DataFrame, later: pl.Expr) -> pl.DataFrame:
        numbers = pl.col(pl.Float64)
        return frame.with_columns(pl.when(later).then(numbers * factor).otherwise(numbers))

    return scale


def _with_nan(frame: pl.DataFrame, later: pl.Expr) -> pl.DataFrame:
    numbers = pl.col(pl.Float64)
    return frame.with_columns(
        pl.when(later).then(pl.lit(float("nan"))).otherwise(numbers).name.keep()
    )


def _dropped(frame: pl.DataFrame, later: pl.Expr) -> pl.DataFrame:
    return frame.filter(~later)


POISONS: Mapping[str, Poison] = {
    "drop": _dropped,
    "nan": _with_nan,
    "times 1e6": _scaled(1e6),
    "times 1e-6": _scaled(1e-6),
}


def spoilt(history: History, moment: dt.datetime, poison: Poison) -> History:
    """The history with everything known after a moment spoilt."""
    later = pl.col(KNOWN_AT) > moment
    return History({name: poison(table, later) for name, table in history.tables.items()})


def cuts(days: Sequence[dt.date], decision: Decision, *, lost: Iterable[dt.date] = ()) -> list[Cut]:
    """A cut at the decision of every date, named by what the date is, and as many at random.

    At a random moment the latest output before it is looked at, and one of those further back.

    Parameters
    ----------
    days : sequence of date
        Dates that have an output, ascending.
    decision : callable
        Moment of the decision of each.
    lost : iterable of date
        Dates without quotes: the dates at both sides are cuts at a gap.
    """
    gaps = set(lost)
    found = [Cut(_kind(day, gaps), decision(day), day) for day in days]
    generator = np.random.default_rng(_SEED)
    first, last = decision(days[0]), decision(days[-1])
    for share in np.sort(generator.random(len(days))).tolist():
        moment = first + share * (last - first)
        settled = [day for day in days if decision(day) <= moment]
        found.append(Cut("random", moment, settled[-1]))
        found.append(Cut("earlier", moment, settled[int(generator.integers(len(settled)))]))
    return found


def _kind(day: dt.date, lost: set[dt.date]) -> str:
    following = calendar.next_trade_date(day)
    beside = {day, following, calendar.previous_trade_date(day)}
    weekend = 3 if day.weekday() == 4 else 1
    if beside & lost:
        return "gap"
    if (following - day).days > weekend or calendar.is_early_close(day):
        return "holiday"
    if following.month != day.month:
        return "month end"
    third_friday = day.weekday() == 4 and 15 <= day.day <= 21
    return "roll" if third_friday else "date"


def detect(
    stage: Stage,
    history: History,
    cuts_made: Sequence[Cut],
    *,
    poisons: Mapping[str, Poison] = POISONS,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Detection:
    """Run a stage on the history and on spoilt ones, and compare the bytes.

    An error counts as output: it must be the same one.
    """
    expected = {cut.day: _output(stage, history, cut.day) for cut in cuts_made}
    differing: list[str] = []
    total = len(cuts_made) * len(poisons)
    done = 0
    for moment, group in itertools.groupby(cuts_made, key=lambda cut: cut.moment):
        beside = list(group)
        for name, poison in poisons.items():
            future = spoilt(history, moment, poison)
            for cut in beside:
                if _output(stage, future, cut.day) != expected[cut.day]:
                    differing.append(f"{cut.day}, {cut.kind}, {name}")
                done += 1
                progress(done, total)
    return Detection(
        stage=stage.name,
        runs=total,
        identical=total - len(differing),
        differing=len(differing),
        first=tuple(differing[:_MOST_NAMED]),
    )


def _output(stage: Stage, history: History, day: dt.date) -> bytes:
    try:
        return stage.run(history, day)
    except (ValueError, ArithmeticError, pl.exceptions.PolarsError) as error:
        return f"{type(error).__name__}: {error}".encode()


def unchanged_views(
    history: History,
    cuts_made: Sequence[Cut],
    *,
    poisons: Mapping[str, Poison] = POISONS,
) -> Detection:
    """Whether views at the cuts keep every row, whatever is spoilt after them.

    What reads the data by views alone then cannot change either: every earlier view is a part of
    the one at the cut. Cuts at gaps, holidays, month ends and rolls spoil the whole history;
    plain dates and random moments the rows known within `_REACH` of them, so that the time grows
    with the dates and not with their square.
    """
    differing: list[str] = []
    moments = {cut.moment: cut for cut in reversed(cuts_made)}
    for moment, cut in sorted(moments.items()):
        tried = history if cut.kind in _ON_THE_WHOLE else _near(history, moment)
        expected = _digest_at(tried, moment)
        differing += [
            f"{cut.day}, {cut.kind}, {name}"
            for name, poison in poisons.items()
            if _digest_at(spoilt(tried, moment, poison), moment) != expected
        ]
    total = len(moments) * len(poisons)
    return Detection(
        "views", total, total - len(differing), len(differing), tuple(differing[:_MOST_NAMED])
    )


def _near(history: History, moment: dt.datetime) -> History:
    known = pl.col(KNOWN_AT).is_between(moment - _REACH, moment + _REACH)
    return History({name: table.filter(known) for name, table in history.tables.items()})


def _digest_at(history: History, moment: dt.datetime) -> bytes:
    view = history.as_of(moment)
    digest = hashlib.sha256()
    for name in sorted(history.tables):
        rows = view.table(name)
        digest.update(f"{name} {rows.shape}".encode())
        digest.update(rows.hash_rows(seed=0).to_numpy().tobytes())
    return digest.digest()
