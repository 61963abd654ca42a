"""European options on a normally distributed forward: price, Greeks, implied volatility.

Method and sources: ``core/src/bachelier.cpp``. Conventions: ``docs/conventions.md``.
Delta and gamma are by the forward, which stays where it is as time passes; rho is by the rate that
discounts.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from numpy.typing import ArrayLike

from strikeproof import _core
from strikeproof._columns import OnFailure
from strikeproof._engine import Engine
from strikeproof._greeks import Greeks, selection
from strikeproof._status import NONNEGATIVE

__all__ = ["Greeks", "greeks", "implied_volatility", "price"]

_RULES = dict.fromkeys(("time_to_expiry", "volatility", "price"), NONNEGATIVE)
_QUANTITIES = Greeks._fields

_PRICE = Engine(_core.bachelier_price, _RULES, one=_core.bachelier_price_one)
_IMPLIED_VOLATILITY = Engine(
    _core.bachelier_implied_volatility,
    _RULES,
    ("implied_volatility",),
    one=_core.bachelier_implied_volatility_one,
)
_GREEKS = Engine(_core.bachelier_greeks, _RULES, _QUANTITIES)


def price(
    *,
    option_type: ArrayLike,
    forward: ArrayLike,
    strike: ArrayLike,
    time_to_expiry: ArrayLike,
    rate: ArrayLike,
    volatility: ArrayLike,
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
    out: Any = None,
) -> Any:
    """Present value of European options on a forward.

    All arguments broadcast together under NumPy rules. Relative error below 1e-13 for the exact
    inputs, down to prices of 1e-250 of the standard deviation.

    Parameters
    ----------
    option_type : {"call", "put"} or +1/-1, array-like
    forward, strike : array-like, same currency; either may be negative
    time_to_expiry : array-like, >= 0, years
    rate : array-like, per year, continuously compounded; 0 gives the undiscounted value
    volatility : array-like, >= 0, currency per square root of a year
    on_failure : {"nan", "raise"}, optional
        What a bad row does; scalars raise and batches give NaN unless told otherwise.
    return_status : bool
        Return ``(values, status)`` with a `strikeproof.Status` per row.
    threads : int, optional
        Threads to use; all processors by default. Results do not depend on it.
    out : array, optional
        Where the result goes, instead of a new array: float64, C-contiguous, writable, of the
        broadcast shape, sharing no memory with an argument.

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
    Bachelier (1900); see ``core/src/bachelier.cpp``.
    """
    arguments = {
        "option_type": option_type,
        "forward": forward,
        "strike": strike,
        "time_to_expiry": time_to_expiry,
        "rate": rate,
        "volatility": volatility,
    }
    return _PRICE(
        arguments, on_failure=on_failure, return_status=return_status, threads=threads, out=out
    )


def implied_volatility(
    *,
    option_type: ArrayLike,
    price: ArrayLike,
    forward: ArrayLike,
    strike: ArrayLike,
    time_to_expiry: ArrayLike,
    rate: ArrayLike,
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
    out: Any = None,
) -> Any:
    """Volatility at which a European option on a forward has the given price.

    All arguments broadcast together under NumPy rules.

    Parameters
    ----------
    option_type : {"call", "put"} or +1/-1, array-like
    price : array-like, >= 0, currency of the forward
    forward, strike : array-like, same currency; either may be negative
    time_to_expiry : array-like, >= 0, years
    rate : array-like, per year, continuously compounded; 0 where the price is undiscounted
    on_failure, return_status, threads, out
        As for `price`.

    Returns
    -------
    float where every argument is a scalar, else float64 array of the broadcast shape

    Raises
    ------
    ValueError
        An argument is not finite or out of range, or no volatility gives the price: below
        intrinsic value, or equal to it to rounding (scalar call).
    TypeError
        An argument is not an array of real numbers.

    Notes
    -----
    First guess after the idea of Jaeckel (2017), Implied Normal Volatility; see
    ``core/src/bachelier.cpp`` and ``core/src/simd/bachelier_kernel.hpp``.
    """
    arguments = {
        "option_type": option_type,
        "forward": forward,
        "strike": strike,
        "time_to_expiry": time_to_expiry,
        "rate": rate,
        "price": price,
    }
    return _IMPLIED_VOLATILITY(
        arguments, on_failure=on_failure, return_status=return_status, threads=threads, out=out
    )


def greeks(
    *,
    option_type: ArrayLike,
    forward: ArrayLike,
    strike: ArrayLike,
    time_to_expiry: ArrayLike,
    rate: ArrayLike,
    volatility: ArrayLike,
    select: Iterable[str] | None = None,
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
    out: Any = None,
) -> Any:
    """Price and Greeks of European options on a forward.

    Parameters
    ----------
    option_type, forward, strike, time_to_expiry, rate, volatility
        As for `price`.
    select : iterable of str, optional
        Which to return, in this order: any of price, delta, gamma, vega, theta, rho; all by
        default.
    on_failure, return_status, threads
        As for `price`.
    out : sequence of arrays, optional
        One array for each selected quantity; see `price`.

    Returns
    -------
    Greeks
        NamedTuple of the selected quantities: floats where every argument is a scalar, else
        float64 arrays of the broadcast shape; ``(greeks, status)`` with `return_status`.

    Raises
    ------
    ValueError, TypeError
        As for `price`; `select` names something else.
    """
    arguments = {
        "option_type": option_type,
        "forward": forward,
        "strike": strike,
        "time_to_expiry": time_to_expiry,
        "rate": rate,
        "volatility": volatility,
    }
    names, result = selection(select, _QUANTITIES)
    return _GREEKS(
        arguments,
        on_failure=on_failure,
        return_status=return_status,
        threads=threads,
        out=out,
        select=names,
        result=result,
    )
