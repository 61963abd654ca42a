"""Leaks planted on purpose, each a mistake that studies have made: the experiments must see all.

Every plant is a small stage on the history's tables themselves, past the views that refuse it. The
honest twin beside them reads views and must not be accused.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

from wrds_pipeline import calendar
from wrds_pipeline.as_of import History, decision_time
from wrds_pipeline.leaks import Decision, Stage

_SMOOTHING = (2, 4, 8)


def _series(quotes: pl.DataFrame) -> pl.DataFrame:
    """A number for each date, in place of a level of volatility: a median has exact bits."""
    middle = (pl.col("best_bid") + pl.col("best_offer")) / 2.0
    return quotes.group_by("date").agg(level=middle.median()).sort("date")


def _dated(history: History) -> pl.DataFrame:
    """Level of every trading day that has a closing price, null where quotes were lost."""
    days = history.tables["secprd"].select("date").unique().sort("date")
    return days.join(_series(history.tables["opprcd"]), on="date", how="left").sort("date")


def _bytes(value: Any) -> bytes:
    return json.dumps(value, default=str).encode()


def _at(frame: pl.DataFrame, day: dt.date, name: str = "level") -> bytes:
    return _bytes(frame.filter(pl.col("date") == day)[name].to_list())


def honest(history: History, day: dt.date) -> bytes:
    """The level of a date and its mean so far, from the view at its decision."""
    series = _series(history.as_of(decision_time(day)).table("opprcd"))
    return _bytes([series["date"].max(), series["level"].last(), series["level"].mean()])


def backfill(history: History, day: dt.date) -> bytes:
    """A gap filled with the value after it."""
    return _at(_dated(history).with_columns(pl.col("level").fill_null(strategy="backward")), day)


def centred_mean(history: History, day: dt.date) -> bytes:
    """A mean over the dates on both sides."""
    mean = pl.col("level").rolling_mean(3, center=True, min_samples=1)
    return _at(_dated(history).with_columns(mean), day)


def global_z_score(history: History, day: dt.date) -> bytes:
    """A level in deviations of the whole sample."""
    level = pl.col("level")
    return _at(_dated(history).with_columns((level - level.mean()) / level.std()), day)


def nearest_join(history: History, day: dt.date) -> bytes:
    """The quotes nearest in time, whichever side they are on."""
    days = pl.DataFrame({"date": [day]})
    return _at(
        days.join_asof(_series(history.tables["opprcd"]), on="date", strategy="nearest"), day
    )


def survivorship(history: History, day: dt.date) -> bytes:
    """Contracts of the date that are still quoted on the last date of the sample."""
    quotes = history.tables["opprcd"]
    last = quotes.filter(pl.col("date") == pl.col("date").max())
    alive = last.filter(pl.col("best_bid") > 0.0).select("optionid")
    kept = quotes.filter(pl.col("date") == day).join(alive, on="optionid", how="semi")
    return _bytes([len(kept), _series(kept)["level"].to_list()])


def full_sample_choice(history: History, day: dt.date) -> bytes:
    """A smoothing of past levels, its span chosen by the errors over the whole sample."""
    level = pl.col("level").forward_fill()
    series = _dated(history)
    errors = {
        span: series.select(((level - level.shift(1).ewm_mean(span=span)) ** 2).mean()).item()
        for span in _SMOOTHING
    }
    best = min(_SMOOTHING, key=lambda span: (errors[span] is None, errors[span] or 0.0))
    smooth = series.with_columns(level.shift(1).ewm_mean(span=best).alias("level"))
    return _bytes([best, errors[best], _at(smooth, day).decode()])


def same_day_close(history: History, day: dt.date) -> bytes:
    """The close in a decision at the opening: no cut by dates sees it, one by moments does."""
    return _at(history.tables["secprd"].select("date", level="close"), day)


def undeclared_dividend(history: History, day: dt.date) -> bytes:
    """Dividends to come by their ex-dates, whether declared or not."""
    coming = history.tables["distrd"].filter(pl.col("ex_date") > day).sort("ex_date", "seq_num")
    return _bytes(coming["amount"].to_list())


def _at_the_opening(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, calendar.OPEN)


_PLANTS: Mapping[str, tuple[Callable[[History, dt.date], bytes], Decision]] = {
    "backfill": (backfill, decision_time),
    "centred mean": (centred_mean, decision_time),
    "global z-score": (global_z_score, decision_time),
    "nearest as-of join": (nearest_join, decision_time),
    "survivorship by last row": (survivorship, decision_time),
    "full-sample parameter choice": (full_sample_choice, decision_time),
    "same-day close": (same_day_close, _at_the_opening),
}

# For panels whose stock pays dividends.
DIVIDEND_PLANTS: tuple[Stage, ...] = (
    Stage("dividend before its declaration", undeclared_dividend, decision_time),
)
HONEST = Stage("honest twin", honest, decision_time)
PLANTS: tuple[Stage, ...] = tuple(
    Stage(name, run, decision) for name, (run, decision) in _PLANTS.items()
)
