"""Estimates beside the parameters that made the sample: bias, and coverage of 95 % intervals.

Heston's parameters are those of the index, whose variance is another on every date; the stock is
lognormal, and the volatility of its American options is that of the flat model.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from wrds_pipeline.results import Tables
from wrds_pipeline.synthetic import paths, truth

# A value of all dates, or one of each.
_Truth = float | Mapping[dt.date, float]

_NORMAL_95 = 1.959963984540054
_OF_HESTON = ("long_run_variance", "mean_reversion", "volatility_of_variance", "correlation")


def recovery(tables: Tables) -> pl.DataFrame:
    """Estimates beside the truth, for the panels of the sample's securities."""
    subjects = tables["dates"].select("panel", "secid").unique(maintain_order=True)
    rows = []
    for panel, secid in subjects.iter_rows():
        model, truths = _true(secid)
        own = {name: frame.filter(pl.col("panel") == panel) for name, frame in tables.items()}
        rows += [{"panel": panel, "model": model} | row for row in recovered(own, model, truths)]
    return pl.DataFrame(rows)


def _true(secid: int) -> tuple[str, dict[str, _Truth]]:
    """Model of a security of the sample, and the true value of each of its parameters."""
    if secid == truth.STOCK_SECID:
        return "flat_black_scholes", {"volatility": truth.STOCK.volatility}
    if secid != truth.INDEX_SECID:
        raise ValueError(f"secid {secid} is not of the sample: its true parameters are unknown")
    days = paths.index_path(max(truth.TRADE_DATES.values()))
    constant = {name: float(getattr(truth.INDEX, name)) for name in _OF_HESTON}
    return "heston", {"initial_variance": {day.date: day.variance for day in days}, **constant}


def recovered(tables: Tables, model: str, truths: Mapping[str, _Truth]) -> list[dict[str, Any]]:
    """Rows by parameter of one model, over the dates on which its fit converged."""
    converged = tables["fits"].filter((pl.col("model") == model) & (pl.col("status") == "ok"))
    fitted = tables["parameters"].filter(pl.col("model") == model)
    fitted = fitted.join(converged.select("trade_date"), on="trade_date", how="semi")
    return [
        {"parameter": name, **_compared(fitted.filter(pl.col("parameter") == name), value)}
        for name, value in truths.items()
    ]


def _compared(estimated: pl.DataFrame, value: _Truth) -> dict[str, Any]:
    own = estimated.sort("trade_date")
    true = np.array(
        [value if isinstance(value, float) else value[day] for day in own["trade_date"]]
    )
    estimates, deviations = own["value"].to_numpy(), own["standard_error"].to_numpy()
    error = estimates - true
    return {
        "dates": len(own),
        "mean_truth": float(true.mean()),
        "mean_estimate": float(estimates.mean()),
        "bias": float(error.mean()),
        "rmse": float(np.sqrt(np.mean(error**2))),
        "mean_standard_error": float(deviations.mean()),
        "coverage_95": float(np.mean(np.abs(error) <= _NORMAL_95 * deviations)),
    }
