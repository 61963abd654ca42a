"""Quantiles of Student's distribution for whole degrees of freedom.

With ``t = sqrt(n) tan(theta)`` the chance of ``|T| < t`` is a finite sum (Abramowitz and Stegun
1964, 26.7.3 and 26.7.4)::

    n odd:   2/pi (theta + sin cos (1 + 2/3 cos^2 + 2*4/(3*5) cos^4 + ... ))   to cos^(n-3)
    n even:  sin (1 + 1/2 cos^2 + 1*3/(2*4) cos^4 + ... )                      to cos^(n-2)

and its derivative by theta is ``2 Gamma((n+1)/2) / (sqrt(pi) Gamma(n/2)) cos^(n-1)``, which
descends: Newton's iteration from 0 rises to the root and never passes it.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

_MOST_STEPS = 200


def two_sided_quantile(confidence: float, degrees: NDArray[np.int64]) -> NDArray[np.float64]:
    """Number that ``|T|`` stays below with the chance `confidence`; NaN for degrees below 1.

    Parameters
    ----------
    confidence : float, within (0, 0.999999]
    degrees : int array
        Degrees of freedom.

    Raises
    ------
    ValueError
        `confidence` is out of range.
    """
    if not 0.0 < confidence <= 0.999999:
        raise ValueError(f"confidence is {confidence!r}: must be within (0, 0.999999]")
    distinct, inverse = np.unique(degrees, return_inverse=True)
    quantiles = [_quantile(confidence, n) if n > 0 else math.nan for n in distinct.tolist()]
    return np.array(quantiles, dtype=np.float64)[inverse].reshape(degrees.shape)


def _quantile(confidence: float, degrees: int) -> float:
    terms = np.arange(1, (degrees - 1) // 2) if degrees % 2 else np.arange(1, degrees // 2)
    ratios = 2 * terms / (2 * terms + 1) if degrees % 2 else (2 * terms - 1) / (2 * terms)
    log_peak = math.lgamma(0.5 * (degrees + 1)) - math.lgamma(0.5 * degrees)
    peak = 2.0 * math.exp(log_peak) / math.sqrt(math.pi)
    theta = 0.0
    for _ in range(_MOST_STEPS):
        chance = _chance(theta, degrees, ratios)
        step = (confidence - chance) / (peak * math.cos(theta) ** (degrees - 1))
        theta += step
        if step <= 1e-15 * theta:
            break
    return math.sqrt(degrees) * math.tan(theta)


def _chance(theta: float, degrees: int, ratios: NDArray[np.float64]) -> float:
    """Chance of ``|T| < sqrt(degrees) tan(theta)``; `ratios` of neighbouring coefficients."""
    cosine, sine = math.cos(theta), math.sin(theta)
    total = 1.0 + float(np.sum(np.cumprod(ratios * cosine**2)))
    if degrees % 2 == 0:
        return sine * total
    return 2.0 / math.pi * (theta + (sine * cosine * total if degrees > 1 else 0.0))
