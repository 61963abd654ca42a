"""Scenarios of central differences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np

from strikeproof._monte_carlo_arguments import POSITIVE, number, numbers
from strikeproof._monte_carlo_models import Model
from strikeproof._monte_carlo_paths import Barrier
from strikeproof._monte_carlo_payoffs import European, Payoff
from strikeproof._monte_carlo_structured import Autocallable

_SIZES = {"delta": 0.001, "gamma": 0.01, "vega": 0.01, "rho": 0.001, "theta": 1.0 / 365.0}
_FIELDS = {"delta": "spot", "gamma": "spot", "vega": "volatility", "rho": "rate"}
_TIMES = ("time_to_expiry", "times", "watched")
# curves whose values shift in parallel; discount factors and total variances do not
_SHIFTED = ("flat", "piecewise_constant", "linear_zero", "log_linear_discount", "volatilities")

Scenario = tuple[Payoff, Model]


def bump_sizes(
    names: Sequence[str], payoff: Payoff, model: Model, bumps: Mapping[str, float]
) -> dict[str, float]:
    """Size of every bump.

    Delta's is ten times as large where the payoff jumps: the variance of its difference then grows
    like one over the bump.

    Raises
    ------
    ValueError, TypeError
        A name is not a Greek or a number of the model, or a size breaks its rule.
    """
    for name in bumps:
        if name not in names:
            raise ValueError(f"bumps names {name!r}: must be one of greeks, {tuple(names)!r}")
    sizes = {}
    for name in names:
        default = _SIZES.get(name)
        if default is None:
            default = 0.01 * abs(_field(model, name)) or 0.001
        elif name == "delta" and _jumps(payoff):
            default = _SIZES["gamma"]
        sizes[name] = number(f"bumps[{name!r}]", bumps.get(name, default), POSITIVE)
        if name in ("delta", "gamma") and not sizes[name] < 1.0:
            raise ValueError(f"bumps[{name!r}] is {sizes[name]!r}: must be below 1, of the spot")
    return sizes


def bumped(
    payoff: Payoff, model: Model, wanted: Sequence[tuple[str, int]], sizes: Mapping[str, float]
) -> tuple[list[Scenario], tuple[float, ...]]:
    """Scenarios, the first of which is today's, and a row of their weights for each number wanted.

    The first row is the price.
    """
    scenarios: list[Scenario] = [(payoff, model)]
    known: dict[tuple[str, int, float], int] = {}

    def place(name: str, asset: int, move: float) -> int:
        key = (_FIELDS.get(name, name), asset, move)
        if key not in known:
            known[key] = len(scenarios)
            scenarios.append(_moved(payoff, model, name, asset, move))
        return known[key]

    rows: list[dict[int, float]] = [{0: 1.0}]
    for name, asset in wanted:
        size = sizes[name]
        up, down = place(name, asset, size), place(name, asset, -size)
        step = size * model.spots[asset] if name in ("delta", "gamma") else size
        if name == "gamma":
            rows.append({up: step**-2, 0: -2.0 * step**-2, down: step**-2})
        else:
            rows.append({up: 0.5 / step, down: -0.5 / step})
    return scenarios, tuple(row.get(k, 0.0) for row in rows for k in range(len(scenarios)))


def _jumps(payoff: Payoff) -> bool:
    if isinstance(payoff, European):
        return payoff.payoff != "vanilla"
    return isinstance(payoff, Autocallable) or (
        isinstance(payoff, Barrier) and not payoff.continuous
    )


def _moved(payoff: Payoff, model: Model, name: str, asset: int, move: float) -> Scenario:
    if name == "theta":
        return _later(payoff, model, move), model
    field = _FIELDS.get(name, name)
    value = getattr(model, field, None)
    one: Any
    if field == "spot":
        one = model.spots[asset] * (1.0 + move)
    elif value is None:
        raise ValueError(f"greeks is {name!r}: {type(model).__name__} has no {field}")
    else:
        one = _shifted(field, value[asset] if isinstance(value, tuple) else value, move)
    if isinstance(value, tuple):
        one = (*value[:asset], one, *value[asset + 1 :])
    return payoff, replace(model, **{field: one})  # type: ignore[type-var]


def _shifted(name: str, value: Any, move: float) -> Any:
    kind = getattr(value, "kind", None)
    if kind is None:
        return float(value) + move
    if kind not in _SHIFTED:
        raise ValueError(f"{name} is a curve of {kind}: no parallel shift of it is defined")
    return replace(value, values=tuple(v + move for v in value.values))


def _later(payoff: Payoff, model: Model, move: float) -> Payoff:
    """`payoff` a time later: all its dates have come nearer."""
    if any(hasattr(getattr(model, one.name), "kind") for one in fields(model)):  # type: ignore[arg-type]
        raise ValueError("greeks is 'theta': rate, yield and volatility must be numbers")
    changed: dict[str, Any] = {}
    for name in _TIMES:
        value = getattr(payoff, name, None)
        if value is None or isinstance(value, str):
            continue
        if np.ndim(value) == 0:
            changed[name] = number(name, value) - move
        else:
            changed[name] = tuple(t - move for t in numbers(name, value))
        if np.min(changed[name]) <= 0.0:
            raise ValueError(f"bumps['theta'] is {move!r}: must be less than the first of {name}")
    return replace(payoff, **changed)  # type: ignore[type-var]


def _field(model: Model, name: str) -> float:
    value = getattr(model, name, None)
    if name not in {one.name for one in fields(model)} or not isinstance(value, int | float):  # type: ignore[arg-type]
        raise ValueError(f"greeks is {name!r}: must be a Greek or a number of {model!r}")
    return float(value)
