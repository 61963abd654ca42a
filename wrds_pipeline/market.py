"""Market state of one date: contracts in plain units, zero curve, forwards by put-call parity."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from wrds_pipeline.as_of import MarketView

CONTRACT = ("expiry", "am_settlement", "strike", "option_type")

# Quotes are taken a minute before the close; morning contracts settle at the opening.
_QUOTE_MINUTE = 15 * 60 + 59
_OPENING_MINUTE = 9 * 60 + 30
_CLOSING_MINUTE = 16 * 60
_MINUTES_A_DAY = 24 * 60

# Parity is taken where calls and puts are closest in price: their spreads are narrowest there.
_PARITY_PAIRS = 10
_FEWEST_PAIRS = 3


def year_fraction(days: NDArray[np.float64], am_settlement: NDArray[np.float64]) -> Any:
    """Years from the day's quotes to settlement: minutes over those of 365 days."""
    settled = np.where(am_settlement == 1.0, _OPENING_MINUTE, _CLOSING_MINUTE)
    minutes = days * _MINUTES_A_DAY + settled - _QUOTE_MINUTE
    return minutes / (365.0 * _MINUTES_A_DAY)


def contracts(view: MarketView, day: dt.date, secid: float) -> pl.DataFrame:
    """Quotes of one underlying on one day in plain units, with the day's discount.

    Parameters
    ----------
    view : MarketView
        What was known when the quotes are used.
    day : date
        Date of the quotes.
    secid : float
        The underlying.

    Returns
    -------
    DataFrame
        `CONTRACT`, quote_date, days, time_to_expiry, bid, ask, mid, rate, discount, ss_flag.

    Raises
    ------
    ValueError
        No quotes or no zero curve on that day.
    """
    rows = view.opprcd.filter((pl.col("date") == day) & (pl.col("secid") == secid))
    if rows.is_empty():
        raise ValueError(f"no option quotes of secid {secid:g} on {day}")
    plain = rows.select(
        quote_date="date",
        expiry="exdate",
        am_settlement=pl.col("am_settlement").cast(pl.Int64),
        strike=pl.col("strike_price") / 1000.0,
        option_type=pl.when(pl.col("cp_flag") == "C").then(pl.lit("call")).otherwise(pl.lit("put")),
        days=(pl.col("exdate") - pl.col("date")).dt.total_days(),
        bid="best_bid",
        ask="best_offer",
        mid=(pl.col("best_bid") + pl.col("best_offer")) / 2.0,
        ss_flag="ss_flag",
    )
    days = plain["days"].to_numpy().astype(np.float64)
    time = year_fraction(days, plain["am_settlement"].to_numpy().astype(np.float64))
    rate = zero_rates(view, day, days)
    return plain.with_columns(
        time_to_expiry=pl.Series(time),
        rate=pl.Series(rate),
        discount=pl.Series(np.exp(-rate * time)),
    ).sort(CONTRACT)


def zero_rates(view: MarketView, day: dt.date, days: NDArray[np.float64]) -> NDArray[np.float64]:
    """Zero rates of a day per 1.00, linear in days between pillars, level beyond them."""
    curve = view.zerocd.filter(pl.col("date") == day).sort("days")
    if curve.is_empty():
        raise ValueError(f"no zero curve on {day}")
    percent = np.interp(days, curve["days"].to_numpy(), curve["rate"].to_numpy())
    return np.asarray(percent / 100.0)


def spot(view: MarketView, day: dt.date, secid: float) -> float:
    """Closing price of an underlying on a day."""
    rows = view.secprd.filter((pl.col("date") == day) & (pl.col("secid") == secid))
    if len(rows) != 1:
        raise ValueError(f"{len(rows)} closing prices of secid {secid:g} on {day}, want 1")
    return float(rows["close"].item())


def forwards(quotes: pl.DataFrame) -> pl.DataFrame:
    """Forward of each expiry by put-call parity: median of strike + (call - put) / discount.

    Parameters
    ----------
    quotes : DataFrame
        Of `contracts`, believable quotes only.

    Returns
    -------
    DataFrame
        expiry, am_settlement, forward; expiries with fewer than three pairs are left out.
    """
    expiry = ("expiry", "am_settlement")
    pairs = quotes.pivot(
        on="option_type",
        on_columns=["call", "put"],
        index=[*expiry, "strike", "discount"],
        values="mid",
    )
    implied = pl.col("strike") + (pl.col("call") - pl.col("put")) / pl.col("discount")
    return (
        pairs.drop_nulls(["call", "put"])
        .with_columns(gap=(pl.col("call") - pl.col("put")).abs(), implied=implied)
        .sort(*expiry, "gap", "strike")
        .group_by(expiry, maintain_order=True)
        .agg(pairs=pl.len(), forward=pl.col("implied").head(_PARITY_PAIRS).median())
        .filter(pl.col("pairs") >= _FEWEST_PAIRS)
        .drop("pairs")
    )
