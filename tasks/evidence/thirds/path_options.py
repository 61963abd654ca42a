"""Contracts and truths of the frontier's Asian and barrier options.

Neither truth comes from a library. Asian calls of four fixings: given the first three, the call on
the rest is Black's with what the average still lacks as its strike; that is integrated over three
normals by Gauss-Hermite's rule. Down-and-out calls, barrier not above strike, by reflection [1],

    C(S, K) - (S/H)^(1 - 2 (r - q)/sigma^2) C(H^2/S, K)

with 40 digits of mpmath.

[1] Merton, R. C. (1973), Bell J. Economics and Management Science 4(1), 141-183, eq. 55.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping

import mpmath  # type: ignore[import-untyped, unused-ignore]
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Contract = Mapping[str, float]

FIXINGS = 4
_CONTRACTS = 8
_NODES = 48
_DIGITS = 40


def contracts() -> list[dict[str, float]]:
    """Calls on a spot of 100, quarters of expiry in whole days, barriers below spot and strike."""
    random = np.random.default_rng(20261126)
    found = []
    for _ in range(_CONTRACTS):
        strike = float(random.uniform(85.0, 115.0))
        found.append(
            {
                "spot": 100.0,
                "strike": strike,
                "barrier": float(random.uniform(0.75, 0.97)) * min(strike, 100.0),
                "time_to_expiry": FIXINGS * int(random.integers(30, 182)) / 365.0,
                "rate": float(random.uniform(0.01, 0.08)),
                "dividend_yield": float(random.uniform(0.0, 0.06)),
                "volatility": float(random.uniform(0.1, 0.4)),
            }
        )
    return found


def asian(row: Contract, nodes: int = _NODES) -> float:
    """Exact value of the Asian call, to some 1e-9 of the spot."""
    points, weights = np.polynomial.hermite_e.hermegauss(nodes)
    weights = weights / weights.sum()
    step = row["time_to_expiry"] / FIXINGS
    growth = math.exp((row["rate"] - row["dividend_yield"]) * step)
    deviation = row["volatility"] * math.sqrt(step)
    jump = growth * np.exp(deviation * points - 0.5 * deviation**2)
    value = 0.0
    for (a, wa), (b, wb) in itertools.product(zip(jump, weights, strict=True), repeat=2):
        first, second = row["spot"] * a, row["spot"] * a * b
        third = second * jump
        lacking = FIXINGS * row["strike"] - (first + second + third)
        value += wa * wb * float(np.dot(weights, _black(third * growth, lacking, deviation)))
    return value / FIXINGS * math.exp(-row["rate"] * row["time_to_expiry"])


def _black(forward: Floats, strike: Floats, deviation: float) -> Floats:
    """Undiscounted call; one with no strike left is exercised for sure."""
    safe = np.maximum(strike, 1e-300)
    d1 = np.log(forward / safe) / deviation + 0.5 * deviation
    call = forward * _cdf(d1) - safe * _cdf(d1 - deviation)
    return np.asarray(np.where(strike > 0.0, call, forward - strike))


def _cdf(x: Floats) -> Floats:
    return np.array([0.5 * math.erfc(-one / math.sqrt(2.0)) for one in x])


def barrier(row: Contract) -> float:
    """Exact value of the down-and-out call."""
    with mpmath.workdps(_DIGITS):
        spot, strike, level, time, rate, paid, volatility = (mpmath.mpf(row[n]) for n in _TERMS)
        w = volatility * mpmath.sqrt(time)

        def call(at: mpmath.mpf) -> mpmath.mpf:
            d1 = (mpmath.log(at / strike) + (rate - paid) * time) / w + w / 2
            held = at * mpmath.exp(-paid * time) * mpmath.ncdf(d1)
            return held - strike * mpmath.exp(-rate * time) * mpmath.ncdf(d1 - w)

        power = 1 - 2 * (rate - paid) / volatility**2
        return float(call(spot) - (spot / level) ** power * call(level**2 / spot))


_TERMS = ("spot", "strike", "barrier", "time_to_expiry", "rate", "dividend_yield", "volatility")
