"""Paths of the invented index and stock, one step at a time."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from wrds_pipeline import calendar
from wrds_pipeline.synthetic import truth
from wrds_pipeline.synthetic.truth import INDEX, STOCK

_SUBSTEPS = 24  # of a day: the variance's Euler error is far below what quotes can tell
_YEAR = 365.0


@dataclass(frozen=True, slots=True)
class IndexDay:
    """State of the index at the close of a date."""

    number: int
    date: dt.date
    spot: float
    variance: float
    opening: float


@dataclass(frozen=True, slots=True)
class StockDay:
    """State of the stock at the close of a date; `ratio` is 1 until the split."""

    number: int
    date: dt.date
    spot: float
    ratio: float


@lru_cache(maxsize=4)
def index_path(count: int) -> tuple[IndexDay, ...]:
    """The first `count` dates of the index.

    Full truncation Euler steps (Lord, Koekkoek and van Dijk 2010) within the calendar days from
    one close to the next.
    """
    days: list[IndexDay] = []
    log_spot, variance = math.log(INDEX.spot), INDEX.initial_variance
    opening = INDEX.spot
    for number, date in enumerate(calendar.trade_dates(truth.FIRST_DATE, count)):
        days.append(IndexDay(number, date, round(math.exp(log_spot), 2), variance, opening))
        gap = (calendar.next_trade_date(date) - date).days / _YEAR
        draws = truth.generator(date, 0).standard_normal((2, _SUBSTEPS))
        moves = INDEX.correlation * draws[0] + math.sqrt(1 - INDEX.correlation**2) * draws[1]
        step = gap / _SUBSTEPS
        for place in range(_SUBSTEPS):
            positive = max(variance, 0.0)
            root = math.sqrt(positive * step)
            log_spot += (INDEX.drift - 0.5 * positive) * step + root * float(draws[0, place])
            pull = INDEX.mean_reversion * (INDEX.long_run_variance - positive) * step
            variance += pull + INDEX.volatility_of_variance * root * float(moves[place])
            if place == 0:
                opening = round(math.exp(log_spot), 2)
        variance = max(variance, 1e-4)
    return tuple(days)


@lru_cache(maxsize=4)
def stock_path(count: int) -> tuple[StockDay, ...]:
    """The first `count` dates of the stock: lognormal, less dividends on their ex-dates."""
    days: list[StockDay] = []
    spot, ratio = STOCK.spot, 1.0
    paid = dict(dividends())
    for number, date in enumerate(calendar.trade_dates(truth.FIRST_DATE, count)):
        if number == truth.SPLIT_DAY:
            spot, ratio = spot / truth.SPLIT_RATIO, ratio * truth.SPLIT_RATIO
        days.append(StockDay(number, date, round(spot, 2), ratio))
        following = calendar.next_trade_date(date)
        gap = (following - date).days / _YEAR
        draw = float(truth.generator(date, 5).standard_normal())
        growth = (STOCK.drift - 0.5 * STOCK.volatility**2) * gap
        spot = spot * math.exp(growth + STOCK.volatility * math.sqrt(gap) * draw)
        spot -= paid.get(following, 0.0)
    return tuple(days)


def dividends() -> list[tuple[dt.date, float]]:
    """Ex-dates and amounts in the shares of that day: July, then every 91 days."""
    first = dt.date(2019, 7, 10)
    dates = [first + dt.timedelta(days=91 * k) for k in range(9)]
    split = calendar.trade_dates(truth.FIRST_DATE, truth.SPLIT_DAY + 1)[-1]
    return [
        (day, STOCK.dividend / (truth.SPLIT_RATIO if day >= split else 1.0))
        for day in (calendar.next_trade_date(date - dt.timedelta(days=1)) for date in dates)
    ]


def declared(ex_date: dt.date) -> dt.date:
    """Day on which the dividend of an ex-date was declared."""
    return ex_date - dt.timedelta(days=45)


def sorted_moves(date: dt.date) -> np.ndarray:
    """Two ordered moves of a day's range, around its opening and close."""
    return np.sort(truth.generator(date, 1).standard_normal(2)) * 0.003
