"""Headline figures of a study, computed from its tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from wrds_pipeline.aggregates import ALL
from wrds_pipeline.provenance import Provenance

_ALPHA = 0.10
# The loss by which the confidence set of the summary is told.
_LOSS = "volatility"


def figures(
    tables: Mapping[str, pl.DataFrame], leaks: Mapping[str, Any], provenance: Provenance
) -> dict[str, Any]:
    """Dates, errors and hedges by model, recovery of the truth, and the look-ahead experiments.

    Parameters
    ----------
    tables : mapping
        Of `wrds_pipeline.schemas.TABLES`, by name.
    leaks : mapping
        Content of leak_detection.json.
    provenance : Provenance

    Raises
    ------
    ValueError
        The tables are of other dates than the provenance says, or a model is missing.
    """
    dates = tables["dates"]
    if len(dates["trade_date"].unique()) != provenance.dates["trade_dates"]:
        raise ValueError("dates table and provenance are of other panels")
    models = sorted(dates["model"].unique())
    recovered = tables["recovery"]
    truth = recovered.with_columns(
        error=pl.col("bias").abs() / pl.col("mean_truth").abs(),
    )
    return {
        "source": f"{provenance.source} ({provenance.marker})",
        "seed": provenance.seed,
        "panel": provenance.panel["panel_id"],
        "trade_dates": provenance.dates["trade_dates"],
        "dates_without_a_market": provenance.dates["trade_dates"]
        - provenance.dates["by_market"].get("ok", 0),
        "contracts_fitted": provenance.universe["selected"],
        "contracts_priced": provenance.universe["priced"],
        "fits_not_converged": int(
            dates.filter(~pl.col("fit").is_in(["ok", "partial", "none"])).height
        ),
        "worst_relative_bias": _largest(truth, "error"),
        "least_coverage_95": float(recovered["coverage_95"].min()),  # type: ignore[arg-type]
        "leaks_planted": leaks["planted"],
        "leaks_missed": leaks["planted"] - leaks["caught"],
        "runs_changed_by_the_future": _changed(leaks),
        "models": {name: _model(tables, name) for name in models},
        "recovery": {
            row["parameter"]: {key: row[key] for key in ("bias", "rmse", "coverage_95")}
            for row in recovered.iter_rows(named=True)
        },
    }


def _largest(table: pl.DataFrame, column: str) -> float:
    values = table[column]
    if values.is_empty() or not values.is_finite().all():
        raise ValueError(f"{column} has no rows or is not finite")
    return float(values.max())  # type: ignore[arg-type]


def _changed(leaks: Mapping[str, Any]) -> int:
    honest = [leaks["honest_twin"], leaks["views"], *leaks["stages"]]
    return sum(stage["differing"] for stage in honest)


def _model(tables: Mapping[str, pl.DataFrame], name: str) -> dict[str, Any]:
    whole = (pl.col("tenor") == ALL) & (pl.col("moneyness") == ALL) & (pl.col("model") == name)
    errors = {row["period"]: row for row in tables["summary"].filter(whole).iter_rows(named=True)}
    hedged = {row["rule"]: row for row in tables["hedging"].filter(whole).iter_rows(named=True)}
    own = (pl.col("model") == name) & (pl.col("loss") == _LOSS)
    placed = tables["comparison"].filter(own)
    if len(errors) != 2 or len(hedged) != 2 or len(placed) != 1:
        raise ValueError(f"tables do not hold model {name} whole")
    chance = placed["confidence_set_p"][0]
    return {
        "in_sample_rmse_volatility": errors["in_sample"]["rmse_volatility"],
        "out_of_sample_rmse_volatility": errors["out_of_sample"]["rmse_volatility"],
        "out_of_sample_rmse_spreads": errors["out_of_sample"]["rmse_spreads"],
        "hedged_rmse_bp_sticky_strike": hedged["sticky_strike"]["rmse_bp"],
        "hedged_rmse_bp_sticky_moneyness": hedged["sticky_moneyness"]["rmse_bp"],
        "dates_won": placed["dates_won"][0],
        "confidence_set_p": chance,
        "in_confidence_set": chance > _ALPHA,
    }
