"""European options under Black-Scholes-Merton: price, Greeks, implied volatility.

Method and sources: ``core/src/black_scholes.cpp``. Conventions: ``docs/conventions.md``.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from strikeproof import _core
from strikeproof._columns import (
    Float64Array,
    OnFailure,
    all_scalars,
    as_columns,
    as_float64,
    failure_rule,
    option_sign,
    thread_count,
)
from strikeproof._status import Status, raise_first

Statuses = NDArray[np.uint8]

_NONNEGATIVE = frozenset({"spot", "strike", "time_to_expiry", "volatility", "price"})


class Greeks(NamedTuple):
    """Price and raw derivatives, each a float or an array of the broadcast shape.

    Vega is per 1.00 of volatility, rho per 1.00 of rate, theta per year of calendar time.
    """

    price: Any
    delta: Any
    gamma: Any
    vega: Any
    theta: Any
    rho: Any


@overload
def price(
    *,
    option_type: ArrayLike,
    spot: ArrayLike,
    strike: ArrayLike,
    time_to_expiry: ArrayLike,
    rate: ArrayLike,
    volatility: ArrayLike,
    dividend_yield: ArrayLike = ...,
    on_failure: OnFailure | None = ...,
    return_status: Literal[False] = ...,
    threads: int | None = ...,
) -> Any: ...
@overload
def price(
    *,
    option_type: ArrayLike,
    spot: ArrayLike,
    strike: ArrayLike,
    time_to_expiry: ArrayLike,
    rate: ArrayLike,
    volatility: ArrayLike,
    dividend_yield: ArrayLike = ...,
    on_failure: OnFailure | None = ...,
    return_status: Literal[True],
    threads: int | None = ...,
) -> tuple[Any, Any]: ...
def price(
    *,
    option_type: ArrayLike,
    spot: ArrayLike,
    strike: ArrayLike,
    time_to_expiry: ArrayLike,
    rate: ArrayLike,
    volatility: ArrayLike,
    dividend_yield: ArrayLike = 0.0,
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
) -> Any:
    """Present value of European options.

    All arguments broadcast together under NumPy rules. Relative error below 1e-13 for the exact
    inputs, down to prices of 1e-300.

    Parameters
    ----------
    option_type : {"call", "put"} or +1/-1, array-like
    spot, strike : array-like, >= 0, same currency
    time_to_expiry : array-like, >= 0, years
    rate, dividend_yield : array-like, per year, continuously compounded
    volatility : array-like, >= 0, per square root of a year
    on_failure : {"nan", "raise"}, optional
        What a bad row does; scalars raise and batches give NaN unless told otherwise.
    return_status : bool
        Return ``(values, status)`` with a `strikeproof.Status` per row.
    threads : int, optional
        Threads to use; all processors by default. Results do not depend on it.

    Returns
    -------
    float where every argument is a scalar, else float64 array of the broadcast shape

    Raises
    ------
    ValueError
        An argument is not finite or out of range (scalar call), or the shapes do not broadcast.
    TypeError
        An argument is not an array of real numbers.

    Notes
    -----
    Black and Scholes (1973), Merton (1973); evaluated as in Jaeckel (2015).
    """
    if on_failure is None and threads is None and not return_status:
        scalars = (spot, strike, time_to_expiry, rate, dividend_yield, volatility)
        found = _one(_core.black_scholes_price_one, option_type, scalars)
        if found is not None:
            return found[0]
    arguments = _arguments(option_type, spot, strike, time_to_expiry, rate, dividend_yield)
    arguments["volatility"] = as_float64("volatility", volatility)
    kernel = _core.black_scholes_price
    return _one_output(kernel, arguments, on_failure, return_status, threads)


def implied_volatility(
    *,
    option_type: ArrayLike,
    price: ArrayLike,
    spot: ArrayLike,
    strike: ArrayLike,
    time_to_expiry: ArrayLike,
    rate: ArrayLike,
    dividend_yield: ArrayLike = 0.0,
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
) -> Any:
    """Volatility at which a European option has the given price.

    All arguments broadcast together under NumPy rules. The result reprices to the last digit
    that the price allows.

    Parameters
    ----------
    option_type : {"call", "put"} or +1/-1, array-like
    price : array-like, >= 0, currency of spot
    spot, strike : array-like, >= 0, same currency
    time_to_expiry : array-like, >= 0, years
    rate, dividend_yield : array-like, per year, continuously compounded
    on_failure, return_status, threads
        As for `price`.

    Returns
    -------
    float where every argument is a scalar, else float64 array of the broadcast shape

    Raises
    ------
    ValueError
        An argument is not finite or out of range, or no volatility gives the price: below
        intrinsic value, not below the upper bound, or equal to intrinsic value to rounding
        (scalar call).
    TypeError
        An argument is not an array of real numbers.

    Notes
    -----
    Jaeckel (2015), Let's Be Rational; see ``core/src/black_scholes_volatility.cpp``.
    """
    if on_failure is None and threads is None and not return_status:
        scalars = (spot, strike, time_to_expiry, rate, dividend_yield, price)
        found = _one(_core.black_scholes_implied_volatility_one, option_type, scalars)
        if found is not None:
            return found[0]
    arguments = _arguments(option_type, spot, strike, time_to_expiry, rate, dividend_yield)
    arguments["price"] = as_float64("price", price)
    kernel = _core.black_scholes_implied_volatility
    return _one_output(kernel, arguments, on_failure, return_status, threads)


def greeks(
    *,
    option_type: ArrayLike,
    spot: ArrayLike,
    strike: ArrayLike,
    time_to_expiry: ArrayLike,
    rate: ArrayLike,
    volatility: ArrayLike,
    dividend_yield: ArrayLike = 0.0,
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
) -> Any:
    """Price, delta, gamma, vega, theta and rho of European options.

    Parameters
    ----------
    option_type, spot, strike, time_to_expiry, rate, dividend_yield, volatility
        As for `price`.
    on_failure, return_status, threads
        As for `price`.

    Returns
    -------
    Greeks
        Of floats where every argument is a scalar, else of float64 arrays of the broadcast
        shape; ``(greeks, status)`` with `return_status`.

    Raises
    ------
    ValueError, TypeError
        As for `price`.
    """
    if on_failure is None and threads is None and not return_status:
        scalars = (spot, strike, time_to_expiry, rate, dividend_yield, volatility)
        one = _one(_core.black_scholes_greeks_one, option_type, scalars)
        if one is not None:
            return Greeks(*one[:-1])
    arguments = _arguments(option_type, spot, strike, time_to_expiry, rate, dividend_yield)
    arguments["volatility"] = as_float64("volatility", volatility)
    shape, columns = as_columns(arguments)
    count = int(np.prod(shape))
    outputs = [np.empty(count) for _ in Greeks._fields]
    status = np.empty(count, dtype=np.uint8)
    kernel: Any = _core.black_scholes_greeks
    kernel(*columns.values(), *outputs, status, thread_count(threads))
    if failure_rule(on_failure, shape == ()) == "raise":
        raise_first(status, columns, _NONNEGATIVE)
    found = Greeks(*(_shaped(values, shape) for values in outputs))
    return (found, _status(status, shape)) if return_status else found


def _one(kernel: Any, option_type: ArrayLike, scalars: tuple[Any, ...]) -> Any:
    """Results of one option, status last; None where the columns' path must answer or explain."""
    if not isinstance(option_type, str) or not all_scalars(scalars):
        return None
    try:
        found = kernel(1.0 if option_type == "call" else option_sign(option_type), *scalars)
    except TypeError:  # an integer beyond the range of float64
        return None
    return found if found[-1] == 0 else None


def _arguments(
    option_type: ArrayLike,
    spot: ArrayLike,
    strike: ArrayLike,
    time_to_expiry: ArrayLike,
    rate: ArrayLike,
    dividend_yield: ArrayLike,
) -> dict[str, Float64Array]:
    return {
        "option_type": option_sign(option_type),
        "spot": as_float64("spot", spot),
        "strike": as_float64("strike", strike),
        "time_to_expiry": as_float64("time_to_expiry", time_to_expiry),
        "rate": as_float64("rate", rate),
        "dividend_yield": as_float64("dividend_yield", dividend_yield),
    }


def _one_output(
    kernel: Any,
    arguments: dict[str, Float64Array],
    on_failure: str | None,
    return_status: bool,
    threads: int | None,
) -> Any:
    shape, columns = as_columns(arguments)
    count = int(np.prod(shape))
    values = np.empty(count)
    status = np.empty(count, dtype=np.uint8)
    kernel(*columns.values(), values, status, thread_count(threads))
    if failure_rule(on_failure, shape == ()) == "raise":
        raise_first(status, columns, _NONNEGATIVE)
    found = _shaped(values, shape)
    return (found, _status(status, shape)) if return_status else found


def _shaped(values: Float64Array, shape: tuple[int, ...]) -> Any:
    return values.reshape(shape) if shape else float(values[0])


def _status(status: Statuses, shape: tuple[int, ...]) -> Any:
    return status.reshape(shape) if shape else Status(int(status[0]))
