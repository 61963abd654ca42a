"""Parameters of the invented market, recorded so that their recovery can be tested."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

SEED = 20190703
FIRST_DATE = dt.date(2019, 6, 27)
TRADE_DATES: Mapping[str, int] = {"fast": 10, "full": 251}

INDEX_SECID = 999999
STOCK_SECID = 999998
# The stock is in the tables for its split, dividends and American exercise: one quarter does.
STOCK_DATES = 65

# Days of the sample, from 0, whose quotes the vendor "lost", and on whose morning the stock splits.
LOST_DAYS = (6, 137)
SPLIT_DAY = 5
SPLIT_RATIO = 2.0

CURVE_DAYS = np.array([7.0, 30.0, 60.0, 91.0, 182.0, 273.0, 365.0, 548.0, 730.0])


@dataclass(frozen=True, slots=True)
class Index:
    """The index follows Heston's model under the pricing measure, with a risk premium besides."""

    spot: float = 2925.0
    drift: float = 0.06  # a year, of the index itself
    dividend_yield: float = 0.018
    initial_variance: float = 0.0225
    long_run_variance: float = 0.035
    mean_reversion: float = 3.0
    volatility_of_variance: float = 0.55
    correlation: float = -0.72


@dataclass(frozen=True, slots=True)
class Stock:
    """The stock is lognormal, less its declared cash dividends."""

    spot: float = 184.0  # before the split
    drift: float = 0.08
    volatility: float = 0.28
    dividend: float = 0.9  # before the split, a quarter


@dataclass(frozen=True, slots=True)
class Quoting:
    """How quotes miss their fair values."""

    noise: float = 0.0015  # of volatility, absolute: a standard deviation in each quote's middle
    stale_share: float = 0.004  # the day before's bid and offer again
    traded_share: float = 0.8
    crossed_share: float = 0.003
    unknown_volatility_share: float = 0.01
    duplicated_share: float = 0.001
    special_settlement_share: float = 0.002


INDEX = Index()
STOCK = Stock()
QUOTING = Quoting()


def parameters() -> dict[str, float]:
    """The true parameters by name."""
    parts = {"index": asdict(INDEX), "stock": asdict(STOCK), "quoting": asdict(QUOTING)}
    return {
        f"{part}.{name}": float(value)
        for part, values in parts.items()
        for name, value in values.items()
    }


def generator(day: dt.date, stream: int) -> np.random.Generator:
    """Draws of one date and purpose; the same whatever else is drawn."""
    return np.random.Generator(np.random.Philox(key=SEED, counter=[0, 0, day.toordinal(), stream]))


def curve(day: dt.date) -> NDArray[np.float64]:
    """Zero rates of a date at `CURVE_DAYS`, in percent: level, slope and a shift of the day."""
    shift = 0.02 * float(generator(day, 3).standard_normal())
    return np.asarray(np.round(2.40 - 0.25 * np.sqrt(CURVE_DAYS / 365.0) + shift, 4))
