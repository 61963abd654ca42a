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
# Figures of a panel that are tables themselves.
_GROUPS = ("models", "regimes", "recovery")


def figures(
    tables: Mapping[str, pl.DataFrame], leaks: Mapping[str, Any], provenance: Provenance
) -> dict[str, Any]:
    """Dates, errors and hedges by model, recovery of the truth, and the look-ahead experiments.

    The first panel's stand at the top; those of the others are rows of `panels` and groups of their
    own, such as ``models_<panel>``.

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
        The tables are of other panels or dates than the provenance says, or a model is missing.
    """
    declared = provenance.panel["panels"]
    names = [record["panel_id"] for record in declared]
    if set(tables["dates"]["panel"].unique()) != set(names):
        raise ValueError("dates table and provenance are of other panels")
    first, *others = (_panel(_of(tables, record["panel_id"]), record) for record in declared)
    return {
        "source": f"{provenance.source} ({provenance.marker})",
        "seed": provenance.seed,
        "leaks_planted": leaks["planted"],
        "leaks_missed": leaks["planted"] - leaks["caught"],
        "runs_changed_by_the_future": _changed(leaks),
        **first,
        "panels": {
            name: {key: value for key, value in own.items() if key not in _GROUPS}
            for name, own in zip(names, (first, *others), strict=True)
        },
        **{
            f"{group}_{name}": own[group]
            for name, own in zip(names[1:], others, strict=True)
            for group in _GROUPS
        },
    }


def _of(tables: Mapping[str, pl.DataFrame], panel: str) -> dict[str, pl.DataFrame]:
    own = pl.col("panel") == panel
    return {name: frame.filter(own) for name, frame in tables.items()}


def _panel(tables: Mapping[str, pl.DataFrame], record: Mapping[str, Any]) -> dict[str, Any]:
    dates, counts = tables["dates"], record["counts"]
    told = record["dates"]["trade_dates"]
    if len(dates["trade_date"].unique()) != told:
        raise ValueError("dates table and provenance are of other panels")
    recovered = tables["recovery"]
    truth = recovered.with_columns(
        error=pl.col("bias").abs() / pl.col("mean_truth").abs(),
    )
    return {
        "panel": record["panel_id"],
        "exercise": record["exercise"],
        "trade_dates": told,
        "dates_without_a_market": told - record["dates"]["by_market"].get("ok", 0),
        "contracts_fitted": counts["selected"],
        "contracts_priced": counts["priced"],
        "fits_not_converged": int(
            dates.filter(~pl.col("fit").is_in(["ok", "partial", "none"])).height
        ),
        "worst_relative_bias": _largest(truth, "error"),
        "least_coverage_95": float(recovered["coverage_95"].min()),  # type: ignore[arg-type]
        "models": {name: _model(tables, name) for name in sorted(dates["model"].unique())},
        "regimes": _regimes(tables["regimes"]),
        "recovery": {
            row["parameter"]: {key: row[key] for key in ("bias", "rmse", "coverage_95")}
            for row in recovered.iter_rows(named=True)
        },
    }


def _regimes(table: pl.DataFrame) -> dict[str, dict[str, float]]:
    """Out-of-sample error of volatility by regime and model."""
    whole = (pl.col("tenor") == ALL) & (pl.col("moneyness") == ALL)
    found: dict[str, dict[str, float]] = {}
    for row in table.filter(whole & (pl.col("period") == "out_of_sample")).iter_rows(named=True):
        found.setdefault(row["regime"], {})[row["model"]] = row["rmse_volatility"]
    return found


def _largest(table: pl.DataFrame, column: str) -> float:
    values = table[column]
    if values.is_empty() or not values.is_finite().all():
        raise ValueError(f"{column} has no rows or is not finite")
    return float(values.max())  # type: ignore[arg-type]


def _changed(leaks: Mapping[str, Any]) -> int:
    honest = [leaks["honest_twin"], *leaks["views"], *leaks["stages"]]
    return sum(stage["differing"] for stage in honest)


def _model(tables: Mapping[str, pl.DataFrame], name: str) -> dict[str, Any]:
    whole = (pl.col("tenor") == ALL) & (pl.col("moneyness") == ALL) & (pl.col("model") == name)
    errors = {row["period"]: row for row in tables["summary"].filter(whole).iter_rows(named=True)}
    hedged = {row["rule"]: row for row in tables["hedging"].filter(whole).iter_rows(named=True)}
    own = (pl.col("model") == name) & (pl.col("loss") == _LOSS) & (pl.col("regime") == ALL)
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
