"""Quotes of known volatility that every package gets: usual ones, hard ones, the far tail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Column = NDArray[np.float64]


@dataclass(frozen=True)
class Quotes:
    """Columns of a set of quotes; `sign` is +1 for calls and -1 for puts."""

    sign: Column
    spot: Column
    strike: Column
    time: Column
    rate: Column
    dividend_yield: Column
    volatility: Column
    price: Column

    def head(self, rows: int) -> Quotes:
        """The first rows."""
        return Quotes(**{name: column[:rows] for name, column in vars(self).items()})

    def __len__(self) -> int:
        return len(self.spot)


# What is drawn: distance of the strike from the forward in standard deviations, positive out of
# the money, or strikes of 50 to 150 for a spot of 100.
DISTANCES: Mapping[str, tuple[float, float] | None] = {
    "random": None,
    "out_of_the_money": (4.0, 12.0),
    "in_the_money": (-5.0, -1.5),
    "tail": (12.0, 37.0),
}


def draw(name: str, rows: int) -> dict[str, Column]:
    """Columns of a set but its prices, the same for everyone.

    Parameters
    ----------
    name : str
        Among `DISTANCES`.
    rows : int
        How many.
    """
    random = np.random.default_rng([20261124, list(DISTANCES).index(name)])
    sign = random.choice([-1.0, 1.0], rows)
    time = random.uniform(0.02, 3.0, rows)
    rate = random.uniform(0.0, 0.08, rows)
    dividend_yield = random.uniform(0.0, 0.04, rows)
    volatility = random.uniform(0.05, 1.0, rows)
    spot = np.full(rows, 100.0)
    distance = DISTANCES[name]
    if distance is None:
        strike = random.uniform(50.0, 150.0, rows)
    else:
        deviations = sign * random.uniform(*distance, rows)
        carry = (rate - dividend_yield) * time
        strike = spot * np.exp(carry + deviations * volatility * np.sqrt(time))
    return {
        "sign": sign,
        "spot": spot,
        "strike": strike,
        "time": time,
        "rate": rate,
        "dividend_yield": dividend_yield,
        "volatility": volatility,
    }
