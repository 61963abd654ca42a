"""Cash dividends that are declared on a date, per share as it is on that date."""

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
    announced = view.table("distrd").filter(
        (pl.col("secid") == secid)
        & (pl.col("ex_date") > day)
        & (pl.col("cancel_flag").fill_null("0") != "1")
    )
    splits = announced.filter(pl.col("distr_type").is_in(_SPLITS) & (pl.col("adj_factor") > 0.0))
    paid = announced.filter(pl.col("distr_type") == _ORDINARY).sort("ex_date", "seq_num")
    shares = [
        float(np.prod(splits.filter(pl.col("ex_date") <= date)["adj_factor"].to_numpy()))
        for date in paid["ex_date"]
    ]
    start = calendar.quoted_at(day)
    opening = [dt.datetime.combine(date, calendar.OPEN) for date in paid["ex_date"]]
    return Declared(
        times=np.array([calendar.years(start, moment) for moment in opening]),
        amounts=paid["amount"].to_numpy() * np.array(shares),
        known_at=tuple(announced[KNOWN_AT].to_list()),
    )
