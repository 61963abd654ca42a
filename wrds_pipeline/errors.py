"""Errors of the models contract by contract, from the study's results."""

from __future__ import annotations

import numpy as np
import polars as pl

from wrds_pipeline import hedging
from wrds_pipeline.models import NAMES
from wrds_pipeline.results import Tables

PERIODS = ("in_sample", "out_of_sample")
UNHEDGED = "unhedged"
OWN_VOLATILITY = "own_volatility"
# Profit and loss is told in basis points of the spot.
BASIS_POINTS = 1e4
_KEPT = (
    "panel", "source", "trade_date", "expiry", "am_settlement", "strike", "option_type",
)  # fmt: skip


def volatility_errors(tables: Tables, period: str) -> pl.DataFrame:
    """One row per contract and model that answers: errors of volatility and price, and weights.

    Out of sample only contracts that all fitted models answer enter, so that models are compared
    on the same ones; a model without any fit on a date is left out on that date.
    """
    frame = tables["calibration" if period == PERIODS[0] else "oos_pricing"]
    parts = [
        frame.select(
            *_KEPT,
            "quote_date",
            "known_at",
            *(("next_trade_date",) if period == PERIODS[1] else ()),
            "time_to_expiry",
            "forward",
            "discount",
            "vega",
            "spread",
            model=pl.lit(name),
            tenor=tenor(),
            moneyness=moneyness(),
            volatility_error=pl.col(f"volatility_{name}") - pl.col("implied_volatility"),
            price_error=pl.col(f"price_{name}") - pl.col("mid"),
        )
        for name in NAMES
    ]
    rows = pl.concat(parts).filter(pl.col("volatility_error").is_not_null())
    return _answered_by_all(rows)


def hedged(tables: Tables) -> pl.DataFrame:
    """One row per contract, model and rule: profit and loss in basis points of the spot."""
    frame = tables["hedging"]
    names = ("spot", "rate", "dividend_yield", "mid")
    held = hedging.Held(**{name: frame[name].to_numpy() for name in names})
    methods = [(UNHEDGED, UNHEDGED), (OWN_VOLATILITY, "sticky_strike")]
    methods += [(name, rule) for name in NAMES for rule in hedging.RULES]
    parts = []
    for model, rule in methods:
        delta = {UNHEDGED: pl.lit(0.0), OWN_VOLATILITY: pl.col("delta_own_volatility")}.get(
            model, pl.col(f"delta_{model}_{rule}")
        )
        known = frame.select(delta=delta) if model != UNHEDGED else None
        ratio = np.zeros(len(frame)) if known is None else known["delta"].to_numpy()
        gain = hedging.profit_and_loss(
            held,
            ratio,
            next_mid=frame["next_mid"].to_numpy(),
            next_spot=frame["next_spot"].to_numpy(),
            elapsed=frame["elapsed"].to_numpy(),
            paid=frame["dividends"].to_numpy(),
        )
        value = pl.Series(BASIS_POINTS * gain / held.spot).fill_nan(None)
        parts.append(
            frame.select(
                *_KEPT,
                "next_trade_date",
                model=pl.lit(model),
                rule=pl.lit(rule),
                tenor=tenor(),
                moneyness=moneyness(),
                profit=value,
            )
        )
    rows = pl.concat(parts).filter(pl.col("profit").is_not_null())
    return _answered_by_all(rows)


def _answered_by_all(rows: pl.DataFrame) -> pl.DataFrame:
    """Contracts that every model answers which answers any of that panel and date."""
    methods = [name for name in ("model", "rule") if name in rows.columns]
    key, date = list(_KEPT), ["panel", "trade_date"]
    asked = rows.select(*date, *methods).unique().group_by(date).len("asked")
    answers = rows.group_by(key).len("answers")
    whole = answers.join(asked, on=date).filter(pl.col("answers") == pl.col("asked"))
    return rows.join(whole.select(key), on=key, how="semi", maintain_order="left")


def tenor() -> pl.Expr:
    """Bucket of time to expiry."""
    days = pl.col("time_to_expiry") * 365.0
    return (
        pl.when(days <= 30.0)
        .then(pl.lit("to_30_days"))
        .when(days <= 90.0)
        .then(pl.lit("31_to_90_days"))
        .when(days <= 180.0)
        .then(pl.lit("91_to_180_days"))
        .otherwise(pl.lit("over_180_days"))
    )


def moneyness() -> pl.Expr:
    """Bucket of strike over forward."""
    ratio = pl.col("strike") / pl.col("forward")
    return (
        pl.when(ratio < 0.9)
        .then(pl.lit("below_0.90"))
        .when(ratio < 0.97)
        .then(pl.lit("0.90_to_0.97"))
        .when(ratio <= 1.03)
        .then(pl.lit("0.97_to_1.03"))
        .otherwise(pl.lit("above_1.03"))
    )


TENORS = ("to_30_days", "31_to_90_days", "91_to_180_days", "over_180_days")
MONEYNESS = ("below_0.90", "0.90_to_0.97", "0.97_to_1.03", "above_1.03")
