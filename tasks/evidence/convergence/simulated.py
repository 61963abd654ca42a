"""Contracts that the simulation studies share, each with its exact value from another engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from strikeproof import (
    asian,
    barrier,
    basket,
    black_scholes,
    digital,
    exchange,
    lookback,
    merton,
    rainbow,
)
from strikeproof import monte_carlo as mc

MARKET: dict[str, Any] = {"spot": 100.0, "rate": 0.03, "dividend_yield": 0.01, "volatility": 0.25}
JUMPS: dict[str, Any] = {"jump_intensity": 0.7, "jump_mean": -0.1, "jump_volatility": 0.2}
MONTHS = tuple(k / 12.0 for k in range(1, 13))
_CALL: dict[str, Any] = {"option_type": "call", "strike": 105.0, "time_to_expiry": 1.0}
_PUT: dict[str, Any] = {"option_type": "put", "strike": 105.0, "time_to_expiry": 1.0}
_PAIR: dict[str, Any] = {
    "spot1": 100.0,
    "spot2": 95.0,
    "volatility1": 0.2,
    "volatility2": 0.3,
    "correlation": 0.5,
    "rate": 0.03,
    "dividend_yield2": 0.02,
    "time_to_expiry": 1.0,
}
_THREE: dict[str, Any] = {
    "spot": (100.0, 90.0, 110.0),
    "volatility": (0.2, 0.3, 0.25),
    "rate": 0.03,
    "dividend_yield": (0.0, 0.02, 0.01),
    "correlation": ((1.0, 0.5, 0.2), (0.5, 1.0, -0.3), (0.2, -0.3, 1.0)),
}

# How `monte_carlo.price` is called; a method's name is that of its variance reduction.
METHODS: Mapping[str, Mapping[str, Any]] = {
    "plain": {"control_variate": False},
    "antithetic": {"control_variate": False, "antithetic": True},
    "control": {},
    "antithetic_control": {"antithetic": True},
    "sobol": {"method": "sobol", "control_variate": False},
    "sobol_control": {"method": "sobol"},
}


@dataclass(frozen=True)
class Problem:
    """A payoff, a model, and the exact value of one under the other."""

    name: str
    payoff: mc.Payoff
    model: mc.Model
    truth: float

    def run(self, method: str, **settings: Any) -> mc.Estimate:
        """Estimate by one of `METHODS`."""
        return mc.price(self.payoff, self.model, **{**METHODS[method], **settings})


def pair_model(pair: Mapping[str, Any]) -> mc.BlackScholes:
    """Two assets, from the arguments of the engines of two."""
    rho = pair["correlation"]
    return mc.BlackScholes(
        spot=(pair["spot1"], pair["spot2"]),
        volatility=(pair["volatility1"], pair["volatility2"]),
        rate=pair["rate"],
        dividend_yield=(pair.get("dividend_yield1", 0.0), pair.get("dividend_yield2", 0.0)),
        correlation=((1.0, rho), (rho, 1.0)),
    )


def basket_value(model: mc.BlackScholes, contract: Mapping[str, Any]) -> float:
    """Exact value of a basket of the assets of a model."""
    value = basket.price(
        **contract,
        spots=model.spots,
        rate=model.rate,
        volatilities=model.volatility,
        correlations=model.correlation,
        dividend_yields=model.dividend_yield,
    )
    return float(value.price)


@lru_cache(maxsize=1)
def problems() -> tuple[Problem, ...]:
    """All contracts of the studies; kept, because the gate asks for them often."""
    model = mc.BlackScholes(**MARKET)
    pair = pair_model(_PAIR)
    three = mc.BlackScholes(**_THREE)
    out: dict[str, Any] = {"barrier_type": "down_out", "barrier": 88.0}
    watched: dict[str, Any] = {"barrier_type": "up_out", "barrier": 135.0}
    weights: dict[str, Any] = {**_CALL, "strike": 98.0, "weights": (0.5, 0.3, 0.2)}
    found = [
        ("european", mc.European(**_CALL), model, black_scholes.price(**_CALL, **MARKET)),
        (
            "digital",
            mc.European(**_CALL, payoff="cash"),
            model,
            digital.price(**_CALL, **MARKET, payoff="cash", cash=1.0),
        ),
        (
            "merton",
            mc.European(**_PUT),
            mc.Merton(**MARKET, **JUMPS),
            merton.price(**_PUT, **MARKET, **JUMPS),
        ),
        (
            "asian",
            mc.Asian(option_type="call", strike=105.0, times=MONTHS),
            model,
            asian.price(**_CALL, **MARKET, fixings=12),
        ),
        ("barrier", mc.Barrier(**_CALL, **out), model, barrier.price(**_CALL, **out, **MARKET)),
        (
            "discrete_barrier",
            mc.Barrier(**_CALL, **watched, watched=MONTHS),
            model,
            barrier.discrete_price(**_CALL, **watched, **MARKET, fixings=12),
        ),
        (
            "lookback",
            mc.Lookback(option_type="call", time_to_expiry=1.0),
            model,
            lookback.price(option_type="call", time_to_expiry=1.0, **MARKET),
        ),
        ("basket", mc.Basket(**weights), three, basket_value(three, weights)),
        (
            "exchange",
            mc.Basket(option_type="call", strike=0.0, weights=(1.0, -1.0), time_to_expiry=1.0),
            pair,
            exchange.price(**_PAIR),
        ),
        (
            "rainbow",
            mc.Rainbow(option_type="put", extreme="minimum", strike=95.0, time_to_expiry=1.0),
            pair,
            rainbow.price(option_type="put", extreme="minimum", strike=95.0, **_PAIR),
        ),
    ]
    return tuple(Problem(name, payoff, m, float(truth)) for name, payoff, m, truth in found)


def by_name() -> dict[str, Problem]:
    """The same by name."""
    return {problem.name: problem for problem in problems()}
