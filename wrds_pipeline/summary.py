"""Errors by tenor and moneyness, so coarse that no quote can be read off.

Cells of fewer than ten contracts are merged into one cell of their tenor, then into one cell of
all tenors; what is still smaller is not published, only counted.
"""

from __future__ import annotations

import polars as pl

from wrds_pipeline import schemas
from wrds_pipeline.schemas import MINIMUM_CONTRACTS

MERGED = "other"
_CELL = ("period", "tenor", "moneyness")


def summarise(calibration: pl.DataFrame, oos_pricing: pl.DataFrame) -> pl.DataFrame:
    """Summary table of the calibration and the out-of-sample table."""
    common = ("source", "time_to_expiry", "strike", "forward")
    errors = pl.concat(
        [
            calibration.select(*common, period=pl.lit("in_sample"), error="residual"),
            oos_pricing.select(*common, period=pl.lit("out_of_sample"), error="volatility_error"),
        ]
    )
    labelled = errors.with_columns(tenor=_tenor(), moneyness=_moneyness())
    merged = _merge(_merge(labelled, ("moneyness",)), ("moneyness", "tenor"))
    cells = merged.group_by("source", *_CELL, maintain_order=True).agg(
        contracts=pl.len().cast(pl.Int64),
        rmse_volatility=(pl.col("error") ** 2).mean().sqrt(),
        mean_volatility_error=pl.col("error").mean(),
    )
    small = pl.col("contracts") < MINIMUM_CONTRACTS
    hidden = pl.when(small).then(pl.col("contracts")).otherwise(0).sum().over("period")
    published = cells.with_columns(suppressed_contracts=hidden.cast(pl.Int64)).filter(~small)
    return schemas.checked(published, schemas.Summary)


def _merge(rows: pl.DataFrame, names: tuple[str, ...]) -> pl.DataFrame:
    """Rows of small cells with the labels `names` replaced by the merged cell's."""
    small = pl.len().over(_CELL) < MINIMUM_CONTRACTS
    labels = {
        name: pl.when(small).then(pl.lit(MERGED)).otherwise(pl.col(name)).alias(name)
        for name in names
    }
    return rows.with_columns(**labels)


def _tenor() -> pl.Expr:
    days = pl.col("time_to_expiry") * 365.0
    return (
        pl.when(days <= 30.0)
        .then(pl.lit("to_30_days"))
        .when(days <= 90.0)
        .then(pl.lit("31_to_90_days"))
        .otherwise(pl.lit("over_90_days"))
    )


def _moneyness() -> pl.Expr:
    moneyness = pl.col("strike") / pl.col("forward")
    return (
        pl.when(moneyness < 0.95)
        .then(pl.lit("below_0.95"))
        .when(moneyness <= 1.05)
        .then(pl.lit("0.95_to_1.05"))
        .otherwise(pl.lit("above_1.05"))
    )
