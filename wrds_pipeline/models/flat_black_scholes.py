"""Black-Scholes with one volatility: the weighted mean of the quotes' own.

References
----------
Black, F. and Scholes, M. (1973), J. Political Economy 81(3), 637-654; weights as in Whaley, R. E.
(1982), J. Financial Economics 10(1), 29-58; standard error as in White, H. (1980), Econometrica
48(4), 817-838.
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
    count = len(points.volatility)
    error = objective(points, np.full(points.volatility.shape, value))
    known = {"volatility": _standard_error(points, value)} if count > 1 else {}
    return Fit(NAME, {"volatility": value}, OK, "", count, error, known)


def _standard_error(points: Points, value: float) -> float:
    """White's: the weights are those of prices and say little of the noise of volatilities."""
    weight, count = points.weight**2, len(points.volatility)
    squares = np.sum((weight * (points.volatility - value)) ** 2) * count / (count - 1)
    return float(np.sqrt(squares) / np.sum(weight))


def volatility(fit: Fit, points: Points, elapsed: float) -> Array:
    """The volatility, at every quote."""
    del elapsed  # a constant does not age
    return np.full(points.time_to_expiry.shape, fit.parameters.get("volatility", np.nan))
