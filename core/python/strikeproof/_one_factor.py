"""Arguments of the finite-difference engine as the compiled core's columns."""

from __future__ import annotations

import sys
from typing import Any, Protocol, runtime_checkable

from numpy.typing import ArrayLike

from strikeproof._schedule import EXERCISE, VANILLA_RULES, cash_dividends, entries, whole
from strikeproof._status import NONNEGATIVE, POSITIVE

# In the order of the compiled core.
_RATE_KINDS = ("flat", "piecewise_constant", "linear_zero", "log_linear_discount", "discounts")
_VOLATILITY_KINDS = ("flat", "piecewise_constant", "total_variances", "volatilities")
_KINDS = {
    "rate": _RATE_KINDS,
    "dividend_yield": _RATE_KINDS,
    "volatility": _VOLATILITY_KINDS,
}

WORDS = {
    "exercise": EXERCISE,
    "payoff": {"vanilla": 0.0, "cash": 1.0, "asset": 2.0},
    "barrier_type": {"out": 0.0, "in": 1.0},
    "rebate_payment": {"hit": 0.0, "expiry": 1.0},
    "grid": {"sinh": 0.0, "log": 1.0},
    "scheme": {"tr_bdf2": 0.0, "crank_nicolson": 1.0},
}
RULES = {
    **VANILLA_RULES,
    "lower_barrier": NONNEGATIVE,
    "upper_barrier": POSITIVE,
    "rebate": NONNEGATIVE,
    "cash": NONNEGATIVE,
    "spot_points": whole(20, 20_000),
    "time_steps": whole(2, 20_000),
    "refinement": whole(1, 64),
}


@runtime_checkable
class Curve(Protocol):
    """A function of time given by nodes, such as `strikeproof.term_structure.RateCurve`."""

    @property
    def kind(self) -> str:
        """Which of the curve's constructions the nodes are for."""

    @property
    def times(self) -> tuple[float, ...]:
        """Ascending, > 0, years."""

    @property
    def values(self) -> tuple[float, ...]:
        """As many as the times; one of a flat curve."""


def columns(
    *,
    option_type: ArrayLike,
    spot: ArrayLike,
    strike: ArrayLike,
    time_to_expiry: ArrayLike,
    rate: ArrayLike | Curve,
    volatility: ArrayLike | Curve,
    dividend_yield: ArrayLike | Curve = 0.0,
    exercise: ArrayLike = "american",
    exercise_times: ArrayLike = (),
    dividend_times: ArrayLike = (),
    dividend_amounts: ArrayLike = (),
    payoff: ArrayLike = "vanilla",
    cash: ArrayLike = 1.0,
    barrier_type: ArrayLike = "out",
    lower_barrier: ArrayLike | None = None,
    upper_barrier: ArrayLike | None = None,
    rebate: ArrayLike = 0.0,
    rebate_payment: ArrayLike = "hit",
    barrier_times: ArrayLike | None = None,
    spot_points: ArrayLike = 200,
    time_steps: ArrayLike = 50,
    extrapolation: bool = True,
    grid: ArrayLike = "sinh",
    scheme: ArrayLike = "tr_bdf2",
    refinement: ArrayLike = 1,
) -> dict[str, Any]:
    """Columns in the order of the compiled core."""
    dates = entries("exercise_times", exercise_times)
    watched = {} if barrier_times is None else entries("barrier_times", barrier_times)
    levels, kinds, nodes = _market(
        {"rate": rate, "dividend_yield": dividend_yield, "volatility": volatility}
    )
    return {
        "option_type": option_type,
        "spot": spot,
        "strike": strike,
        "time_to_expiry": time_to_expiry,
        **levels,
        "exercise": exercise,
        "payoff": payoff,
        "cash": cash,
        "lower_barrier": 0.0 if lower_barrier is None else lower_barrier,
        "upper_barrier": sys.float_info.max if upper_barrier is None else upper_barrier,
        "barrier_type": barrier_type,
        "rebate": rebate,
        "rebate_payment": rebate_payment,
        "continuous": float(barrier_times is None),
        "spot_points": spot_points,
        "time_steps": time_steps,
        "extrapolation": float(extrapolation),
        "grid": grid,
        "scheme": scheme,
        "refinement": refinement,
        "date_count": float(len(dates)),
        "watch_count": float(len(watched)),
        **kinds,
        **dates,
        **watched,
        **nodes,
        **cash_dividends(dividend_times, dividend_amounts),
    }


def _market(
    given: dict[str, Any],
) -> tuple[dict[str, Any], dict[str, float], dict[str, float]]:
    """Flat values (0 for a curve), kinds and numbers of nodes, and the nodes."""
    levels: dict[str, Any] = {}
    kinds: dict[str, float] = {}
    nodes: dict[str, float] = {}
    for name, value in given.items():
        if not isinstance(value, Curve) or value.kind == "flat":
            levels[name] = value.values[0] if isinstance(value, Curve) else value
            kinds |= {f"{name}_kind": 0.0, f"{name}_nodes": 0.0}
            continue
        if value.kind not in _KINDS[name]:
            raise ValueError(
                f"{name} is a curve of kind {value.kind!r}: must be one of "
                + ", ".join(_KINDS[name])
            )
        levels[name] = 0.0
        kinds[f"{name}_kind"] = float(_KINDS[name].index(value.kind))
        kinds[f"{name}_nodes"] = float(len(value.times))
        for field in ("times", "values"):
            nodes |= {f"{name}.{field}[{k}]": x for k, x in enumerate(getattr(value, field))}
    return levels, kinds, nodes
