"""Black-Scholes with a volatility that depends on time, constant between expiries.

Each expiry's volatility is the weighted mean of its quotes' own. Where total variance would fall
from one expiry to the next, which no function of time can give, neighbours are pooled (isotonic
regression by pooling adjacent violators). As time goes by the curve stays where it was in calendar
time: a day later an expiry has the variance that lies ahead of it.

References
----------
Merton, R. C. (1973), Bell J. Economics and Management Science 4(1), 141-183, section 6.
Barlow, R. E., Bartholomew, D. J., Bremner, J. M. and Brunk, H. D. (1972), Statistical Inference
under Order Restrictions, chapter 1.
"""

from __future__ import annotations

import numpy as np

from strikeproof.term_structure import VolatilityCurve
from wrds_pipeline.models.model import OK, Array, Fit, Points, at_expiry, objective

NAME = "term_black_scholes"


def fit(points: Points) -> Fit:
    """Total variance of each expiry by weighted least squares, kept from falling with time."""
    expiries = points.expiries()
    if not expiries:
        raise ValueError("no quotes to fit")
    means, weights = [], []
    for label, time in expiries.items():
        own = points.of_expiry(label)
        mean = float(np.average(own.volatility, weights=own.weight**2))
        means.append(mean**2 * time)
        # an error of total variance is 2 * volatility * time errors of volatility
        weights.append(float(np.sum(own.weight**2)) / (2.0 * mean * time) ** 2)
    pooled = not_falling(np.array(means), np.array(weights))
    parameters = at_expiry("time_to_expiry", expiries)
    parameters |= at_expiry("total_variance", dict(zip(expiries, pooled.tolist(), strict=True)))
    moved = int(np.sum(pooled != np.array(means)))
    message = f"{moved} of {len(means)} expiries pooled: total variance would fall" if moved else ""
    found = Fit(NAME, parameters, OK, message, len(points.volatility), float("nan"))
    error = objective(points, volatility(found, points, 0.0))
    return Fit(NAME, parameters, OK, message, found.quotes, error)


def volatility(fit: Fit, points: Points, elapsed: float) -> Array:
    """Root of the mean variance from `elapsed` to expiry on the curve of the fit."""
    if not fit.parameters:
        return np.full(points.time_to_expiry.shape, np.nan)
    times = np.array(list(fit.by_expiry("time_to_expiry").values()))
    variances = np.array(list(fit.by_expiry("total_variance").values()))
    curve = VolatilityCurve.from_total_variances(times, variances)
    end = elapsed + points.time_to_expiry
    return np.asarray(curve.volatility(np.full(end.shape, elapsed), end), dtype=np.float64)


def not_falling(values: Array, weights: Array) -> Array:
    """Sequence that does not fall and is closest to `values` in weighted squares."""
    blocks: list[tuple[float, float, int]] = []  # mean, weight, length
    for value, weight in zip(values.tolist(), weights.tolist(), strict=True):
        blocks.append((value, weight, 1))
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (first, first_weight, some), (second, second_weight, more) = blocks[-2:]
            total = first_weight + second_weight
            mean = (first * first_weight + second * second_weight) / total
            blocks[-2:] = [(mean, total, some + more)]
    return np.repeat([mean for mean, _, _ in blocks], [length for _, _, length in blocks])
