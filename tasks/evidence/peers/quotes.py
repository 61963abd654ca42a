"""Quotes on which strikeproof and its peers are compared: declared domains, fixed seeds.

Every set is drawn from a domain, priced by strikeproof (the exact answers come from mpmath, in
`truth`), and, where a volatility is to be found, thinned to *recoverable* quotes: those
whose double price still determines the volatility. Rows are in random order, so that a
prefix of a set is a sample of it.

Domains:

``random``
    A million quotes around spot 100: strike 50..150, 0.02..3 years, rate 0..8 %, dividend yield
    0..4 %, volatility 0.05..1, calls and puts.
``tail``
    Out of the money by 20 to 37.5 standard deviations: prices from 1e-90 down to 1e-300.
``out_of_the_money``, ``in_the_money``
    |ln(F/K)| 0.05..1.5 at 4..35, or 1..8, standard deviations of the log return. Jaeckel (2015),
    "Let's Be Rational", Wilmott 75, 40-53, sections 2 and 3, names both as what breaks iterations:
    prices that vanish faster than any power, and time value lost below an intrinsic value.
``one``
    A single quote, for the cost of one call.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from strikeproof import black_scholes
from tasks.evidence.peers import plan
from tasks.evidence.peers.plan import COLUMNS

Column = NDArray[np.float64]
Columns = dict[str, Column]

LEAST_PRICE = 1e-300
# A price known to a relative 2^-52 must fix the volatility to this, or it is not recoverable: a
# hundred times closer than what counts as a failure.
_FIXED_TO = 1e-5


@dataclass(frozen=True, slots=True)
class Domain:
    """How a set is drawn, and whether its rows must be recoverable."""

    draw: Callable[[np.random.Generator, int], Columns]
    rows: int
    seed: int
    recoverable: bool


def make(domain: Domain) -> Columns:
    """Columns of a set, `COLUMNS` each of ``domain.rows`` rows.

    Raises
    ------
    ValueError
        The domain holds too few quotes that fit.
    """
    random = np.random.default_rng(domain.seed)
    drawn = domain.draw(random, 2 * domain.rows if domain.rows > 1 else 1)
    arguments: dict[str, Any] = {**drawn, "select": ("price", "vega")}
    found = black_scholes.greeks(**arguments)
    keep = found.price >= LEAST_PRICE
    if domain.recoverable:
        with np.errstate(divide="ignore", over="ignore"):
            keep &= found.price * 2.0**-52 <= _FIXED_TO * found.vega * drawn["volatility"]
    rows = np.flatnonzero(keep)[: domain.rows]
    if len(rows) < domain.rows:
        raise ValueError(f"only {len(rows)} of {domain.rows} quotes fit: draw more")
    columns = drawn | {"price": found.price}
    return {name: np.ascontiguousarray(columns[name][rows]) for name in COLUMNS}


def _signs(random: np.random.Generator, rows: int) -> Column:
    return np.where(random.random(rows) < 0.5, 1.0, -1.0)


def _market(random: np.random.Generator, rows: int) -> Columns:
    return {
        "option_type": _signs(random, rows),
        "spot": np.full(rows, 100.0),
        "time_to_expiry": random.uniform(0.02, 3.0, rows),
        "rate": random.uniform(0.0, 0.08, rows),
        "dividend_yield": random.uniform(0.0, 0.04, rows),
    }


def _random(random: np.random.Generator, rows: int) -> Columns:
    return _market(random, rows) | {
        "strike": random.uniform(50.0, 150.0, rows),
        "volatility": random.uniform(0.05, 1.0, rows),
    }


def _away(side: float, least: float, most: float) -> Callable[..., Columns]:
    """Quotes `least` to `most` standard deviations out of the money (side 1) or in it (-1)."""

    def draw(random: np.random.Generator, rows: int) -> Columns:
        found = _market(random, rows)
        distance = random.uniform(0.05, 1.5, rows)
        deviations = random.uniform(least, most, rows)
        carry = (found["rate"] - found["dividend_yield"]) * found["time_to_expiry"]
        shift = side * found["option_type"] * distance
        return found | {
            "strike": found["spot"] * np.exp(carry + shift),
            "volatility": distance / (deviations * np.sqrt(found["time_to_expiry"])),
        }

    return draw


def _one(_random: np.random.Generator, _rows: int) -> Columns:
    terms = {"option_type": 1.0, "spot": 100.0, "strike": 105.0, "time_to_expiry": 0.5}
    terms |= {"rate": 0.03, "dividend_yield": 0.01, "volatility": 0.2}
    return {name: np.array([value]) for name, value in terms.items()}


DOMAINS: Mapping[str, Domain] = {
    "random": Domain(_random, 1_000_000, 20150701, True),
    "tail": Domain(_away(1.0, 20.0, 37.5), 100_000, 20150702, False),
    "out_of_the_money": Domain(_away(1.0, 4.0, 35.0), 200_000, 20150703, True),
    "in_the_money": Domain(_away(-1.0, 1.0, 8.0), 200_000, 20150704, True),
    "one": Domain(_one, 1, 0, False),
}


def save(columns: Mapping[str, Any], folder: Path, name: str) -> None:
    """Write a set as one array of columns, in the order of `plan.columns`."""
    np.save(folder / f"{name}.npy", np.stack([columns[column] for column in plan.columns(name)]))
