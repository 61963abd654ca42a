"""Out of sample: the contracts of the calibration, priced on the next trade date.

The volatility is the trade date's; spot, forward and curve are those of the next trade date. A
contract is the same when expiry, strike, call or put, and settlement are. No contract is chosen
by what its next quote looks like: those without a believable one are counted by reason.
"""

from __future__ import annotations

import datetime as dt

import polars as pl

from strikeproof import black_scholes
from wrds_pipeline import calendar, schemas
from wrds_pipeline.as_of import MarketView, check_oos
from wrds_pipeline.calibrate import believed_quotes, terms, with_implied_volatility
from wrds_pipeline.market import CONTRACT
from wrds_pipeline.universe import Universe


def evaluate(
    calibration: pl.DataFrame, view: MarketView, rules: Universe
) -> tuple[pl.DataFrame, dict[str, int]]:
    """Out-of-sample table, and contracts left out by reason.

    Parameters
    ----------
    calibration : DataFrame
        Table of `calibrate`.
    view : MarketView
        What was known at the close of the next trade date.
    rules : Universe
        The same as in the calibration.

    Raises
    ------
    LookAheadError
        A row is not of the exchange's next trading day.
    ValueError
        No contract can be priced.
    """
    following = calendar.next_trade_date(rules.study.trade_date)
    fitted = calibration.select("source", "trade_date", *CONTRACT, "flat_volatility")
    alive = fitted.filter(pl.col("expiry") > following.isoformat())
    quotes, _ = believed_quotes(view, following, rules)
    matched = alive.join(quotes, on=CONTRACT, how="inner", maintain_order="left")
    priced, failed = with_implied_volatility(matched)
    if priced.is_empty():
        raise ValueError(f"none of {len(fitted)} contracts can be priced on {following}")
    left_out = {
        "expired": len(fitted) - len(alive),
        "no_believable_quote": len(alive) - len(matched),
        "not_invertible": failed,
    }
    table = _errors(priced, view, following)
    check_oos(table)
    return schemas.checked(table, schemas.OosPricing), left_out


def _errors(priced: pl.DataFrame, view: MarketView, following: dt.date) -> pl.DataFrame:
    model = black_scholes.price(
        volatility=priced["flat_volatility"].to_numpy(), **terms(priced), on_failure="raise"
    )
    return priced.with_columns(
        next_trade_date=pl.lit(following.isoformat()),
        known_at=pl.lit(view.latest().isoformat()),
        model_price=pl.Series(model),
    ).with_columns(
        price_error=pl.col("model_price") - pl.col("mid"),
        volatility_error=pl.col("flat_volatility") - pl.col("implied_volatility"),
    )
