"""Observed order of the finite-difference engines: errors on nested grids, slope with interval.

Each product is priced without extrapolation on grids of which each halves the spacings and steps of
the one before, so that its nodes are kept. Truths are closed forms or quadratures of other engines
where there are any; else they are the extrapolation of a finer grid of another scheme, which
`Product.truth_from` says.

Where the order is below 2 (`BELOW_TWO`) the cause is known:

* American options in equal Crank-Nicolson steps: the exercise boundary moves as the square root of
  time at expiry, which equal steps see with the order 3/2 at best; steps of TR-BDF2 shorten there.
* Heston's up-and-out call has errors of both signs on the coarsest grids with modified
  Craig-Sneyd: no power fits them, and the interval says so.
* Hundsdorfer-Verwer's theta above 1/2 makes the third order's term large on coarse time grids: the
  order rises to 2 slowly. American options lose more, because operator splitting meets the obstacle
  after each step, of the first order in time at the exercise boundary.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from strikeproof import (
    american,
    barrier,
    black_scholes,
    digital,
    dividends,
    double_barrier,
    finite_difference,
    heston,
    heston_finite_difference,
)

BELOW_TWO = (
    ("american", "crank_nicolson"),
    ("heston down-out call", "hundsdorfer_verwer"),
    ("heston american", "hundsdorfer_verwer"),
)

REFINEMENTS = (1, 2, 4, 8, 16)
HESTON_REFINEMENTS = (1, 2, 4, 8)
_POINTS, _STEPS = 41, 12
_HESTON: dict[str, Any] = {"spot_points": 31, "variance_points": 17, "time_steps": 12}
_SCHEMES = ("tr_bdf2", "crank_nicolson")
_ADI = ("modified_craig_sneyd", "hundsdorfer_verwer")

# two-sided 95 % quantiles of Student's distribution by degrees of freedom
_STUDENT = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 6: 2.447}

MARKET: dict[str, Any] = {
    "spot": 100.0,
    "strike": 103.0,
    "time_to_expiry": 1.0,
    "rate": 0.05,
    "dividend_yield": 0.02,
    "volatility": 0.25,
}
MODEL: dict[str, Any] = {
    "initial_variance": 0.05,
    "long_run_variance": 0.04,
    "mean_reversion": 2.0,
    "volatility_of_variance": 0.4,
    "correlation": -0.6,
}
_HESTON_MARKET: dict[str, Any] = {
    **{name: value for name, value in MARKET.items() if name != "volatility"},
    **MODEL,
}


class Nodes(NamedTuple):
    """A curve in time by its nodes, as the engine reads one."""

    kind: str
    times: tuple[float, ...]
    values: tuple[float, ...]


@dataclass(frozen=True)
class Product:
    """A contract, the grid's value of it by refinement, and its true value."""

    name: str
    scheme: str
    points: int
    steps: int
    refinements: tuple[int, ...]
    value: Callable[[int], float]
    truth: float
    truth_from: str

    def rows(self) -> list[dict[str, Any]]:
        """Errors, one row a grid."""
        return [
            {
                "product": self.name,
                "scheme": self.scheme,
                "points": (self.points - 1) * k + 1,
                "steps": self.steps * k,
                "error": self.value(k) - self.truth,
            }
            for k in self.refinements
        ]


@dataclass(frozen=True)
class Order:
    """Slope of log error by log spacing, with the half width of its 95 % interval."""

    product: str
    scheme: str
    order: float
    half_width: float
    grids: int


def fitted(errors: Sequence[float]) -> tuple[float, float]:
    """Order of errors on grids that halve their spacing, and its half width at 95 %.

    Raises
    ------
    ValueError
        There are fewer than three errors, or one is 0 or not finite.
    """
    if len(errors) < 3:
        raise ValueError(f"{len(errors)} errors: must be three or more for an interval")
    if not all(math.isfinite(e) and e != 0.0 for e in errors):
        raise ValueError(f"errors are {list(errors)}: must be finite and not 0")
    x = -np.arange(len(errors), dtype=float)
    y = np.log2(np.abs(np.asarray(errors)))
    away = x - x.mean()
    square = float(away @ away)
    slope = float(away @ y) / square
    rest = y - y.mean() - slope * away
    freedom = len(errors) - 2
    deviation = math.sqrt(float(rest @ rest) / freedom / square)
    return slope, _STUDENT[freedom] * deviation


def orders(rows: Iterable[dict[str, Any]]) -> list[Order]:
    """Fitted order of each product and scheme, in their order of appearance."""
    errors: dict[tuple[str, str], list[float]] = {}
    for row in rows:
        errors.setdefault((row["product"], row["scheme"]), []).append(row["error"])
    return [Order(*key, *fitted(found), len(found)) for key, found in errors.items()]


def products(*, fine_truths: bool = True) -> list[Product]:
    """All products of both engines; `fine_truths` as for `two_factor_products`."""
    return [*one_factor_products(), *two_factor_products(fine_truths=fine_truths)]


def _one(
    name: str,
    scheme: str,
    terms: dict[str, Any],
    truth: float,
    truth_from: str = "closed form",
    points: int = _POINTS,
    steps: int = _STEPS,
) -> Product:
    contract = {**MARKET, "exercise": "european", **terms}

    def value(k: int) -> float:
        return float(
            finite_difference.price(
                **contract,
                scheme=scheme,
                spot_points=points,
                time_steps=steps,
                extrapolation=False,
                refinement=k,
            )
        )

    return Product(name, scheme, points, steps, REFINEMENTS, value, truth, truth_from)


def one_factor_products() -> list[Product]:
    """Products of `finite_difference`, each with both schemes."""
    watched: dict[str, Any] = {"lower_barrier": 95.0, "barrier_times": np.arange(1, 5) / 4.0}
    bermudan: dict[str, Any] = {
        "option_type": "put",
        "exercise": "bermudan",
        "exercise_times": [0.25, 0.5, 0.75],
    }
    paid: dict[str, Any] = {"dividend_times": [0.3, 0.7], "dividend_amounts": [3.0, 4.0]}
    curves: dict[str, Any] = {
        "rate": Nodes("piecewise_constant", (0.3, 0.7, 1.0), (0.02, 0.07, 0.05)),
        "dividend_yield": Nodes("linear_zero", (0.5, 1.0), (0.01, 0.03)),
        "volatility": Nodes("volatilities", (0.25, 0.6, 1.0), (0.3, 0.25, 0.28)),
    }
    means: dict[str, Any] = {"rate": 0.3 * 0.02 + 0.4 * 0.07 + 0.3 * 0.05, "dividend_yield": 0.03}
    call: dict[str, Any] = {"option_type": "call"}
    put: dict[str, Any] = {"option_type": "put"}
    double: dict[str, Any] = {"lower_barrier": 80.0, "upper_barrier": 130.0}
    truths: list[tuple[str, dict[str, Any], float, str]] = [
        ("european", call, black_scholes.price(**call, **MARKET), "closed form"),
        (
            "digital",
            {**call, "payoff": "cash"},
            digital.price(**call, payoff="cash", cash=1.0, **MARKET),
            "closed form",
        ),
        (
            "american",
            {**put, "exercise": "american"},
            american.price(**put, **MARKET),
            "american, integral equation",
        ),
        ("bermudan", bermudan, _finest(bermudan), "extrapolated log grid"),
        (
            "down-out call",
            {**call, "lower_barrier": 90.0},
            barrier.price(barrier_type="down_out", barrier=90.0, **call, **MARKET),
            "closed form",
        ),
        (
            "up-out call with rebate",
            {**call, "upper_barrier": 130.0, "rebate": 3.0},
            barrier.price(
                barrier_type="up_out",
                barrier=130.0,
                rebate=3.0,
                rebate_payment="hit",
                **call,
                **MARKET,
            ),
            "closed form",
        ),
        (
            "double-out call",
            {**call, **double},
            double_barrier.price(barrier_type="out", **double, **call, **MARKET),
            "series",
        ),
        (
            "barrier at dates",
            {**call, **watched},
            barrier.discrete_price(
                barrier_type="down_out", barrier=95.0, fixings=4, **call, **MARKET
            ),
            "recursive quadrature",
        ),
        (
            "cash dividends",
            {**call, **paid},
            dividends.price(**call, **MARKET, **paid, exercise="european", method="quadrature"),
            "quadrature",
        ),
        (
            "term structure",
            {**put, **curves},
            black_scholes.price(**put, **{**MARKET, **means, "volatility": 0.28}),
            "closed form of the means",
        ),
    ]
    return [
        _one(name, scheme, terms, float(truth), source)
        for name, terms, truth, source in truths
        for scheme in _SCHEMES
    ]


def _finest(terms: dict[str, Any]) -> float:
    """Extrapolated value on a fine grid in the logarithm of the spot."""
    return float(
        finite_difference.price(**{**MARKET, **terms}, grid="log", spot_points=3201, time_steps=800)
    )


def _two(name: str, scheme: str, terms: dict[str, Any], truth: float, truth_from: str) -> Product:
    contract = {**_HESTON_MARKET, "exercise": "european", **terms}

    def value(k: int) -> float:
        return float(
            heston_finite_difference.price(**contract, **_HESTON, scheme=scheme, refinement=k)
        )

    points, steps = _HESTON["spot_points"], _HESTON["time_steps"]
    return Product(name, scheme, points, steps, HESTON_REFINEMENTS, value, truth, truth_from)


def two_factor_products(*, fine_truths: bool = True) -> list[Product]:
    """Products of `heston_finite_difference`, each with both schemes.

    Without `fine_truths` those are left out whose truth is a finer grid, which takes seconds each.
    """
    call: dict[str, Any] = {"option_type": "call"}
    european = float(heston.price(**call, **_HESTON_MARKET))
    level = 88.0
    free: dict[str, Any] = {"rate": 0.03, "dividend_yield": 0.03, "correlation": 0.0}
    reflected = {**_HESTON_MARKET, **free}
    out: dict[str, Any] = {**call, "lower_barrier": level}
    up: dict[str, Any] = {**call, "upper_barrier": 135.0, "rebate": 2.0}
    american_put: dict[str, Any] = {"option_type": "put", "exercise": "american"}
    found = []
    for scheme, other in zip(_ADI, reversed(_ADI), strict=True):
        found += [
            _two("heston european", scheme, call, european, "semi-analytic"),
            _two(
                "heston down-out call without correlation",
                scheme,
                {**out, **free},
                _reflection(reflected, level),
                "reflection",
            ),
        ]
        if not fine_truths:
            continue
        fine = f"extrapolated finer grid, {other}"
        found += [
            _two(name, scheme, terms, _finest_heston(terms, other), fine)
            for name, terms in (
                ("heston down-out call", out),
                ("heston up-out call with rebate", up),
                ("heston american", american_put),
            )
        ]
    return found


def _reflection(terms: dict[str, Any], level: float) -> float:
    """Down-and-out call where neither drift nor correlation breaks the reflection.

    Given the path of the variance the spot is a driftless geometric Brownian motion in another
    clock, for which C(S, K) - (S/B) C(B^2/S, K) holds, B <= K, whatever the clock.
    """
    spot = terms["spot"]
    direct, image = heston.price(
        option_type="call", **{**terms, "spot": np.array([spot, level * level / spot])}
    )
    return float(direct - spot / level * image)


def _finest_heston(terms: dict[str, Any], scheme: str) -> float:
    contract = {**_HESTON_MARKET, "exercise": "european", **terms}
    return float(
        heston_finite_difference.price(
            **contract, **_HESTON, scheme=scheme, refinement=12, extrapolation=True
        )
    )
