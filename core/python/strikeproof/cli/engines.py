"""Which engines the command line offers, and what they ask for: read off their signatures."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

import strikeproof

ENGINES: tuple[str, ...] = (
    "black_scholes",
    "black",
    "bachelier",
    "american",
    "american_approximation",
    "lattice",
    "digital",
    "barrier",
    "double_barrier",
    "partial_barrier",
    "asian",
    "lookback",
    "exchange",
    "spread",
    "rainbow",
    "merton",
    "kou",
    "variance_gamma",
    "heston",
    "bates",
)

# Arguments of calls, not of contracts; the exercise dates are a list of their own for each option.
_LEFT_OUT = frozenset(
    {"on_failure", "return_status", "threads", "out", "select", "exercise_times", "extrapolation"}
)

HELP: Mapping[str, str] = {
    "option_type": "call or put",
    "spot": "price of the underlying",
    "forward": "forward price of the underlying for the expiry",
    "strike": "exercise price",
    "price": "price of the option",
    "time_to_expiry": "years",
    "rate": "per year, continuously compounded: 0.05 is 5 %",
    "dividend_yield": "per year, continuously compounded",
    "volatility": "per square root of a year: 0.2 is 20 %",
    "barrier_type": "down_in, down_out, up_in or up_out; knock_in or knock_out for two barriers",
    "correlation": "within [-1, 1]",
    "accuracy": "see the engine's documentation",
}


def engine(name: str) -> ModuleType:
    """Module of an engine."""
    return getattr(strikeproof, name)  # type: ignore[no-any-return]


def offering(function: str) -> tuple[str, ...]:
    """Engines with a function of European-style quotes, `price`, `greeks` or `implied_volatility`.

    An implied volatility is one of a price: engines whose function has no ``price`` invert nothing.
    """
    return tuple(
        name
        for name in ENGINES
        if hasattr(engine(name), function)
        and (function != "implied_volatility" or "price" in arguments(name, function))
    )


def arguments(name: str, function: str) -> dict[str, Any]:
    """Arguments of a contract and their defaults, `inspect.Parameter.empty` where there is none."""
    call: Callable[..., Any] = getattr(engine(name), function)
    return {
        argument: parameter.default
        for argument, parameter in inspect.signature(call).parameters.items()
        if argument not in _LEFT_OUT
    }
