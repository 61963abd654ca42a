"""What a study of licensed data writes: aggregates over ten rows or more, and their provenance.

Every table passes `wrds_pipeline.publication`, which lets listed columns through and nothing else.
Only the finest cells are written: a total beside them would tell a cell that is left out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import polars as pl

from wrds_pipeline import aggregates, calendar, model_comparison, publication, results
from wrds_pipeline.csv_form import csv_text
from wrds_pipeline.panel import Panel
from wrds_pipeline.universe import Universe

SCHEMA = "strikeproof/wrds_live/2"
# Table, columns that name a cell, and the column with its number of rows.
_Frames = dict[str, tuple[pl.DataFrame, tuple[str, ...], str]]
_INTERVAL = {"low": "lower", "high": "upper"}


def tables(made: results.Tables) -> dict[str, str]:
    """Text of each publishable table by file name.

    Raises
    ------
    NotPublishableError
        A table has a column that no list names.
    """
    found = {}
    for name, (frame, keys, count) in _frames(made).items():
        kept, _ = publication.without_small_cells(frame, keys=keys, count=count)
        found[f"{name}.csv"] = csv_text(kept.sort(keys))
    return found


def _frames(made: results.Tables) -> _Frames:
    fine = (pl.col("tenor") != aggregates.ALL) & (pl.col("moneyness") != aggregates.ALL)
    unused = ("source", "suppressed_contracts")
    found: _Frames = {
        "summary": (
            aggregates.summary(made).filter(fine).drop(unused),
            ("panel", "period", "model", "tenor", "moneyness"),
            "contracts",
        ),
        "regimes": (
            aggregates.regimes(made).filter(fine).drop(unused),
            ("panel", "regime", "period", "model", "tenor", "moneyness"),
            "contracts",
        ),
        "hedging": (
            aggregates.hedges(made).filter(fine).drop(*unused, "gain"),
            ("panel", "model", "rule", "tenor", "moneyness"),
            "contracts",
        ),
    }
    models, pairs = model_comparison.compared(made)
    if models.is_empty():
        return found
    found["comparison"] = (
        models.rename({"loss": "quantity", "confidence_set_p": "p_value", **_INTERVAL}).drop(
            "dates_won", "mean_block"
        ),
        ("panel", "regime", "quantity", "model"),
        "dates",
    )
    found["pairs"] = (
        pairs.rename({"loss": "quantity", "other": "other_model", **_INTERVAL}).drop(
            "lags", "dates_lost"
        ),
        ("panel", "regime", "quantity", "model", "other_model"),
        "dates",
    )
    return found


def provenance(
    made: results.Tables, facts: Mapping[str, Any], panels: Sequence[Panel], rules: Universe
) -> bytes:
    """Canonical JSON of where the numbers come from: queries and counts, no row."""
    removed = made["removed"].group_by("rule", maintain_order=True).agg(pl.col("quotes").sum())
    markets = made["dates"].group_by("panel", "status").len().sort("panel", "status")
    by_market: dict[str, dict[str, int]] = {}
    for panel, status, dates in markets.iter_rows():
        by_market.setdefault(panel, {})[status] = dates
    document = {
        "schema": SCHEMA,
        "facts": dict(facts),
        "panels": [panel.record() for panel in panels],
        "universe": asdict(rules),
        "removed": dict(removed.iter_rows()),
        "dates": by_market,
        "calendar": {"name": calendar.NAME, "version": calendar.VERSION},
    }
    options: dict[str, Any] = {"indent": 2, "sort_keys": True, "allow_nan": False, "default": str}
    return (json.dumps(document, **options) + "\n").encode()
