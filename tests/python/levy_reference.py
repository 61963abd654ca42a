"""Stored values of the models with jumps, shared by their tests."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np

_REFERENCE = Path(__file__).parents[1] / "data" / "levy_reference.csv"


def cases(model: str, names: tuple[str, ...]) -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    """Arguments and 40-digit results of each case of a model."""
    with _REFERENCE.open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["model"] == model]
    found = {}
    for case in dict.fromkeys(row["case"] for row in rows):
        own = [row for row in rows if row["case"] == case]
        log_strike = np.array([float.fromhex(row["log_strike"]) for row in own])
        terms = {
            "option_type": np.where(log_strike > 0.0, 1.0, -1.0),
            "spot": 1.0,
            "strike": np.exp(log_strike),
            "time_to_expiry": float(own[0]["time_to_expiry"]),
            "rate": 0.0,
            **dict(zip(names, map(float, own[0]["parameters"].split()), strict=True)),
        }
        want = {
            name: np.array([float(row[name]) for row in own])
            for name in ("price", "delta", "gamma")
        }
        found[case] = (terms, want)
    return found
