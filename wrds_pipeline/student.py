"""Tail probability of Student's t.

Continued fraction of the incomplete beta function (DLMF 8.17.22, https://dlmf.nist.gov/8.17.E22),
evaluated by Lentz's method: P(|T| > t) = I_x(n/2, 1/2) with x = n / (n + t^2) (DLMF 8.17.19's
arguments; Abramowitz and Stegun 26.7.1).
"""

from __future__ import annotations

import math

_MOST_TERMS = 500
_TINY = 1e-300
_ENOUGH = 1e-15


def two_sided_tail(statistic: float, degrees_of_freedom: int) -> float:
    """Probability that Student's t is beyond +-statistic; NaN for NaN.

    Raises
    ------
    ValueError
        `degrees_of_freedom` is below 1.
    """
    if degrees_of_freedom < 1:
        raise ValueError(f"degrees_of_freedom is {degrees_of_freedom}: must be >= 1")
    if math.isnan(statistic):
        return math.nan
    if math.isinf(statistic):
        return 0.0
    half = 0.5 * degrees_of_freedom
    square = statistic * statistic
    x = degrees_of_freedom / (degrees_of_freedom + square)
    rest = square / (degrees_of_freedom + square)
    return _regularised_beta(half, 0.5, x, rest)


def _regularised_beta(a: float, b: float, x: float, rest: float) -> float:
    """I_x(a, b) with `rest` = 1 - x given apart, so that neither loses digits."""
    if x <= 0.0 or rest <= 0.0:
        return 0.0 if x <= 0.0 else 1.0
    if x > (a + 1.0) / (a + b + 2.0):  # the fraction converges fast on the other side
        return 1.0 - _regularised_beta(b, a, rest, x)
    front = a * math.log(x) + b * math.log(rest)
    front += math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    return math.exp(front) / (a * _fraction(a, b, x))


def _fraction(a: float, b: float, x: float) -> float:
    """1 + d1/(1 + d2/(1 + ...)), the denominator of DLMF 8.17.22."""
    value, numerator, denominator = 1.0, 1.0, 0.0
    for term in range(1, _MOST_TERMS):
        m = term // 2
        if term % 2:
            step = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        else:
            step = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        denominator = 1.0 / _away_from_zero(1.0 + step * denominator)
        numerator = _away_from_zero(1.0 + step / numerator)
        value *= numerator * denominator
        if abs(numerator * denominator - 1.0) < _ENOUGH:
            return value
    raise ValueError(f"incomplete beta function of {a}, {b}, {x} did not converge")


def _away_from_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
