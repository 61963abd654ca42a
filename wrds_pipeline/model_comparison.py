"""The models beside each other: by panel, on all its dates and within its regimes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl

from wrds_pipeline import aggregates, comparison, publication
from wrds_pipeline.aggregates import ALL, LOSSES
from wrds_pipeline.models import NAMES
from wrds_pipeline.results import Tables

SEED = 20190704
REPLICATIONS = 2000
# Fewest dates of a regime: below them neither lags nor blocks of a few days tell anything.
LEAST_REGIME_DATES = 20

_Series = dict[str, np.ndarray]


def compared(tables: Tables) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Models by panel, regime and loss with intervals and confidence sets; and every pair of them.

    Regime ``all`` is the whole panel; the others have `LEAST_REGIME_DATES` or more.
    """
    labels = tables["dates"].select("panel", "trade_date", regime="period")
    by_date = aggregates.losses(tables).join(labels, on=("panel", "trade_date"), how="left")
    models: list[dict[str, Any]] = []
    pairs: list[dict[str, Any]] = []
    for panel in tables["dates"]["panel"].unique(maintain_order=True):
        own = by_date.filter(pl.col("panel") == panel)
        for stream, loss in enumerate(LOSSES):
            for regime, series in _samples(own, loss):
                key = {"panel": panel, "regime": regime, "loss": loss}
                some, others = _compared(series, stream)
                models += [key | row for row in some]
                pairs += [key | row for row in others]
    return pl.DataFrame(models), pl.DataFrame(pairs)


def _samples(by_date: pl.DataFrame, loss: str) -> Iterator[tuple[str, _Series]]:
    """Losses of all dates, and of each regime that may be shown beside them."""
    whole = _wide(by_date, loss)
    if len(whole) < comparison.LEAST_DATES:
        return
    yield ALL, _series(whole)
    for regime in _shown(whole):
        yield regime, _series(whole.filter(pl.col("regime") == regime))


def _wide(table: pl.DataFrame, loss: str) -> pl.DataFrame:
    """Losses of the dates that all models have, a column a model, in the order of dates."""
    index = ("trade_date", "regime")
    wide = table.pivot(on="model", on_columns=list(NAMES), index=index, values=loss)
    return wide.drop_nulls().sort("trade_date")


def _series(wide: pl.DataFrame) -> _Series:
    return {name: wide[name].to_numpy() for name in NAMES}


def _shown(wide: pl.DataFrame) -> list[str]:
    """Regimes of enough dates; none where the whole less those would tell too few others."""
    counts = wide.group_by("regime", maintain_order=True).len()
    shown = counts.filter(pl.col("len") >= LEAST_REGIME_DATES)
    left = len(wide) - int(shown["len"].sum())
    if 0 < left < publication.MINIMUM_COUNT:
        return []
    return shown["regime"].to_list()


def _compared(series: _Series, stream: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    count = len(series[NAMES[0]])
    block = max(comparison.block_length(values) for values in series.values())
    indices = comparison.stationary_indices(
        count, block, REPLICATIONS, comparison.generator(SEED, stream)
    )
    chances = comparison.model_confidence_set(series, indices)
    best = np.min(np.column_stack(list(series.values())), axis=1)
    models = []
    for name in NAMES:
        low, high = comparison.interval(series[name], indices)
        models.append(
            {
                "model": name,
                "dates": count,
                "mean_loss": float(series[name].mean()),
                "low": low,
                "high": high,
                "dates_won": int(np.sum(series[name] == best)),
                "confidence_set_p": chances[name],
                "mean_block": block,
            }
        )
    pairs = [
        _pair(one, other, series[one] - series[other], indices)
        for place, one in enumerate(NAMES)
        for other in NAMES[place + 1 :]
    ]
    return models, pairs


def _pair(
    one: str, other: str, differences: np.ndarray, indices: comparison.Indices
) -> dict[str, Any]:
    test = comparison.diebold_mariano(differences)
    low, high = comparison.interval(differences, indices)
    return {
        "model": one,
        "other": other,
        "dates": len(differences),
        "mean_difference": test.mean_difference,
        "low": low,
        "high": high,
        "statistic": test.statistic if np.isfinite(test.statistic) else None,
        "p_value": test.p_value,
        "lags": test.lags,
        "dates_lost": int(np.sum(differences > 0.0)),
    }
