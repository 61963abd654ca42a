"""Calls with a barrier watched during a part of their life: one integral over the window's date.

At that date what is left is a vanilla call, or a knock-out call whose value is that of its payoff
beyond the barrier less its image's (Merton 1973). The first is averaged over the density of paths
that have not met the barrier, the second over the lognormal density. Neither library does so: both
have the formulas of Heynen and Kat (1994) with bivariate normal distributions.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from tasks.evidence.thirds.integrals import integral

Floats = Any
Terms = Mapping[str, Any]
_REACH = 12  # standard deviations: the normal density is 1e-32 there
_erfc: Callable[[Floats], Floats] = np.vectorize(math.erfc, otypes=[float])


class _Rest:
    """Calls and their kin over the time that is left after the window's date."""

    def __init__(self, terms: Terms) -> None:
        self.time = terms["time_to_expiry"] - terms["window_time"]
        self.rate, self.dividend_yield = terms["rate"], terms["dividend_yield"]
        self.strike, self.wall = terms["strike"], terms["barrier"]
        self.deviation = terms["volatility"] * math.sqrt(self.time)
        self.drift = self.rate - self.dividend_yield - terms["volatility"] ** 2 / 2.0
        self.power = 2.0 * self.drift / terms["volatility"] ** 2
        self.down = terms["barrier_type"].startswith("down")

    def above(self, spot: Floats, level: float) -> Floats:
        """Spot less strike, paid if the spot ends above a level."""
        d2 = (np.log(spot / level) + self.drift * self.time) / self.deviation
        held = _erfc(-(d2 + self.deviation) / math.sqrt(2.0)) / 2.0
        paid = _erfc(-d2 / math.sqrt(2.0)) / 2.0
        asset = spot * math.exp(-self.dividend_yield * self.time) * held
        return asset - self.strike * math.exp(-self.rate * self.time) * paid

    def vanilla(self, spot: Floats) -> Floats:
        """Call without barrier."""
        return self.above(spot, self.strike)

    def out(self, spot: Floats, upper: bool) -> Floats:
        """Call that ends when the spot, on the upper or the lower side, meets the barrier."""

        def payoff(s: Floats) -> Floats:
            if upper:
                return self.above(s, max(self.strike, self.wall))
            if self.strike >= self.wall:
                return np.zeros_like(s)
            return self.above(s, self.strike) - self.above(s, self.wall)

        return payoff(spot) - (self.wall / spot) ** self.power * payoff(self.wall**2 / spot)


def partial_barrier(terms: Terms) -> float:
    """Knock-out call watched until a date, or from one (types A, B1 and B2), barrier not reached.

    Raises
    ------
    ValueError
        It is another contract.
    """
    live = 1.0 if terms["barrier_type"] == "down_out" else -1.0
    spot, t = terms["spot"], terms["window_time"]
    b = math.log(terms["barrier"] / spot)
    if live * b >= 0.0 or terms["option_type"] != "call" or terms["barrier_type"][-3:] != "out":
        raise ValueError("partial windows: knock-out calls with a barrier not reached only")
    rest = _Rest(terms)
    s = terms["volatility"] * math.sqrt(t)
    m = rest.drift * t

    def integrand(x: Floats) -> Floats:
        density = np.exp(-(((x - m) / s) ** 2) / 2.0)
        later = spot * np.exp(x)
        upper = x > b
        alive = upper if rest.down else ~upper
        if terms["watched"] == "until":
            image = np.exp(2.0 * m * b / s**2 - (((x - 2.0 * b - m) / s) ** 2) / 2.0)
            return np.where(alive, (density - image) * rest.vanilla(later), 0.0)
        value: Floats = np.where(upper, rest.out(later, True), rest.out(later, False))
        if terms["watched"] == "from_beyond":
            value = np.where(alive, value, 0.0)
        return density * value

    steps = np.arange(-_REACH, _REACH + 1)
    bends = (b, math.log(terms["strike"] / spot))
    breaks = {b, *(m + s * steps)}
    breaks |= {bend + rest.deviation * k for bend in bends for k in steps / 2.0}
    inside = [x for x in breaks if abs(x - m) <= _REACH * s]
    total = integral(integrand, inside)
    return float(math.exp(-rest.rate * t) * total / (s * math.sqrt(2.0 * math.pi)))
