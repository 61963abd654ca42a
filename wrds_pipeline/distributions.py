"""Distributions of a stock: dividends to come that are declared, and what a night brought.

Amounts are per share as it is on the day.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from wrds_pipeline import calendar
from wrds_pipeline.as_of import KNOWN_AT, MarketView

_ORDINARY, _SPLITS = "1", ["2", "3"]


@dataclass(frozen=True, slots=True)
class Declared:
    """Dividends to come: years to the openings of their ex-dates, amounts, and when last known."""

    times: NDArray[np.float64]
    amounts: NDArray[np.float64]
    known_at: tuple[dt.datetime, ...]

    def worth(self, rate: float, time_to_expiry: float) -> float:
        """Present value of those before an expiry."""
        due = self.times < time_to_expiry
        return float(np.sum(self.amounts[due] * np.exp(-rate * self.times[due])))


def declared(view: MarketView, day: dt.date, secid: int) -> Declared:
    """Ordinary cash dividends with ex-dates after a day.

    Those after a declared split are taken per share of the day. Cancelled distributions are left
    out; so are specials, for which contracts are adjusted.
    """
    announced = _standing(view, secid).filter(pl.col("ex_date") > day)
    splits = announced.filter(pl.col("distr_type").is_in(_SPLITS) & (pl.col("adj_factor") > 0.0))
    paid = announced.filter(pl.col("distr_type") == _ORDINARY).sort("ex_date", "seq_num")
    shares = [
        float(np.prod(splits.filter(pl.col("ex_date") <= date)["adj_factor"].to_numpy()))
        for date in paid["ex_date"]
    ]
    return Declared(
        times=_openings(day, paid["ex_date"]),
        amounts=paid["amount"].to_numpy() * np.array(shares, dtype=np.float64),
        known_at=tuple(announced[KNOWN_AT].to_list()),
    )


@dataclass(frozen=True, slots=True)
class Passed:
    """What went ex between two trading days.

    Attributes
    ----------
    times, amounts : array
        Of the ordinary cash dividends: years from the first day's quotes to the openings of their
        ex-dates, and currency per share.
    adjusting : bool
        Whether anything else went ex, for which contracts are adjusted: a strike of the next day
        then is not the same contract's.
    """

    times: NDArray[np.float64]
    amounts: NDArray[np.float64]
    adjusting: bool

    def worth(self, rate: NDArray[np.float64], elapsed: float) -> NDArray[np.float64]:
        """Value of the cash at the end of `elapsed` years at each of the rates."""
        grown = np.exp(rate[:, None] * (elapsed - self.times))
        return np.asarray(np.sum(self.amounts * grown, axis=1))


def passed(view: MarketView, day: dt.date, following: dt.date, secid: int) -> Passed:
    """Distributions with ex-dates after a day, up to the following trading day."""
    rows = _standing(view, secid).filter(
        (pl.col("ex_date") > day) & (pl.col("ex_date") <= following)
    )
    paid = rows.filter(pl.col("distr_type") == _ORDINARY).sort("ex_date", "seq_num")
    return Passed(
        times=_openings(day, paid["ex_date"]),
        amounts=paid["amount"].to_numpy(),
        adjusting=len(paid) < len(rows),
    )


def _standing(view: MarketView, secid: int) -> pl.DataFrame:
    """Distributions of a security that are not cancelled."""
    return view.table("distrd").filter(
        (pl.col("secid") == secid) & (pl.col("cancel_flag").fill_null("0") != "1")
    )


def _openings(day: dt.date, ex_dates: pl.Series) -> NDArray[np.float64]:
    """Years from a day's quotes to the openings of dates."""
    start = calendar.quoted_at(day)
    return np.array(
        [
            calendar.years(start, dt.datetime.combine(date, calendar.OPEN))
            for date in ex_dates.to_list()
        ],
        dtype=np.float64,
    )
