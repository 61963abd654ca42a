"""Headline figures of a study, computed from its tables."""

from __future__ import annotations

from typing import Any

import polars as pl

from wrds_pipeline.provenance import Provenance


def figures(
    calibration: pl.DataFrame, oos_pricing: pl.DataFrame, provenance: Provenance
) -> dict[str, Any]:
    """In-sample and out-of-sample errors, over all contracts and by expiry.

    Raises
    ------
    ValueError
        A table has no rows, holds an error that is not finite (a maximum would hide it), or is
        of another day than the provenance says.
    """
    errors = {"calibration": calibration["residual"], "oos": oos_pricing["volatility_error"]}
    for name, column in errors.items():
        if column.is_empty():
            raise ValueError(f"{name} table has 0 rows")
        if not column.is_finite().all():
            raise ValueError(f"{name} table holds an error that is not finite")
    dates = (calibration["trade_date"][0], oos_pricing["next_trade_date"][0])
    if dates != (provenance.trade_date, provenance.next_trade_date):
        raise ValueError(f"tables are of {dates}, provenance is of another study")
    return {
        "source": f"{provenance.source} ({provenance.marker})",
        "seed": provenance.seed,
        "trade_date": provenance.trade_date,
        "next_trade_date": provenance.next_trade_date,
        "in_sample_contracts": len(calibration),
        "in_sample_rmse_volatility": _rmse(calibration, "residual"),
        "out_of_sample_contracts": len(oos_pricing),
        "out_of_sample_rmse_volatility": _rmse(oos_pricing, "volatility_error"),
        "out_of_sample_rmse_price": _rmse(oos_pricing, "price_error"),
        "by_expiry": _by_expiry(calibration, oos_pricing),
    }


def _rmse(table: pl.DataFrame, name: str) -> float:
    return float(table.select((pl.col(name) ** 2).mean().sqrt()).item())


def _by_expiry(calibration: pl.DataFrame, oos_pricing: pl.DataFrame) -> dict[str, dict[str, Any]]:
    found = {}
    for (expiry, morning), fitted in calibration.group_by(
        "expiry", "am_settlement", maintain_order=True
    ):
        same = (pl.col("expiry") == expiry) & (pl.col("am_settlement") == morning)
        priced = oos_pricing.filter(same)
        found[f"{expiry} {'AM' if morning else 'PM'}"] = {
            "contracts": len(fitted),
            "flat_volatility": fitted["flat_volatility"][0],
            "in_sample_rmse_volatility": _rmse(fitted, "residual"),
            "out_of_sample_contracts": len(priced),
            "out_of_sample_rmse_volatility": None
            if priced.is_empty()
            else _rmse(priced, "volatility_error"),
        }
    return found
