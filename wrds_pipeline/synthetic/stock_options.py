"""SYNTHETIC quotes of the stock's American options: cash dividends, a split, adjusted contracts.

Fair values are those of the American engine with the cash dividends that are declared (the escrowed
model): the invented market, too, learns of a dividend by its declaration.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from wrds_pipeline import american_volatility, calendar
from wrds_pipeline.synthetic import paths, truth
from wrds_pipeline.synthetic.index_options import option_rows, with_faults
from wrds_pipeline.synthetic.listing import stock_expiries, stock_strikes
from wrds_pipeline.synthetic.paths import StockDay
from wrds_pipeline.synthetic.quoting import quotes
from wrds_pipeline.synthetic.truth import QUOTING, STOCK

_STREAM = 6
_ROOT, _ADJUSTED_ROOT = "SYNE", "SYNE1"
# Of the contracts that were listed before the split.
_MONEYNESS = np.arange(0.80, 1.201, 0.05)
_Ranges = dict[dt.date, tuple[float, float]]


def stock_options(days: Sequence[StockDay]) -> pl.DataFrame:
    """`opprcd` of the stock over consecutive dates.

    After the split the contracts listed before it are adjusted: strikes divided, a deliverable of
    as many more shares, a root of their own.
    """
    found = []
    ranges: _Ranges = {}
    ratio = 1.0
    for day in days:
        if day.ratio != ratio:
            ranges, ratio = {}, day.ratio
        contracts = _contracts(day, ranges)
        fair, volatility = _values(day, contracts)
        unlisted = np.full(len(fair), np.nan)
        quoted = quotes(fair, (unlisted, unlisted), day.date, _STREAM)
        unknown = {name: np.full(len(fair), np.nan) for name in ("delta", "gamma", "vega", "theta")}
        frame = option_rows(day.date, float(truth.STOCK_SECID), contracts, unknown, _STREAM)
        frame = frame.with_columns(
            best_bid=pl.Series(quoted.bid),
            best_offer=pl.Series(quoted.offer),
            impl_volatility=pl.Series(np.round(volatility, 6)),
            **{name: pl.lit(None, dtype=pl.Float64) for name in unknown},
        )
        found.append(with_faults(frame, day.date, _STREAM))
    return pl.concat(found)


def _listed(day: StockDay, expiry: dt.date, ranges: _Ranges) -> list[tuple[float, float, str]]:
    """Strikes of an expiry, shares of a contract by the old ones, and roots.

    A strike once listed stays: `ranges` holds the spots since each expiry was listed.
    """
    low, high = ranges.get(expiry, (day.spot, day.spot))
    ranges[expiry] = (min(low, day.spot), max(high, day.spot))
    found = [(float(strike), 1.0, _ROOT) for strike in stock_strikes(*ranges[expiry])]
    if day.ratio > 1.0:
        old = np.unique(np.round(_MONEYNESS * STOCK.spot / 5.0) * 5.0) / day.ratio
        found += [(float(strike), day.ratio, _ADJUSTED_ROOT) for strike in old]
    return found


def _contracts(day: StockDay, ranges: _Ranges) -> dict[str, Any]:
    rows = [
        (expiry, strike, ratio, root, call)
        for expiry in stock_expiries(day.date)
        for strike, ratio, root in _listed(day, expiry, ranges)
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
    noise = truth.generator(day.date, _STREAM + 1).standard_normal(len(contracts["strike"]))
    volatility = STOCK.volatility + QUOTING.noise * noise
    times, amounts = _dividends(day)
    terms = {
        "option_type": np.where(contracts["call"], 1.0, -1.0),
        "spot": day.spot,
        "strike": contracts["strike"],
        "time_to_expiry": contracts["time"],
        "rate": contracts["rate"],
        "dividend_times": times,
        "dividend_amounts": amounts,
    }
    return american_volatility.price(terms, volatility), volatility


def _dividends(day: StockDay) -> tuple[Any, Any]:
    """Years to the declared dividends after a day, and amounts per share of the day."""
    split = calendar.trade_dates(truth.FIRST_DATE, truth.SPLIT_DAY + 1)[-1]
    start = calendar.quoted_at(day.date)
    ahead = truth.SPLIT_RATIO if day.date < split else 1.0
    due = [
        (
            calendar.years(start, dt.datetime.combine(date, calendar.OPEN)),
            amount * (ahead if date >= split else 1.0),
        )
        for date, amount in paths.dividends()
        if paths.declared(date) <= day.date < date
    ]
    return np.array([time for time, _ in due]), np.array([amount for _, amount in due])
