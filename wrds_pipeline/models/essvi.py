"""eSSVI: a surface without static arbitrage whose correlation and slope differ by expiry.

Held by time to expiry and log-moneyness, as `wrds_pipeline.models.ssvi`.

References
----------
Hendriks, S. and Martini, C. (2019), J. Computational Finance 22(5), 25-39.
Mingone, A. (2022), Quantitative Finance 22(12), 2205-2217.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from strikeproof import ssvi
from wrds_pipeline.models.model import Array, Fit, Points, at_expiry, objective, status_of
from wrds_pipeline.models.ssvi import expiry_of_times, read

NAME = "essvi"
_NAMES = ("theta", "rho", "psi")
# Of each start: 14 expiries have 42 parameters, and what more would gain is below a thousandth.
_MOST_EVALUATIONS = 100


def fit(points: Points) -> Fit:
    """All slices at once by weighted least squares."""
    found = ssvi.calibrate_essvi(
        log_moneyness=points.log_moneyness,
        time_to_expiry=points.time_to_expiry,
        volatility=points.volatility,
        weight=points.weight,
        most_evaluations=_MOST_EVALUATIONS,
    )
    labels = list(expiry_of_times(points).values())
    surface = found.surface
    parameters = at_expiry("time_to_expiry", dict(zip(labels, surface.time_to_expiry, strict=True)))
    known: dict[str, float] = {}
    for name in _NAMES:
        parameters |= at_expiry(name, dict(zip(labels, getattr(surface, name), strict=True)))
        errors = found.standard_errors[name].tolist()
        known |= at_expiry(name, dict(zip(labels, errors, strict=True)))
    error = objective(points, points.volatility + found.errors)
    message = "; ".join(found.warnings)
    count = len(points.volatility)
    return Fit(NAME, parameters, status_of(found.stop), message, count, error, known)


def volatility(fit: Fit, points: Points, elapsed: float) -> Array:
    """Volatility of the surface at each quote's own time to expiry."""
    del elapsed  # the surface is held by time to expiry
    if not fit.parameters:
        return np.full(points.time_to_expiry.shape, np.nan)
    times = tuple(fit.by_expiry("time_to_expiry").values())
    columns: Any = {name: tuple(fit.by_expiry(name).values()) for name in _NAMES}
    return read(ssvi.Surface(time_to_expiry=times, **columns), points)
