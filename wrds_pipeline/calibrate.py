"""Calibration on the trade date: one flat volatility per expiry, from that day's quotes alone.

The volatility is the vega-weighted least-squares fit of the quotes' own implied volatilities,
for a constant their vega-weighted mean in closed form. The vendor's volatilities are not read.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import polars as pl

from strikeproof import black_scholes
from wrds_pipeline import market, schemas, universe
from wrds_pipeline.as_of import MarketView, check_calibration
from wrds_pipeline.universe import Universe

EXPIRY = ("expiry", "am_settlement")

# A forward further from the spot than this is a wrong unit or a split, not carry.
_MOST_CARRY = 0.25


def calibrate(view: MarketView, rules: Universe) -> tuple[pl.DataFrame, dict[str, int]]:
    """Calibration table of the declared trade date, and quotes removed by each rule.

    Parameters
    ----------
    view : MarketView
        What was known when the trade date's study decided.
    rules : Universe
        Study, quote and selection rules.

    Raises
    ------
    LookAheadError
        A row uses what was not known on the trade date.
    ValueError
        No quotes, or none left.
    """
    day = rules.study.trade_date
    believed, removed = believed_quotes(view, day, rules)
    selected, unselected = universe.apply(believed, rules.selection.expressions())
    quotes, failed = with_implied_volatility(selected)
    if quotes.is_empty():
        raise ValueError(f"no quote of {day} keeps the rules: {removed | unselected}")
    weighted = (pl.col("vega") * pl.col("implied_volatility")).sum() / pl.col("vega").sum()
    table = quotes.with_columns(flat_volatility=weighted.over(EXPIRY)).with_columns(
        source=pl.lit("SYNTHETIC"),
        trade_date=pl.lit(day.isoformat()),
        known_at=pl.lit(view.latest().isoformat()),
        residual=pl.col("flat_volatility") - pl.col("implied_volatility"),
    )
    check_calibration(table)
    counts = removed | unselected | {"not_invertible": failed}
    return schemas.checked(table, schemas.Calibration), counts


def believed_quotes(
    view: MarketView, day: dt.date, rules: Universe
) -> tuple[pl.DataFrame, dict[str, int]]:
    """Quotes of a day that keep the quote rules, with that day's spot and parity forwards.

    Raises
    ------
    ValueError
        A forward is implausibly far from the spot.
    """
    secid = float(rules.study.secid)
    quotes = market.contracts(view, day, secid)
    believed, removed = universe.apply(quotes, rules.quote.expressions())
    spot = market.spot(view, day, secid)
    priced = believed.join(
        market.forwards(believed), on=EXPIRY, how="inner", maintain_order="left"
    ).with_columns(spot=pl.lit(spot))
    strange = priced.filter((pl.col("forward") / spot).log().abs() > _MOST_CARRY)
    if not strange.is_empty():
        expiry, forward = strange.row(0, named=True)["expiry"], strange["forward"][0]
        raise ValueError(
            f"forward {forward:.6g} of {expiry} on {day} against spot {spot:.6g}: check the units "
            "of strikes (vendor's are times 1000) and splits"
        )
    dates = {name: pl.col(name).dt.to_string("%Y-%m-%d") for name in ("expiry", "quote_date")}
    removed["no_parity_forward"] = len(believed) - len(priced)
    return priced.with_columns(**dates), removed


def terms(quotes: pl.DataFrame) -> dict[str, Any]:
    """Arguments of the pricing functions: the spot is the forward discounted, carry is in it."""
    return {
        "option_type": np.where(quotes["option_type"] == "call", 1.0, -1.0),
        "spot": quotes["forward"].to_numpy() * np.exp(-_total_rate(quotes)),
        "strike": quotes["strike"].to_numpy(),
        "time_to_expiry": quotes["time_to_expiry"].to_numpy(),
        "rate": quotes["rate"].to_numpy(),
    }


def _total_rate(quotes: pl.DataFrame) -> Any:
    return quotes["rate"].to_numpy() * quotes["time_to_expiry"].to_numpy()


def with_implied_volatility(quotes: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """Quotes with implied volatility and vega; and how many had no volatility, left out."""
    arguments = terms(quotes)
    volatility, status = black_scholes.implied_volatility(
        price=quotes["mid"].to_numpy(), **arguments, on_failure="nan", return_status=True
    )
    found = (status == 0) & (volatility > 0.0)
    greeks = black_scholes.greeks(volatility=np.where(found, volatility, 1.0), **arguments)
    frame = quotes.with_columns(
        implied_volatility=pl.Series(volatility), vega=pl.Series(greeks.vega)
    )
    return frame.filter(pl.Series(found)), int((~found).sum())
