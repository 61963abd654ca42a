"""Contracts of the products on which strikeproof and its peers are compared: fixed seeds.

Times are whole days of 365 a year, since QuantLib knows dates only. Rows are in random order.

``american``
    A thousand calls and puts around spot 100: strike 80..120, 30..730 days, rate 1..8 %, dividend
    yield 0..6 %, volatility 0.1..0.5.
``barrier``, ``asian``
    A thousand calls, strike 85..115, as the contracts of `thirds.path_options`; down-and-out below
    spot and strike, and arithmetic averages of four fixings.
``heston``
    One model's surface: 10 expiries of 30 to 730 days with 20 strikes each, within two standard
    deviations of the forward.
``monte_carlo``
    The call of set ``one``.
``smile``
    65 implied volatilities of one Heston model without noise, 5 expiries with 13 strikes each,
    and in every row the parameters that made them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from strikeproof import heston
from tasks.evidence.peers import quotes
from tasks.evidence.peers.plan import FIXINGS, HESTON, columns

Columns = dict[str, NDArray[np.float64]]

ROWS = 1000
_SURFACE = {
    "initial_variance": 0.04,
    "long_run_variance": 0.06,
    "mean_reversion": 1.5,
    "volatility_of_variance": 0.5,
    "correlation": -0.6,
}
_SMILE = {
    "initial_variance": 0.05,
    "long_run_variance": 0.07,
    "mean_reversion": 1.8,
    "volatility_of_variance": 0.6,
    "correlation": -0.65,
}


def _american(rows: int) -> Columns:
    random = np.random.default_rng(20261127)
    return {
        "option_type": np.where(random.random(rows) < 0.5, 1.0, -1.0),
        "strike": random.uniform(80.0, 120.0, rows),
        "time_to_expiry": random.integers(30, 731, rows) / 365.0,
        "rate": random.uniform(0.01, 0.08, rows),
        "dividend_yield": random.uniform(0.0, 0.06, rows),
        "volatility": random.uniform(0.1, 0.5, rows),
    }


def _path_options(rows: int) -> Columns:
    random = np.random.default_rng(20261126)
    strike = random.uniform(85.0, 115.0, rows)
    return {
        "strike": strike,
        "barrier": random.uniform(0.75, 0.97, rows) * np.minimum(strike, 100.0),
        "time_to_expiry": FIXINGS * random.integers(30, 182, rows) / 365.0,
        "rate": random.uniform(0.01, 0.08, rows),
        "dividend_yield": random.uniform(0.0, 0.06, rows),
        "volatility": random.uniform(0.1, 0.4, rows),
    }


def _grid(days: Any, strikes: int, rate: float, dividend_yield: float) -> Columns:
    """Expiries by strikes within two standard deviations of 25 %."""
    time = np.repeat(np.asarray(days) / 365.0, strikes)
    deviations = np.tile(np.linspace(-2.0, 2.0, strikes), len(days))
    forward = 100.0 * np.exp((rate - dividend_yield) * time)
    found = {
        "time_to_expiry": time,
        "strike": forward * np.exp(0.25 * deviations * np.sqrt(time)),
        "rate": np.full(len(time), rate),
        "dividend_yield": np.full(len(time), dividend_yield),
    }
    order = np.random.default_rng(20261128).permutation(len(time))
    return {name: column[order] for name, column in found.items()}


def _heston(_rows: int) -> Columns:
    days = (30, 60, 90, 120, 180, 240, 365, 455, 545, 730)
    return _grid(days, 20, 0.03, 0.01) | {n: np.array([_SURFACE[n]]) for n in HESTON}


def _monte_carlo(_rows: int) -> Columns:
    one = quotes.make(quotes.DOMAINS["one"])
    days = np.array([182.0 / 365.0])
    return one | {"time_to_expiry": days}


def _smile(_rows: int) -> Columns:
    found = _grid((30, 91, 182, 365, 730), 13, 0.0, 0.0)
    given: dict[str, Any] = {name: found[name] for name in ("strike", "time_to_expiry")} | _SMILE
    volatility = heston.implied_volatility(forward=100.0, **given)
    return found | {"volatility": volatility} | {n: np.array([_SMILE[n]]) for n in HESTON}


_SETS: Mapping[str, Callable[[int], Columns]] = {
    "american": _american,
    "barrier": _path_options,
    "asian": _path_options,
    "heston": _heston,
    "monte_carlo": _monte_carlo,
    "smile": _smile,
}
SETS = tuple(_SETS)


def make(name: str, rows: int = ROWS) -> Columns:
    """Columns of a set, those of `plan.columns`; `rows` counts where contracts are drawn."""
    found = {"option_type": np.ones(1), "spot": np.array([100.0])} | _SETS[name](rows)
    size = len(found["strike"])
    return {n: np.ascontiguousarray(np.broadcast_to(found[n], size)) for n in columns(name)}
