"""Risk and scenarios of positions in European options under Black-Scholes-Merton.

Method: ``core/src/portfolio.cpp``. Conventions: ``docs/conventions.md``. Sums are compensated and
have the same bits for any number of threads.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from strikeproof import _core
from strikeproof._columns import (
    Float64Array,
    OnFailure,
    as_columns,
    as_float64,
    failure_rule,
    option_sign,
    thread_count,
)
from strikeproof._status import NONNEGATIVE, Rule, Status, explain, raise_first

__all__ = ["Risk", "Scenarios", "Totals", "risk", "scenario_blocks", "scenarios"]

_RULES = dict.fromkeys(("spot", "strike", "time_to_expiry", "volatility"), NONNEGATIVE)
_SHOCK_RULES = {
    "spot_return": Rule(lambda value: value >= -1.0, "must be >= -1"),
    "elapsed_time": NONNEGATIVE,
}


class Totals(NamedTuple):
    """Sums over positions: floats, or arrays with one entry per underlying."""

    value: Any
    delta: Any
    gamma: Any
    vega: Any
    theta: Any
    rho: Any


class Risk(NamedTuple):
    """Quantity-weighted figures of a portfolio.

    Attributes
    ----------
    positions : Totals
        Figures of each position: arrays of the broadcast shape.
    total : Totals
        Their sums: floats.
    underlyings : array or None
        The distinct keys, in the order of `numpy.unique`.
    by_underlying : Totals or None
        Sums by key: arrays in that order.
    status : uint8 array
        `strikeproof.Status` of each position.
    """

    positions: Totals
    total: Totals
    underlyings: Any
    by_underlying: Totals | None
    status: Any


class Scenarios(NamedTuple):
    """Profit and loss of a portfolio under scenarios.

    Attributes
    ----------
    total : float64 array
        By scenario, of the broadcast shape of the shocks; NaN where a position has no price.
    underlyings : array or None
        The distinct keys, in the order of `numpy.unique`.
    by_underlying : float64 array or None
        Of the shocks' shape, with the keys as last axis.
    by_position : float64 array or None
        Of the shocks' shape, with the positions as last axis.
    status : uint8 array
        By scenario: `strikeproof.Status` of its first position without a price.
    """

    total: Any
    underlyings: Any
    by_underlying: Any
    by_position: Any
    status: Any


def risk(
    *,
    option_type: ArrayLike,
    spot: ArrayLike,
    strike: ArrayLike,
    time_to_expiry: ArrayLike,
    rate: ArrayLike,
    volatility: ArrayLike,
    quantity: ArrayLike,
    dividend_yield: ArrayLike = 0.0,
    underlying: ArrayLike | None = None,
    on_failure: OnFailure | None = None,
    threads: int | None = None,
) -> Risk:
    """Value, delta, gamma, vega, theta and rho by position, by underlying and in total.

    All arguments broadcast together under NumPy rules; each entry is a position.

    Parameters
    ----------
    option_type, spot, strike, time_to_expiry, rate, volatility, dividend_yield
        As for `strikeproof.black_scholes.price`.
    quantity : array-like
        Options held, negative where sold; figures are multiplied by it.
    underlying : array-like, optional
        Key of each position, such as a ticker; any values that can be sorted.
    on_failure : {"nan", "raise"}, optional
        What a position without a price does: NaN there and in its sums (default), or an error.
    threads : int, optional
        Threads to use; all processors by default. Results do not depend on it.

    Returns
    -------
    Risk
        Delta and gamma are by each position's own spot: sums over several underlyings have a
        meaning only by underlying.

    Raises
    ------
    ValueError
        Shapes do not broadcast, or a position fails and `on_failure` is "raise".
    TypeError
        An argument is not an array of real numbers.
    """
    shape, columns = _columns(
        option_type, spot, strike, time_to_expiry, rate, dividend_yield, volatility, quantity
    )
    count = int(np.prod(shape))
    outputs = [np.empty(count) for _ in Totals._fields]
    status = np.empty(count, dtype=np.uint8)
    keys, codes = _groups(underlying, shape)
    sums = np.empty((1 if keys is None else len(keys), len(outputs)))
    kernel: Any = _core.portfolio_risk
    kernel(list(columns.values()), outputs, status, codes, sums, thread_count(threads))
    if failure_rule(on_failure, scalar=False) == "raise":
        raise_first(status, columns, _RULES)
    return Risk(
        Totals(*(values.reshape(shape) for values in outputs)),
        Totals(*(_total(column) for column in sums.T)),
        keys,
        None if keys is None else Totals(*(column.copy() for column in sums.T)),
        status.reshape(shape),
    )


def scenarios(
    *,
    option_type: ArrayLike,
    spot: ArrayLike,
    strike: ArrayLike,
    time_to_expiry: ArrayLike,
    rate: ArrayLike,
    volatility: ArrayLike,
    quantity: ArrayLike,
    dividend_yield: ArrayLike = 0.0,
    underlying: ArrayLike | None = None,
    spot_return: ArrayLike = 0.0,
    volatility_shock: ArrayLike = 0.0,
    rate_shock: ArrayLike = 0.0,
    dividend_yield_shock: ArrayLike = 0.0,
    elapsed_time: ArrayLike = 0.0,
    by_position: bool = False,
    on_failure: OnFailure | None = None,
    threads: int | None = None,
) -> Scenarios:
    """Profit and loss under shocks of the market, every position priced again in full.

    The positions broadcast together, and so do the shocks, apart from each other: each entry of
    the shocks is a scenario. Memory does not grow with positions times scenarios unless
    `by_position` asks for that matrix; `scenario_blocks` gives it in pieces.

    Parameters
    ----------
    option_type, spot, strike, time_to_expiry, rate, volatility, dividend_yield
        As for `strikeproof.black_scholes.price`.
    quantity : array-like
        Options held, negative where sold.
    underlying : array-like, optional
        Key of each position; asks for profit and loss by key.
    spot_return : array-like, >= -1
        Every spot is multiplied by 1 plus this.
    volatility_shock, rate_shock, dividend_yield_shock : array-like
        Added to the volatilities, rates and yields.
    elapsed_time : array-like, >= 0, years
        Every option is that much closer to expiry; one that expires by then is worth its
        intrinsic value at the shocked spot, without interest since.
    by_position : bool
        Also return the matrix of scenarios by positions.
    on_failure : {"nan", "raise"}, optional
        What a scenario does in which a position has no price, such as a negative volatility: NaN
        (default), or an error that names scenario and position.
    threads : int, optional
        Threads to use; all processors by default. Results do not depend on it.

    Returns
    -------
    Scenarios
        A scenario without shocks gives exactly 0.

    Raises
    ------
    ValueError
        Shapes do not broadcast, a shock is not finite or out of range, or a position fails and
        `on_failure` is "raise".
    TypeError
        An argument is not an array of real numbers.
    """
    shape, columns = _columns(
        option_type, spot, strike, time_to_expiry, rate, dividend_yield, volatility, quantity
    )
    shock_shape, shocks = _shocks(
        spot_return, volatility_shock, rate_shock, dividend_yield_shock, elapsed_time
    )
    count, wanted = int(np.prod(shape)), int(np.prod(shock_shape))
    keys, codes = _groups(underlying, shape)
    totals = np.empty((wanted, 1 if keys is None else len(keys)))
    matrix = np.empty((wanted, count)) if by_position else None
    failed = np.empty(wanted, dtype=np.int64)
    status = np.empty(wanted, dtype=np.uint8)
    kernel: Any = _core.portfolio_scenarios
    kernel(
        list(columns.values()),
        list(shocks.values()),
        count,
        codes,
        totals,
        matrix,
        failed,
        status,
        thread_count(threads),
    )
    if failure_rule(on_failure, scalar=False) == "raise":
        _raise_first_scenario(failed, status, columns, shocks)
    total = totals[:, 0] if keys is None else np.array([_total(row) for row in totals])
    return Scenarios(
        total.reshape(shock_shape) if shock_shape else float(total[0]),
        keys,
        None if keys is None else totals.reshape(*shock_shape, len(keys)),
        None if matrix is None else matrix.reshape(*shock_shape, *shape),
        status.reshape(shock_shape),
    )


def scenario_blocks(*, block: int = 64, **arguments: Any) -> Iterator[tuple[slice, Scenarios]]:
    """The matrix of scenarios by positions in blocks of scenarios, one after the other.

    Parameters
    ----------
    block : int
        Scenarios in a block.
    **arguments
        Those of `scenarios` but for `by_position`. Shocks are taken in C order.

    Yields
    ------
    slice, Scenarios
        Which scenarios, and their results with `by_position`.

    Raises
    ------
    ValueError
        `block` is not a positive integer; else as for `scenarios`.
    """
    if isinstance(block, bool) or not isinstance(block, int) or block < 1:
        raise ValueError(f"block is {block!r}: must be a positive integer")
    names = ("spot_return", "volatility_shock", "rate_shock", "dividend_yield_shock",
             "elapsed_time")  # fmt: skip
    given = {name: as_float64(name, arguments.pop(name, 0.0)) for name in names}
    shape, shocks = as_columns(given)
    wanted = int(np.prod(shape))
    for first in range(0, wanted, block):
        rows = slice(first, min(first + block, wanted))
        own: dict[str, Any] = {
            name: np.broadcast_to(column, wanted)[rows] for name, column in shocks.items()
        }
        yield rows, scenarios(**arguments, **own, by_position=True)


def _columns(*arguments: Any) -> tuple[tuple[int, ...], dict[str, Float64Array]]:
    names = (
        "option_type",
        "spot",
        "strike",
        "time_to_expiry",
        "rate",
        "dividend_yield",
        "volatility",
        "quantity",
    )
    by_name = dict(zip(names, arguments, strict=True))
    values = {
        name: option_sign(value) if name == "option_type" else as_float64(name, value)
        for name, value in by_name.items()
    }
    return as_columns(values)


def _shocks(*arguments: Any) -> tuple[tuple[int, ...], dict[str, Float64Array]]:
    names = ("spot_return", "volatility_shock", "rate_shock", "dividend_yield_shock",
             "elapsed_time")  # fmt: skip
    shape, columns = as_columns(
        {name: as_float64(name, value) for name, value in zip(names, arguments, strict=True)}
    )
    for name, column in columns.items():
        wrong = np.flatnonzero(~np.isfinite(column))
        if wrong.size:
            raise ValueError(f"{name} is {column[wrong[0]]} at scenario {wrong[0]}: must be finite")
        rule = _SHOCK_RULES.get(name)
        for row, value in enumerate(column.tolist()) if rule else ():
            if rule and not rule.holds(value):
                raise ValueError(f"{name} is {value!r} at scenario {row}: {rule.text}")
    return shape, columns


def _groups(
    underlying: ArrayLike | None, shape: tuple[int, ...]
) -> tuple[NDArray[Any] | None, NDArray[np.uint32] | None]:
    """Distinct keys, and the number of its key for each position."""
    if underlying is None:
        return None, None
    try:
        wide = np.broadcast_to(np.asarray(underlying), shape)
    except ValueError:
        raise ValueError(
            f"underlying has shape {np.shape(underlying)}: must broadcast to {shape}"
        ) from None
    keys, codes = np.unique(wide, return_inverse=True)
    return keys, np.ascontiguousarray(codes.reshape(-1), dtype=np.uint32)


def _total(column: NDArray[np.float64]) -> float:
    """Sum over groups: exact before it is rounded."""
    return float(column[0]) if column.size == 1 else float(_exact_sum(column))


def _exact_sum(column: NDArray[np.float64]) -> float:
    finite = bool(np.isfinite(column).all())
    return math.fsum(column) if finite else float(np.sum(column))


def _raise_first_scenario(
    failed: NDArray[np.int64],
    status: NDArray[np.uint8],
    columns: Mapping[str, Float64Array],
    shocks: Mapping[str, Float64Array],
) -> None:
    bad = np.flatnonzero(status)
    if bad.size == 0:
        return
    scenario, position = int(bad[0]), int(failed[bad[0]])
    shock = {name: float(column[scenario % column.size]) for name, column in shocks.items()}
    values = {name: float(column[position % column.size]) for name, column in columns.items()}
    values["spot"] *= 1.0 + shock["spot_return"]
    for name in ("volatility", "rate", "dividend_yield"):
        values[name] += shock[f"{name}_shock"]
    values["time_to_expiry"] = max(values["time_to_expiry"] - shock["elapsed_time"], 0.0)
    reason = explain(Status(int(status[scenario])), values, _RULES)
    raise ValueError(
        f"{bad.size} of {status.size} scenarios failed, first scenario {scenario} at position "
        f'{position}, after its shocks: {reason}; use on_failure="nan" to keep the others'
    )
