"""Tails of Student's and the binomial distribution, for verdicts on many rows at once."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_NODES = 4001


def student_tail(quantile: float, degrees_of_freedom: float) -> float:
    """Probability that Student's t is beyond +-quantile.

    With ``t = sqrt(n) * tan(a)`` the density becomes ``cos(a)**(n - 1)`` over a finite range, which
    is summed by Simpson's rule.
    """
    n = degrees_of_freedom
    start = math.atan(abs(quantile) / math.sqrt(n))
    end = min(math.pi / 2.0, start + 40.0 / math.sqrt(n))  # the rest is below the smallest double
    angle: Array = np.linspace(start, end, _NODES)
    weight = np.full(_NODES, 2.0)
    weight[1::2] = 4.0
    weight[0] = weight[-1] = 1.0
    density = np.maximum(np.cos(angle), 0.0) ** (n - 1.0)
    area = float(weight @ density) * (angle[1] - angle[0]) / 3.0
    scale = math.exp(math.lgamma((n + 1.0) / 2.0) - math.lgamma(n / 2.0)) / math.sqrt(math.pi)
    return float(min(1.0, 2.0 * scale * area))


def binomial_masses(count: int, chance: float) -> Array:
    """Probabilities of 0 ... count successes."""
    k = np.arange(count + 1)
    odds = math.log(chance) - math.log1p(-chance)
    masses: Array = np.exp(_log_choices(count) + k * odds + count * math.log1p(-chance))
    return masses


@lru_cache(maxsize=16)
def _log_choices(count: int) -> Array:
    """Logarithms of the binomial coefficients."""
    logs = np.cumsum(np.log(np.maximum(np.arange(count + 1), 1)))  # of the factorials
    choices: Array = logs[count] - logs - logs[::-1]
    return choices


def binomial_tail(found: int, count: int, chance: float) -> float:
    """Twice the smaller tail probability, at most 1, of so many successes."""
    masses = binomial_masses(count, chance)
    return min(1.0, 2.0 * min(float(masses[: found + 1].sum()), float(masses[found:].sum())))


def binomial_interval(found: int, count: int, outside: float) -> tuple[float, float]:
    """Clopper and Pearson's interval for the chance, missed with probability `outside` at most."""
    low = 0.0 if found == 0 else _solve(lambda p: _upper(found, count, p) - outside / 2.0)
    high = 1.0 if found == count else _solve(lambda p: outside / 2.0 - _lower(found, count, p))
    return low, high


def _upper(found: int, count: int, chance: float) -> float:
    return float(binomial_masses(count, chance)[found:].sum())


def _lower(found: int, count: int, chance: float) -> float:
    return float(binomial_masses(count, chance)[: found + 1].sum())


def _solve(rising: Callable[[float], float]) -> float:
    """Root of a rising function of a chance, by halving."""
    low, high = 1e-12, 1.0 - 1e-12
    for _ in range(45):
        middle = 0.5 * (low + high)
        low, high = (low, middle) if rising(middle) > 0.0 else (middle, high)
    return 0.5 * (low + high)
