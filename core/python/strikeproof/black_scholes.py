"""European options under Black-Scholes-Merton: price, Greeks, implied volatility.

Method and sources: ``core/src/black_scholes.cpp``. Conventions: ``docs/conventions.md``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from numpy.typing import ArrayLike

from strikeproof import _core
from strikeproof._columns import SIGN, OnFailure
from strikeproof._engine import Engine
from strikeproof._greeks import SECOND_ORDER, Greeks, selection
from strikeproof._status import NONNEGATIVE

_RULES = dict.fromkeys(("spot", "strike", "time_to_expiry", "volatility", "price"), NONNEGATIVE)


# One option in plain numbers, without columns; NaN or TypeError where they have to answer.
_PRICE_ONE = _core.black_scholes_price_one
_VOLATILITY_ONE = _core.black_scholes_implied_volatility_one
_GREEKS_ONE = _core.black_scholes_greeks_one
_PRICE = Engine(_core.black_scholes_price, _RULES)
_IMPLIED_VOLATILITY = Engine(_core.black_scholes_implied_volatility, _RULES)
_GREEKS = Engine(_core.black_scholes_greeks, _RULES, SECOND_ORDER)


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
    out: Any = None,
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
    Black and Scholes (1973), Merton (1973); evaluated as in Jaeckel (2015).
    """
    if type(option_type) is str and _plain(on_failure, return_status, threads, out):
        try:
            sign = SIGN[option_type]
            value = _PRICE_ONE(sign, spot, strike, time_to_expiry, rate, dividend_yield, volatility)
        except (KeyError, TypeError):  # the columns' path answers or explains
            value = math.nan
        if value == value:
            return value
    arguments = {
        "option_type": option_type,
        "spot": spot,
        "strike": strike,
        "time_to_expiry": time_to_expiry,
        "rate": rate,
        "dividend_yield": dividend_yield,
        "volatility": volatility,
    }
    return _PRICE(
        arguments, on_failure=on_failure, return_status=return_status, threads=threads, out=out
    )


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
    out: Any = None,
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
    on_failure, return_status, threads, out
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
    if type(option_type) is str and _plain(on_failure, return_status, threads, out):
        try:
            sign = SIGN[option_type]
            value = _VOLATILITY_ONE(sign, spot, strike, time_to_expiry, rate, dividend_yield, price)
        except (KeyError, TypeError):
            value = math.nan
        if value == value:
            return value
    arguments = {
        "option_type": option_type,
        "spot": spot,
        "strike": strike,
        "time_to_expiry": time_to_expiry,
        "rate": rate,
        "dividend_yield": dividend_yield,
        "price": price,
    }
    return _IMPLIED_VOLATILITY(
        arguments, on_failure=on_failure, return_status=return_status, threads=threads, out=out
    )


def greeks(
    *,
    option_type: ArrayLike,
    spot: ArrayLike,
    strike: ArrayLike,
    time_to_expiry: ArrayLike,
    rate: ArrayLike,
    volatility: ArrayLike,
    dividend_yield: ArrayLike = 0.0,
    select: Iterable[str] | None = None,
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
    out: Any = None,
) -> Any:
    """Price and Greeks of European options.

    Parameters
    ----------
    option_type, spot, strike, time_to_expiry, rate, dividend_yield, volatility
        As for `price`.
    select : iterable of str, optional
        Which to return, in this order: any of price, delta, gamma, vega, theta, rho, dividend_rho,
        vanna, volga, charm, veta, speed, zomma, color; the first six by default. Price alone is
        the cheapest, anything after dividend_rho the dearest; columns not named are not written.
        charm, veta and color are by calendar time, as theta.
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

    Notes
    -----
    Formulas of Haug (2007), The Complete Guide to Option Pricing Formulas, ch. 2.
    """
    plain = select is None and _plain(on_failure, return_status, threads, out)
    if plain and type(option_type) is str:
        try:
            one = _GREEKS_ONE(
                SIGN[option_type], spot, strike, time_to_expiry, rate, dividend_yield, volatility
            )
        except (KeyError, TypeError):
            one = None
        if one is not None and one[0] == one[0]:  # not NaN
            return Greeks(*one)
    arguments = {
        "option_type": option_type,
        "spot": spot,
        "strike": strike,
        "time_to_expiry": time_to_expiry,
        "rate": rate,
        "dividend_yield": dividend_yield,
        "volatility": volatility,
    }
    names, result = selection(select, SECOND_ORDER)
    return _GREEKS(
        arguments,
        on_failure=on_failure,
        return_status=return_status,
        threads=threads,
        out=out,
        select=names,
        result=result,
    )


def _plain(on_failure: Any, return_status: bool, threads: Any, out: Any) -> bool:
    """Whether nothing but the result was asked for, so that one option may take the short path."""
    return on_failure is None and threads is None and out is None and not return_status
