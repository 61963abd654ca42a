"""Black-Scholes with one volatility: the weighted mean of the quotes' own.

References
----------
Black, F. and Scholes, M. (1973), J. Political Economy 81(3), 637-654; weights as in Whaley, R. E.
(1982), J. Financial Economics 10(1), 29-58.
"""

from __future__ import annotations

import numpy as np

from wrds_pipeline.models.model import OK, Array, Fit, Points, objective

NAME = "flat_black_scholes"


def fit(points: Points) -> Fit:
    """One volatility by weighted least squares, in closed form."""
    if points.volatility.size == 0:
        raise ValueError("no quotes to fit")
    value = float(np.average(points.volatility, weights=points.weight**2))
    error = objective(points, np.full(points.volatility.shape, value))
    return Fit(NAME, {"volatility": value}, OK, "", len(points.volatility), error)


def volatility(fit: Fit, points: Points, elapsed: float) -> Array:
    """The volatility, at every quote."""
    del elapsed  # a constant does not age
    return np.full(points.time_to_expiry.shape, fit.parameters.get("volatility", np.nan))
