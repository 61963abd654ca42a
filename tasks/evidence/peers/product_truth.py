"""Truths of the products for the first rows of a set, from neither library.

Runs in the peers' environment. Barrier options are exact and Asian ones good to 1e-9 of the spot
(`thirds.path_options`); Heston's by two quadrature rules that must agree to 1e-10
(`thirds.integrals`); the simulated call by the closed form with 60 digits; a calibration's truth
are the parameters that made its quotes.

American options are Leisen-Reimer trees [1] of 2001 and 4001 steps, extrapolated in 1/steps [2].
The early exercise leaves an error that is not quite of that order: the truth is good to about 1e-6
of the value, and a smaller error in the table says no more than that.

[1] Leisen, D. and Reimer, M. (1996), Applied Mathematical Finance 3(4), 319-346, eq. 6, with the
    inversion of Peizer and Pratt, method 2.
[2] Broadie, M. and Detemple, J. (1996), Review of Financial Studies 9(4), 1211-1250, section 2.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tasks.evidence.peers import truth
from tasks.evidence.peers.plan import HESTON
from tasks.evidence.thirds import integrals, path_options

Column = NDArray[np.float64]

_STEPS = (2001, 4001)  # odd, so that the strike lies between two ends


def answers(work: str, quotes: Any, rows: int) -> tuple[list[Column], list[Column]]:
    """True values of a work's outputs for the first `rows` quotes, and the sizes they are held to.

    An error is measured relative to the size, the absolute value.
    """
    if work == "monte_carlo":
        return truth.answers("price", quotes, rows)
    if work == "calibration":
        outputs = [quotes[name][:1] for name in HESTON]
    else:
        listed = [{n: float(c[row]) for n, c in quotes.items()} for row in range(rows)]
        outputs = [np.array([_VALUES[work](row) for row in listed])]
    return outputs, [np.abs(column) for column in outputs]


def american(row: Any) -> float:
    """Value of an American option by two trees, extrapolated."""
    few, many = _STEPS
    coarse, fine = (_tree(row, steps) for steps in _STEPS)
    return (many * fine - few * coarse) / (many - few)


def _tree(row: Any, steps: int) -> float:
    sign, spot, strike = row["option_type"], row["spot"], row["strike"]
    volatility, step = row["volatility"], row["time_to_expiry"] / steps
    carry = row["rate"] - row["dividend_yield"]
    w = volatility * math.sqrt(row["time_to_expiry"])
    d2 = (math.log(spot / strike) + carry * row["time_to_expiry"]) / w - 0.5 * w
    up_chance, up_held = _inverted(d2, steps), _inverted(d2 + w, steps)
    growth = math.exp(carry * step)
    up = growth * up_held / up_chance
    down = growth * (1.0 - up_held) / (1.0 - up_chance)
    discount = math.exp(-row["rate"] * step)
    rise, fall = discount * up_chance, discount * (1.0 - up_chance)
    ups = np.arange(steps + 1)
    spots = spot * np.exp(ups * math.log(up) + (steps - ups) * math.log(down))
    values = np.maximum(sign * (spots - strike), 0.0)
    for left in range(steps, 0, -1):
        spots = spots[:left] / down
        held = rise * values[1:] + fall * values[:left]
        values = np.maximum(held, sign * (spots - strike))
    return float(values[0])


def _inverted(z: float, steps: int) -> float:
    """Chance of a step up for which the binomial law meets the normal one at `z`."""
    scaled = z / (steps + 1.0 / 3.0 + 0.1 / (steps + 1.0))
    root = math.sqrt(-math.expm1(-scaled * scaled * (steps + 1.0 / 6.0)))
    return 0.5 + math.copysign(0.5 * root, z)


def _heston(row: Any) -> float:
    return integrals.heston(row | {"option_type": "call"})


_VALUES = {
    "american": american,
    "barrier": path_options.barrier,
    "asian": path_options.asian,
    "heston": _heston,
}
