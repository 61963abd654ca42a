"""SYNTHETIC quotes of the stock's American options: cash dividends, a split, adjusted contracts.

Fair values are those of the American engine on the stock less the present value of its dividends
(the escrowed model).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from strikeproof import american
from wrds_pipeline import calendar
from wrds_pipeline.synthetic import paths, truth
from wrds_pipeline.synthetic.index_options import option_rows, with_faults
from wrds_pipeline.synthetic.listing import stock_expiries
from wrds_pipeline.synthetic.paths import StockDay
from wrds_pipeline.synthetic.quoting import quotes
from wrds_pipeline.synthetic.truth import QUOTING, STOCK

_STREAM = 6
_ROOT, _ADJUSTED_ROOT = "SYNE", "SYNE1"
_MONEYNESS = np.arange(0.80, 1.201, 0.05)


def stock_options(days: Sequence[StockDay]) -> pl.DataFrame:
    """`opprcd` of the stock over consecutive dates.

    After the split the contracts listed before it are adjusted: strikes divided, a deliverable of
    as many more shares, a root of their own.
    """
    found = []
    for day in days:
        contracts = _contracts(day)
        fair, volatility = _values(day, contracts)
        quoted = quotes(fair, np.full(len(fair), np.nan), day.date, _STREAM)
        unknown = {name: np.full(len(fair), np.nan) for name in ("delta", "gamma", "vega", "theta")}
        frame = option_rows(day.date, float(truth.STOCK_SECID), contracts, unknown, _STREAM)
        frame = frame.with_columns(
            best_bid=pl.Series(quoted.bid),
            best_offer=pl.Series(quoted.offer),
            impl_volatility=pl.Series(np.round(volatility, 6)),
            last_date=pl.lit(day.date),
            **{name: pl.lit(None, dtype=pl.Float64) for name in unknown},
        )
        found.append(with_faults(frame, day.date, _STREAM))
    return pl.concat(found)


def _contracts(day: StockDay) -> dict[str, Any]:
    standard = np.unique(np.round(_MONEYNESS * day.spot / 2.5) * 2.5)
    listed = [(strike, 1.0, _ROOT) for strike in standard]
    if day.ratio > 1.0:
        old = np.unique(np.round(_MONEYNESS * STOCK.spot / 5.0) * 5.0) / day.ratio
        listed += [(strike, day.ratio, _ADJUSTED_ROOT) for strike in old]
    rows = [
        (expiry, strike, ratio, root, call)
        for expiry in stock_expiries(day.date)
        for strike, ratio, root in listed
        for call in (True, False)
    ]
    expiry, strike, ratio, root, call = (list(column) for column in zip(*rows, strict=True))
    start = calendar.quoted_at(day.date)
    time = [calendar.years(start, calendar.settled_at(date, morning=False)) for date in expiry]
    ahead = [(date - day.date).days for date in expiry]
    rate = np.interp(ahead, truth.CURVE_DAYS, truth.curve(day.date)) / 100.0
    return {
        "expiry": expiry,
        "strike": np.array(strike),
        "ratio": np.array(ratio),
        "root": root,
        "call": call,
        "morning": [False] * len(rows),
        "time": np.array(time),
        "rate": rate,
    }


def _values(day: StockDay, contracts: dict[str, Any]) -> tuple[Any, Any]:
    worth = np.array(
        [
            _dividends_until(day.date, expiry, rate)
            for expiry, rate in zip(contracts["expiry"], contracts["rate"], strict=True)
        ]
    )
    noise = truth.generator(day.date, _STREAM + 1).standard_normal(len(worth))
    volatility = STOCK.volatility + QUOTING.noise * noise
    price = american.price(
        option_type=np.where(contracts["call"], 1.0, -1.0),
        spot=day.spot - worth,
        strike=contracts["strike"],
        time_to_expiry=contracts["time"],
        rate=contracts["rate"],
        volatility=volatility,
        on_failure="raise",
    )
    return price, volatility


def _dividends_until(day: dt.date, expiry: dt.date, rate: float) -> float:
    """Present value of the dividends whose ex-date is after a day and not after an expiry."""
    return sum(
        amount * float(np.exp(-rate * (date - day).days / 365.0))
        for date, amount in paths.dividends()
        if day < date <= expiry
    )
