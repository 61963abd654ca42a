"""Double-barrier, double no-touch and double one-touch options under Black-Scholes-Merton.

Method and sources: ``core/src/double_barrier.cpp``. Conventions: ``docs/conventions.md``.

The barriers are watched all the time until expiry; a spot that is not between them has reached one.
Whatever is paid is paid at expiry.
"""

from __future__ import annotations

from typing import Any

from numpy.typing import ArrayLike

from strikeproof import _core
from strikeproof._columns import OnFailure
from strikeproof._engine import Engine
from strikeproof._greeks import Greeks
from strikeproof._status import NONNEGATIVE

__all__ = ["greeks", "price", "touch_greeks", "touch_price"]

_RULES = dict.fromkeys(
    (
        "spot",
        "strike",
        "lower_barrier",
        "upper_barrier",
        "time_to_expiry",
        "volatility",
        "rebate",
    ),
    NONNEGATIVE,
)
_WORDS = {"barrier_type": {"out": 0.0, "in": 1.0}}
_TOUCH_WORDS = {"touch_type": {"one_touch": 0.0, "no_touch": 1.0}}

_PRICE = Engine(
    _core.double_barrier_price, _RULES, words=_WORDS, one=_core.double_barrier_price_one
)
_GREEKS = Engine(
    _core.double_barrier_greeks,
    _RULES,
    Greeks._fields,
    Greeks,
    words=_WORDS,
    one=_core.double_barrier_greeks_one,
)
_TOUCH_PRICE = Engine(
    _core.double_barrier_touch_price,
    _RULES,
    words=_TOUCH_WORDS,
    one=_core.double_barrier_touch_price_one,
)
_TOUCH_GREEKS = Engine(
    _core.double_barrier_touch_greeks,
    _RULES,
    Greeks._fields,
    Greeks,
    words=_TOUCH_WORDS,
    one=_core.double_barrier_touch_greeks_one,
)


def price(
    *,
    barrier_type: ArrayLike,
    option_type: ArrayLike,
    spot: ArrayLike,
    strike: ArrayLike,
    lower_barrier: ArrayLike,
    upper_barrier: ArrayLike,
    time_to_expiry: ArrayLike,
    rate: ArrayLike,
    volatility: ArrayLike,
    dividend_yield: ArrayLike = 0.0,
    rebate: ArrayLike = 0.0,
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
    out: Any = None,
) -> Any:
    """Present value of double-barrier options.

    All arguments broadcast together under NumPy rules. Absolute error below 1e-13 of spot, strike
    and rebate together.

    Parameters
    ----------
    barrier_type : {"out", "in"}, array-like
        Whether the vanilla payoff is due if neither barrier is reached, or if one is.
    option_type : {"call", "put"} or +1/-1, array-like
    spot, strike : array-like, >= 0, same currency
    lower_barrier, upper_barrier : array-like, >= 0, the lower below the upper, currency of spot
    time_to_expiry : array-like, >= 0, years
    rate, dividend_yield : array-like, per year, continuously compounded
    volatility : array-like, >= 0, per square root of a year
    rebate : array-like, >= 0, currency of spot
        Paid at expiry if the vanilla payoff is not due.
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
        An argument is not finite or out of range (scalar call), a word is unknown, or the shapes
        do not broadcast.
    TypeError
        An argument is not an array of real numbers, or of words.

    Notes
    -----
    Kunitomo and Ikeda (1992), or Fourier's sine series where it is shorter.
    """
    arguments = {
        "barrier_type": barrier_type,
        "option_type": option_type,
        "spot": spot,
        "strike": strike,
        "lower_barrier": lower_barrier,
        "upper_barrier": upper_barrier,
        "time_to_expiry": time_to_expiry,
        "rate": rate,
        "dividend_yield": dividend_yield,
        "volatility": volatility,
        "rebate": rebate,
    }
    return _PRICE(
        arguments, on_failure=on_failure, return_status=return_status, threads=threads, out=out
    )


def greeks(
    *,
    barrier_type: ArrayLike,
    option_type: ArrayLike,
    spot: ArrayLike,
    strike: ArrayLike,
    lower_barrier: ArrayLike,
    upper_barrier: ArrayLike,
    time_to_expiry: ArrayLike,
    rate: ArrayLike,
    volatility: ArrayLike,
    dividend_yield: ArrayLike = 0.0,
    rebate: ArrayLike = 0.0,
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
    out: Any = None,
) -> Any:
    """Price and Greeks of double-barrier options.

    Derivatives of the series, term by term, by forward differentiation.

    Parameters
    ----------
    barrier_type, option_type, spot, strike, lower_barrier, upper_barrier, time_to_expiry, rate
        As for `price`, and so are volatility, dividend_yield and rebate.
    on_failure, return_status, threads
        As for `price`.
    out : sequence of arrays, optional
        One array for each of the six; see `price`.

    Returns
    -------
    Greeks
        NamedTuple price, delta, gamma, vega, theta, rho: floats where every argument is a scalar,
        else float64 arrays of the broadcast shape; ``(greeks, status)`` with `return_status`.

    Raises
    ------
    ValueError, TypeError
        As for `price`; the value jumps, where the path is certain.
    """
    arguments = {
        "barrier_type": barrier_type,
        "option_type": option_type,
        "spot": spot,
        "strike": strike,
        "lower_barrier": lower_barrier,
        "upper_barrier": upper_barrier,
        "time_to_expiry": time_to_expiry,
        "rate": rate,
        "dividend_yield": dividend_yield,
        "volatility": volatility,
        "rebate": rebate,
    }
    return _GREEKS(
        arguments, on_failure=on_failure, return_status=return_status, threads=threads, out=out
    )


def touch_price(
    *,
    touch_type: ArrayLike,
    spot: ArrayLike,
    lower_barrier: ArrayLike,
    upper_barrier: ArrayLike,
    time_to_expiry: ArrayLike,
    rate: ArrayLike,
    volatility: ArrayLike,
    dividend_yield: ArrayLike = 0.0,
    cash: ArrayLike = 1.0,
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
    out: Any = None,
) -> Any:
    """Present value of double no-touch and double one-touch options.

    All arguments broadcast together under NumPy rules.

    Parameters
    ----------
    touch_type : {"one_touch", "no_touch"}, array-like
        Whether cash is due if either barrier is reached, or if neither is.
    spot : array-like, >= 0
    lower_barrier, upper_barrier : array-like, >= 0, the lower below the upper, currency of spot
    time_to_expiry : array-like, >= 0, years
    rate, dividend_yield : array-like, per year, continuously compounded
    volatility : array-like, >= 0, per square root of a year
    cash : array-like, any currency
        Paid at expiry.
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
        An argument is not finite or out of range (scalar call), a word is unknown, or the shapes
        do not broadcast.
    TypeError
        An argument is not an array of real numbers, or of words.

    Notes
    -----
    Hui (1996), or the images of Kunitomo and Ikeda (1992) where they are fewer.
    """
    arguments = {
        "touch_type": touch_type,
        "spot": spot,
        "lower_barrier": lower_barrier,
        "upper_barrier": upper_barrier,
        "time_to_expiry": time_to_expiry,
        "rate": rate,
        "dividend_yield": dividend_yield,
        "volatility": volatility,
        "cash": cash,
    }
    return _TOUCH_PRICE(
        arguments, on_failure=on_failure, return_status=return_status, threads=threads, out=out
    )


def touch_greeks(
    *,
    touch_type: ArrayLike,
    spot: ArrayLike,
    lower_barrier: ArrayLike,
    upper_barrier: ArrayLike,
    time_to_expiry: ArrayLike,
    rate: ArrayLike,
    volatility: ArrayLike,
    dividend_yield: ArrayLike = 0.0,
    cash: ArrayLike = 1.0,
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
    out: Any = None,
) -> Any:
    """Price and Greeks of double no-touch and double one-touch options.

    Derivatives of the series, term by term, by forward differentiation.

    Parameters
    ----------
    touch_type, spot, lower_barrier, upper_barrier, time_to_expiry, rate, volatility
        As for `touch_price`, and so are dividend_yield and cash.
    on_failure, return_status, threads
        As for `touch_price`.
    out : sequence of arrays, optional
        One array for each of the six; see `touch_price`.

    Returns
    -------
    Greeks
        NamedTuple price, delta, gamma, vega, theta, rho: floats where every argument is a scalar,
        else float64 arrays of the broadcast shape; ``(greeks, status)`` with `return_status`.

    Raises
    ------
    ValueError, TypeError
        As for `touch_price`; the value jumps, where the path is certain.
    """
    arguments = {
        "touch_type": touch_type,
        "spot": spot,
        "lower_barrier": lower_barrier,
        "upper_barrier": upper_barrier,
        "time_to_expiry": time_to_expiry,
        "rate": rate,
        "dividend_yield": dividend_yield,
        "volatility": volatility,
        "cash": cash,
    }
    return _TOUCH_GREEKS(
        arguments, on_failure=on_failure, return_status=return_status, threads=threads, out=out
    )
