"""What Heston's and Bates's models share: a process with constant parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from wrds_pipeline.models.model import Array, Fit, Points, objective, status_of


def fit_process(name: str, calibrate: Callable[..., Any], points: Points) -> Fit:
    """Parameters of a process by weighted least squares of volatility."""
    found = calibrate(
        strike=np.exp(points.log_moneyness),
        forward=1.0,
        time_to_expiry=points.time_to_expiry,
        volatility=points.volatility,
        weight=points.weight,
    )
    return Fit(
        name,
        dict(found.model),
        status_of(found.stop),
        "; ".join(found.warnings),
        len(points.volatility),
        objective(points, points.volatility + found.errors),
        dict(found.standard_errors),
    )


def process_volatility(implied_volatility: Callable[..., Any], fit: Fit, points: Points) -> Array:
    """Volatility of a process at the quotes; NaN where its price has no digit left."""
    if not fit.parameters:
        return np.full(points.time_to_expiry.shape, np.nan)
    found = implied_volatility(
        forward=1.0,
        strike=np.exp(points.log_moneyness),
        time_to_expiry=points.time_to_expiry,
        on_failure="nan",
        **fit.parameters,
    )
    return np.asarray(found, dtype=np.float64)
