"""How each product of the declared grid is valued, and the error that each method states.

The first method of a product is the reference: a closed form, a quadrature or an integral equation
whose documented accuracy is its error. Grids state `finite_difference.estimate`'s error, trees the
change from half the steps, simulations a standard error from 128 independent scramblings. Errors of
grids and trees can be 0 by luck, so that they have a floor.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from strikeproof import (
    american,
    asian,
    barrier,
    black_scholes,
    digital,
    dividends,
    double_barrier,
    exchange,
    finite_difference,
    heston,
    heston_finite_difference,
    lattice,
    lookback,
    merton,
    rainbow,
    spread,
)
from strikeproof import monte_carlo as mc
from strikeproof.term_structure import RateCurve, VolatilityCurve
from tasks.evidence.convergence.agreement_grid import Contract
from tasks.evidence.convergence.simulated import basket_value, pair_model

REPLICATES = 128  # few of them have tails heavier than Student's where payoffs jump or bend
_POINTS = 2048
_FLOOR = 1e-6  # least error that a grid or a tree on a spot of 100 may state
_HESTON_GRID: dict[str, Any] = {"spot_points": 61, "variance_points": 31, "time_steps": 24}

Terms = Mapping[str, Any]
Simulated = tuple[mc.Payoff, mc.Model]


class Value(NamedTuple):
    """A value, its stated error, and the degrees of freedom of a standard error."""

    value: float
    error: float
    degrees_of_freedom: float | None = None


# A method values the contract, or says what is to be simulated.
Method = Callable[[Terms], "Value | Simulated"]


def _without(terms: Terms, *names: str) -> dict[str, Any]:
    return {name: value for name, value in terms.items() if name not in names}


def _exact(engine: Callable[..., Any], error: float, **settings: Any) -> Method:
    """An engine whose documented absolute error on a spot of 100 is `error`."""
    return lambda terms: Value(float(engine(**terms, **settings)), error)


def value_of(contract: Contract, method: str) -> Value:
    """Value of a contract by one of its product's methods."""
    found = METHODS[contract.product][method](contract.terms)
    if isinstance(found, Value):
        return found
    estimate = mc.price(
        *found,
        method="sobol",
        paths=REPLICATES * _POINTS,
        replicates=REPLICATES,
        seed=contract.seed,
    )
    return Value(estimate.value, estimate.standard_error, estimate.degrees_of_freedom)


def _model(terms: Terms) -> mc.BlackScholes:
    names = ("spot", "rate", "dividend_yield", "volatility")
    return mc.BlackScholes(**{name: terms[name] for name in names})


def _vanilla(terms: Terms) -> dict[str, Any]:
    return {name: terms[name] for name in ("option_type", "strike", "time_to_expiry")}


def _dates(terms: Terms) -> tuple[float, ...]:
    n = terms["fixings"]
    return tuple(terms["time_to_expiry"] * k / n for k in range(1, n + 1))


def _on_grid(**settings: Any) -> Callable[[Terms], Value]:
    def value(terms: Terms) -> Value:
        found = finite_difference.estimate(**{"exercise": "european", **terms, **settings})
        return Value(found.price, max(found.price_error, _FLOOR))

    return value


def _barrier_on_grid(terms: Terms) -> Value:
    """One barrier, watched all the time or at equal dates."""
    side, kind = terms["barrier_type"].split("_")
    level = {"lower_barrier" if side == "down" else "upper_barrier": terms["barrier"]}
    dates = {"barrier_times": _dates(terms)} if "fixings" in terms else {}
    plain = _without(terms, "barrier", "barrier_type", "fixings")
    return _on_grid()({**plain, **level, **dates, "barrier_type": kind})


def _on_tree(terms: Terms) -> Value:
    coarse, fine = (
        float(lattice.price(**{"exercise": "european", **terms, "steps": steps}))
        for steps in (150, 300)
    )
    return Value(fine, max(abs(fine - coarse), _FLOOR))


def _curves(terms: Terms) -> dict[str, Any]:
    makers = {
        "rate": RateCurve.piecewise_constant,
        "dividend_yield": RateCurve.piecewise_constant,
        "volatility": VolatilityCurve.piecewise_constant,
    }
    return {**terms, **{name: make(*terms[name]) for name, make in makers.items()}}


def _means(terms: Terms) -> Value:
    """Black-Scholes at the mean rates and the root mean square volatility."""
    mean = {}
    for name in ("rate", "dividend_yield", "volatility"):
        ends, values = (np.asarray(part) for part in terms[name])
        spans = np.diff(np.minimum(ends, terms["time_to_expiry"]), prepend=0.0)
        power = 2.0 if name == "volatility" else 1.0
        mean[name] = float(spans @ values**power / terms["time_to_expiry"]) ** (1.0 / power)
    return Value(float(black_scholes.price(**{**terms, **mean})), 1e-11)


def _bermudan_reference(terms: Terms) -> Value:
    """A grid uniform in the logarithm of the spot, four times as fine as the one that is judged."""
    found = finite_difference.estimate(
        **terms, exercise="bermudan", grid="log", spot_points=801, time_steps=200
    )
    return Value(found.price, max(found.price_error, _FLOOR))


def _basket_model(terms: Terms) -> mc.BlackScholes:
    return mc.BlackScholes(
        spot=terms["spots"],
        volatility=terms["volatilities"],
        rate=terms["rate"],
        dividend_yield=terms["dividend_yields"],
        correlation=terms["correlations"],
    )


def _basket_contract(terms: Terms) -> dict[str, Any]:
    return {**_vanilla(terms), "weights": terms["weights"]}


def _pair_simulated(option_type: str, strike: float, terms: Terms) -> Simulated:
    payoff = mc.Basket(
        option_type=option_type,  # type: ignore[arg-type]
        strike=strike,
        weights=(1.0, -1.0),
        time_to_expiry=terms["time_to_expiry"],
    )
    return payoff, pair_model(terms)


def _jumping(terms: Terms) -> Simulated:
    model = mc.Merton(**_without(terms, "option_type", "strike", "time_to_expiry"))
    return mc.European(**_vanilla(terms)), model


def _heston_on_grid(terms: Terms) -> Value:
    found = heston_finite_difference.estimate(
        **terms, exercise="european", **_HESTON_GRID, extrapolation=True
    )
    return Value(found.price, max(found.price_error, _FLOOR))


def _reflected(terms: Terms) -> Value:
    """Down-and-out call from two European ones, strike above barrier and no drift."""
    spot, level = terms["spot"], terms["lower_barrier"]
    plain = _without(terms, "lower_barrier")
    direct, image = (
        float(heston.price(**{**plain, "spot": start})) for start in (spot, level * level / spot)
    )
    return Value(direct - spot / level * image, 1e-9)


def _barrier_simulated(terms: Terms) -> Simulated:
    watched: dict[str, Any] = {"watched": _dates(terms)} if "fixings" in terms else {}
    kind = {name: terms[name] for name in ("barrier_type", "barrier")}
    return mc.Barrier(**_vanilla(terms), **kind, **watched), _model(terms)


def _asian_simulated(average: Any) -> Method:
    def value(terms: Terms) -> Simulated:
        payoff = mc.Asian(
            option_type=terms["option_type"],
            strike=terms["strike"],
            times=_dates(terms),
            average=average,
        )
        return payoff, _model(terms)

    return value


# By product: the reference first, then what is judged against it.
METHODS: Mapping[str, Mapping[str, Method]] = {
    "european": {
        "closed form": _exact(black_scholes.price, 1e-11),
        "qmc": lambda t: (mc.European(**_vanilla(t)), _model(t)),
        "pde": _on_grid(),
        "tree": _on_tree,
    },
    "digital": {
        "closed form": _exact(digital.price, 1e-13, payoff="cash", cash=1.0),
        "qmc": lambda t: (mc.European(**_vanilla(t), payoff="cash"), _model(t)),
        "pde": _on_grid(payoff="cash", cash=1.0),
    },
    "american": {
        "integral equation": _exact(american.price, 1e-6),
        "pde": _on_grid(exercise="american"),
        "tree": lambda t: _on_tree({**t, "exercise": "american"}),
    },
    "bermudan": {
        "finer log grid": _bermudan_reference,
        "pde": _on_grid(exercise="bermudan"),
        "tree": lambda t: _on_tree({**t, "exercise": "bermudan"}),
    },
    "barrier": {
        "closed form": _exact(barrier.price, 1e-11),
        "qmc": _barrier_simulated,
        "pde": _barrier_on_grid,
    },
    "discrete_barrier": {
        "recursive quadrature": _exact(barrier.discrete_price, 2e-7),
        "qmc": _barrier_simulated,
        "pde": _barrier_on_grid,
    },
    "double_barrier": {
        "series": _exact(double_barrier.price, 1e-11),
        "pde": _on_grid(),
    },
    "asian": {
        "recursive quadrature": _exact(asian.price, 1e-6),
        "qmc": _asian_simulated("arithmetic"),
    },
    "geometric_asian": {
        "closed form": _exact(asian.price, 1e-11, average="geometric"),
        "qmc": _asian_simulated("geometric"),
    },
    "lookback": {
        "closed form": _exact(lookback.price, 1e-11),
        "qmc": lambda t: (mc.Lookback(**_vanilla(t), kind=t["kind"]), _model(t)),
    },
    "basket": {
        "quadrature": lambda t: Value(basket_value(_basket_model(t), _basket_contract(t)), 1e-7),
        "qmc": lambda t: (mc.Basket(**_basket_contract(t)), _basket_model(t)),
    },
    "exchange": {
        "closed form": _exact(exchange.price, 1e-11),
        "qmc": lambda t: _pair_simulated("call", 0.0, t),
    },
    "spread": {
        "quadrature": _exact(spread.price, 1e-8),
        "qmc": lambda t: _pair_simulated(t["option_type"], t["strike"], t),
    },
    "rainbow": {
        "closed form": _exact(rainbow.price, 1e-11),
        "qmc": lambda t: (mc.Rainbow(**_vanilla(t), extreme=t["extreme"]), pair_model(t)),
    },
    "cash_dividends": {
        "quadrature": _exact(dividends.price, 1e-9, exercise="european", method="quadrature"),
        "pde": _on_grid(),
    },
    "term_structure": {
        "closed form of the means": _means,
        "qmc": lambda t: (mc.European(**_vanilla(t)), _model(_curves(t))),
        "pde": lambda t: _on_grid()(_curves(t)),
    },
    "merton": {
        "series": _exact(merton.price, 1e-10),
        "qmc": _jumping,
    },
    "heston": {
        "semi-analytic": _exact(heston.price, 1e-9),
        "pde": _heston_on_grid,
    },
    "heston_barrier": {
        "reflection": _reflected,
        "pde": _heston_on_grid,
    },
}


def row(contract: Contract, reference: str, truth: Value, method: str) -> dict[str, Any]:
    """One contract by one method beside its reference value."""
    found = value_of(contract, method)
    simulated = found.degrees_of_freedom is not None
    error = math.hypot(found.error, truth.error) if simulated else found.error + truth.error
    difference = found.value - truth.value
    return {
        "contract": contract.name,
        "product": contract.product,
        "terms": contract.text,
        "method": method,
        "reference": reference,
        "value": found.value,
        "reference_value": truth.value,
        "difference": difference,
        "stated": "standard error" if simulated else "estimate",
        "error": error,
        "degrees_of_freedom": found.degrees_of_freedom,
        "in_errors": difference / error,
    }


def rows(contract: Contract) -> list[dict[str, Any]]:
    """One contract by every method of its product but the reference."""
    reference, *others = METHODS[contract.product]
    truth = value_of(contract, reference)
    return [row(contract, reference, truth, method) for method in others]
