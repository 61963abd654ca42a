"""The declared grid of contracts on which independent methods must agree."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tasks.evidence import profiles

SPOT = 100.0
FAST_STRIDE = 4  # of the contracts of each product, in the fast profile
_TYPES = ("call", "put")
_CARRY = ((0.05, 0.02), (0.01, 0.04))  # rate, dividend yield
_CURVES: dict[str, tuple[tuple[float, ...], tuple[float, ...]]] = {
    "rate": ((0.3, 0.7, 1.0), (0.02, 0.07, 0.05)),
    "dividend_yield": ((0.4, 1.0), (0.01, 0.03)),
    "volatility": ((0.25, 0.6, 1.0), (0.3, 0.2, 0.35)),
}
# Variance today and in the long run, reversion, volatility of variance, correlation. The second
# violates Feller's condition.
_HESTON = ((0.05, 0.04, 2.0, 0.3, -0.6), (0.04, 0.04, 1.0, 0.6, -0.8))
_HESTON_NAMES = (
    "initial_variance",
    "long_run_variance",
    "mean_reversion",
    "volatility_of_variance",
    "correlation",
)


@dataclass(frozen=True)
class Contract:
    """One point of the grid: arguments of the engines that value the product."""

    name: str
    product: str
    terms: Mapping[str, Any]
    seed: int  # of its simulation: every contract has its own, so that their errors are independent

    @property
    def text(self) -> str:
        """Terms on one line, without commas."""
        return " ".join(f"{name}={_text(value)}" for name, value in self.terms.items())


def _text(value: Any) -> str:
    return "/".join(map(_text, value)) if isinstance(value, tuple) else str(value)


def grid(profile: str = profiles.FULL) -> list[Contract]:
    """All contracts in order; the fast profile takes every fourth of each product."""
    found: list[Contract] = []
    seed = itertools.count(1)
    for product, all_terms in _PRODUCTS.items():
        numbered = [
            Contract(f"{product}_{number:03d}", product, terms, next(seed))
            for number, terms in enumerate(all_terms())
        ]
        found += numbered[:: FAST_STRIDE if profile == profiles.FAST else 1]
    return found


def _market(
    strikes: Iterable[float],
    times: Iterable[float] = (0.25, 1.0),
    volatilities: Iterable[float] = (0.15, 0.35),
    carry: Iterable[tuple[float, float]] = _CARRY,
    types: Iterable[str] = _TYPES,
) -> Iterator[dict[str, Any]]:
    """Every combination of contract and market."""
    for option_type, strike, time, volatility, (rate, dividend_yield) in itertools.product(
        types, strikes, times, volatilities, carry
    ):
        yield {
            "option_type": option_type,
            "spot": SPOT,
            "strike": strike,
            "time_to_expiry": time,
            "rate": rate,
            "dividend_yield": dividend_yield,
            "volatility": volatility,
        }


def _with(base: Iterable[Mapping[str, Any]], *more: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for terms, extra in itertools.product(list(base), more):
        yield {**terms, **extra}


def _european() -> Iterator[dict[str, Any]]:
    return _market((80.0, 100.0, 120.0), (0.25, 1.0, 2.0))


def _digital() -> Iterator[dict[str, Any]]:
    return _market((90.0, 100.0, 115.0), carry=_CARRY[:1])


def _american() -> Iterator[dict[str, Any]]:
    return _market((85.0, 100.0, 115.0))


def _bermudan() -> Iterator[dict[str, Any]]:
    base = _market((90.0, 110.0), (1.0,), types=("put",))
    return _with(
        base,
        {"exercise_times": (0.25, 0.5, 0.75)},
        {"exercise_times": tuple(k / 12.0 for k in range(1, 12))},
    )


def _barrier() -> Iterator[dict[str, Any]]:
    base = _market((95.0, 110.0), (0.5, 1.0), carry=_CARRY[:1])
    kinds = (("down_out", 85.0), ("down_in", 92.0), ("up_out", 130.0), ("up_in", 120.0))
    return _with(base, *({"barrier_type": kind, "barrier": level} for kind, level in kinds))


def _discrete_barrier() -> Iterator[dict[str, Any]]:
    base = _market((95.0, 110.0), (1.0,), carry=_CARRY[:1])
    kinds = itertools.product((("down_out", 90.0), ("up_out", 125.0)), (4, 12))
    return _with(
        base,
        *({"barrier_type": kind, "barrier": level, "fixings": n} for (kind, level), n in kinds),
    )


def _double_barrier() -> Iterator[dict[str, Any]]:
    base = _market((95.0, 105.0), (0.5,), carry=_CARRY[:1])
    levels = {"lower_barrier": 80.0, "upper_barrier": 125.0}
    return _with(base, {"barrier_type": "out", **levels}, {"barrier_type": "in", **levels})


def _asian() -> Iterator[dict[str, Any]]:
    base = _market((90.0, 100.0, 110.0), (1.0,), carry=_CARRY[:1])
    return _with(base, {"fixings": 4}, {"fixings": 12}, {"fixings": 52})


def _geometric_asian() -> Iterator[dict[str, Any]]:
    return _with(_market((90.0, 105.0), (1.0,), carry=_CARRY[:1]), {"fixings": 12})


def _lookback() -> Iterator[dict[str, Any]]:
    fixed = _with(_market((95.0, 110.0), carry=_CARRY[:1]), {"kind": "fixed_strike"})
    floating = _with(_market((0.0,), carry=_CARRY[:1]), {"kind": "floating_strike"})
    return itertools.chain(fixed, floating)


def _basket() -> Iterator[dict[str, Any]]:
    correlations = (
        ((1.0, 0.5, 0.2), (0.5, 1.0, -0.3), (0.2, -0.3, 1.0)),
        ((1.0, 0.8, 0.8), (0.8, 1.0, 0.8), (0.8, 0.8, 1.0)),
    )
    for option_type, strike, time, correlation in itertools.product(
        _TYPES, (90.0, 98.0, 110.0), (0.5, 2.0), correlations
    ):
        yield {
            "option_type": option_type,
            "strike": strike,
            "weights": (0.5, 0.3, 0.2),
            "time_to_expiry": time,
            "spots": (100.0, 90.0, 110.0),
            "volatilities": (0.2, 0.3, 0.25),
            "rate": 0.03,
            "dividend_yields": (0.0, 0.02, 0.01),
            "correlations": correlation,
        }


def _pairs(**more: Iterable[Any]) -> Iterator[dict[str, Any]]:
    """Two assets; `more` are further arguments and their values."""
    for rho, time, spot2, *values in itertools.product(
        (-0.4, 0.3, 0.8), (0.5, 1.5), (95.0, 105.0), *more.values()
    ):
        yield {
            **dict(zip(more, values, strict=True)),
            "spot1": SPOT,
            "spot2": spot2,
            "time_to_expiry": time,
            "rate": 0.03,
            "volatility1": 0.2,
            "volatility2": 0.35,
            "correlation": rho,
            "dividend_yield1": 0.01,
            "dividend_yield2": 0.02,
        }


def _exchange() -> Iterator[dict[str, Any]]:
    return _pairs()


def _spread() -> Iterator[dict[str, Any]]:
    return _pairs(option_type=_TYPES, strike=(10.0,))


def _rainbow() -> Iterator[dict[str, Any]]:
    return _pairs(option_type=("put",), extreme=("maximum", "minimum"), strike=(100.0,))


def _cash_dividends() -> Iterator[dict[str, Any]]:
    base = _market((90.0, 100.0, 115.0), (1.0,), carry=((0.05, 0.0),))
    return _with(
        base,
        {"dividend_times": (0.3, 0.7), "dividend_amounts": (3.0, 4.0)},
        {"dividend_times": (0.1, 0.35, 0.6, 0.85), "dividend_amounts": (1.5, 1.5, 1.5, 2.0)},
    )


def _term_structure() -> Iterator[dict[str, Any]]:
    for option_type, strike in itertools.product(
        _TYPES, (75.0, 85.0, 95.0, 100.0, 105.0, 115.0, 125.0, 135.0)
    ):
        terms = {"option_type": option_type, "spot": SPOT, "strike": strike, "time_to_expiry": 1.0}
        yield {**terms, **_CURVES}


def _merton() -> Iterator[dict[str, Any]]:
    base = _market((85.0, 100.0, 115.0), carry=_CARRY[:1])
    return _with(base, {"jump_intensity": 0.7, "jump_mean": -0.1, "jump_volatility": 0.2})


def _heston() -> Iterator[dict[str, Any]]:
    for option_type, strike, time, values in itertools.product(
        _TYPES, (85.0, 100.0, 115.0), (0.5, 1.5), _HESTON
    ):
        yield {
            "option_type": option_type,
            "spot": SPOT,
            "strike": strike,
            "time_to_expiry": time,
            "rate": 0.03,
            "dividend_yield": 0.01,
            **dict(zip(_HESTON_NAMES, values, strict=True)),
        }


def _heston_barrier() -> Iterator[dict[str, Any]]:
    """No carry and no correlation: the reflection principle holds whatever the variance does."""
    for strike, level, values in itertools.product((95.0, 105.0), (80.0, 88.0), _HESTON):
        yield {
            "option_type": "call",
            "spot": SPOT,
            "strike": strike,
            "time_to_expiry": 1.0,
            "rate": 0.03,
            "dividend_yield": 0.03,
            **dict(zip(_HESTON_NAMES, (*values[:4], 0.0), strict=True)),
            "lower_barrier": level,
        }


_PRODUCTS = {
    "european": _european,
    "digital": _digital,
    "american": _american,
    "bermudan": _bermudan,
    "barrier": _barrier,
    "discrete_barrier": _discrete_barrier,
    "double_barrier": _double_barrier,
    "asian": _asian,
    "geometric_asian": _geometric_asian,
    "lookback": _lookback,
    "basket": _basket,
    "exchange": _exchange,
    "spread": _spread,
    "rainbow": _rainbow,
    "cash_dividends": _cash_dividends,
    "term_structure": _term_structure,
    "merton": _merton,
    "heston": _heston,
    "heston_barrier": _heston_barrier,
}
PRODUCTS = tuple(_PRODUCTS)
