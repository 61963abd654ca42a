"""SSVI: one surface without static arbitrage, with a power law for the slopes.

The surface is a function of time to expiry and log-moneyness and is held as such: a day later it is
read a day shorter.

References
----------
Gatheral, J. and Jacquier, A. (2014), Quantitative Finance 14(1), 59-71, section 4.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from strikeproof import ssvi
from wrds_pipeline.models.model import Array, Fit, Points, at_expiry, objective, status_of

NAME = "ssvi"


def fit(points: Points) -> Fit:
    """The surface by weighted least squares."""
    found = ssvi.calibrate(
        log_moneyness=points.log_moneyness,
        time_to_expiry=points.time_to_expiry,
        volatility=points.volatility,
        weight=points.weight,
    )
    surface, errors = found.surface, found.standard_errors
    labels = _labels(points)
    shape = {"rho": surface.rho[0], "eta": surface.eta, "gamma": surface.gamma}
    parameters = {name: float(value) for name, value in shape.items() if value is not None}
    parameters |= at_expiry(
        "time_to_expiry", dict(zip(labels, surface.time_to_expiry, strict=True))
    )
    parameters |= at_expiry("theta", dict(zip(labels, surface.theta, strict=True)))
    known = {name: float(errors[name][0]) for name in ("rho", "eta", "gamma")}
    known |= at_expiry("theta", dict(zip(labels, errors["theta"].tolist(), strict=True)))
    error = objective(points, points.volatility + found.errors)
    message = "; ".join(found.warnings)
    count = len(points.volatility)
    return Fit(NAME, parameters, status_of(found.stop), message, count, error, known)


def volatility(fit: Fit, points: Points, elapsed: float) -> Array:
    """Volatility of the surface at each quote's own time to expiry."""
    del elapsed  # the surface is held by time to expiry
    if not fit.parameters:
        return np.full(points.time_to_expiry.shape, np.nan)
    shape: Any = {name: fit.parameters[name] for name in ("rho", "eta", "gamma")}
    surface = ssvi.formula_surface(
        phi="power_law",
        time_to_expiry=tuple(fit.by_expiry("time_to_expiry").values()),
        theta=tuple(fit.by_expiry("theta").values()),
        **shape,
    )
    return read(surface, points)


def read(surface: ssvi.Surface, points: Points) -> Array:
    """Volatility of a surface at the quotes."""
    found = surface.implied_volatility(
        log_moneyness=points.log_moneyness, time_to_expiry=points.time_to_expiry
    )
    return np.asarray(found, dtype=np.float64)


def _labels(points: Points) -> list[str]:
    return list(expiry_of_times(points).values())


def expiry_of_times(points: Points) -> dict[float, str]:
    """Label of each distinct time to expiry, ascending."""
    return {time: label for label, time in points.expiries().items()}
