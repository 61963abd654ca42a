"""Single-barrier options under Black-Scholes-Merton, watched continuously or at fixings.

Methods and sources: ``core/src/barrier.cpp``, ``core/src/discrete_barrier.cpp``. Conventions:
``docs/conventions.md``.

A knock-out is the vanilla option as long as the barrier has not been reached; then it ends and pays
its rebate, at that moment or at expiry. A knock-in is the vanilla option once the barrier has been
reached; if it never is, the rebate is paid at expiry. Reached means at the barrier or beyond it.
"""

from __future__ import annotations

from typing import Any

from numpy.typing import ArrayLike

from strikeproof import _core
from strikeproof._columns import OnFailure
from strikeproof._engine import Engine
from strikeproof._greeks import Greeks
from strikeproof._status import NONNEGATIVE, Rule

__all__ = [
    "discrete_greeks",
    "discrete_price",
    "greeks",
    "price",
]

_TYPES = {"down_out": 0.0, "down_in": 1.0, "up_out": 2.0, "up_in": 3.0}
_PAYMENTS = {"hit": 0.0, "expiry": 1.0}
_METHODS = {"quadrature": 0.0, "broadie_glasserman_kou": 1.0}
_WORDS = {
    "barrier_type": _TYPES,
    "rebate_payment": _PAYMENTS,
    "method": _METHODS,
}
_FIXINGS = Rule(
    lambda value: 1.0 <= value <= 1e4 and value.is_integer(), "must be a whole number 1 ... 10000"
)
_RULES = {
    **dict.fromkeys(
        ("spot", "strike", "barrier", "time_to_expiry", "volatility", "rebate"),
        NONNEGATIVE,
    ),
    "fixings": _FIXINGS,
}

_PRICE = Engine(_core.barrier_price, _RULES, words=_WORDS, one=_core.barrier_price_one)
_GREEKS = Engine(
    _core.barrier_greeks,
    _RULES,
    Greeks._fields,
    Greeks,
    words=_WORDS,
    one=_core.barrier_greeks_one,
)
_DISCRETE_PRICE = Engine(
    _core.barrier_discrete_price, _RULES, words=_WORDS, one=_core.barrier_discrete_price_one
)
_DISCRETE_GREEKS = Engine(
    _core.barrier_discrete_greeks,
    _RULES,
    Greeks._fields,
    Greeks,
    words=_WORDS,
    one=_core.barrier_discrete_greeks_one,
)


def price(
    *,
    barrier_type: ArrayLike,
    option_type: ArrayLike,
    spot: ArrayLike,
    strike: ArrayLike,
    barrier: ArrayLike,
    time_to_expiry: ArrayLike,
    rate: ArrayLike,
    volatility: ArrayLike,
    dividend_yield: ArrayLike = 0.0,
    rebate: ArrayLike = 0.0,
    rebate_payment: ArrayLike = "hit",
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
    out: Any = None,
) -> Any:
    """Present value of barrier options that are watched all the time until expiry.

    All arguments broadcast together under NumPy rules. Absolute error below 1e-13 of spot, strike
    and rebate together. A barrier at or beyond spot has been reached: the knock-out is worth its
    rebate, the knock-in the vanilla option.

    Parameters
    ----------
    barrier_type : {"down_out", "down_in", "up_out", "up_in"}, array-like
    option_type : {"call", "put"} or +1/-1, array-like
    spot, strike, barrier : array-like, >= 0, same currency
    time_to_expiry : array-like, >= 0, years
    rate, dividend_yield : array-like, per year, continuously compounded
    volatility : array-like, >= 0, per square root of a year
    rebate : array-like, >= 0, currency of spot
    rebate_payment : {"hit", "expiry"}, array-like
        When a knock-out pays its rebate. A knock-in always pays at expiry.
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
    Rubinstein and Reiner (1991); Haug (2007), section 4.17.1. Where nothing is uncertain (no time
    or no volatility) and the forward ends exactly at the barrier, it is reached by one half.
    """
    arguments = {
        "barrier_type": barrier_type,
        "option_type": option_type,
        "spot": spot,
        "strike": strike,
        "barrier": barrier,
        "time_to_expiry": time_to_expiry,
        "rate": rate,
        "dividend_yield": dividend_yield,
        "volatility": volatility,
        "rebate": rebate,
        "rebate_payment": rebate_payment,
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
    barrier: ArrayLike,
    time_to_expiry: ArrayLike,
    rate: ArrayLike,
    volatility: ArrayLike,
    dividend_yield: ArrayLike = 0.0,
    rebate: ArrayLike = 0.0,
    rebate_payment: ArrayLike = "hit",
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
    out: Any = None,
) -> Any:
    """Price and Greeks of barrier options that are watched all the time until expiry.

    Derivatives of the formula itself, by forward differentiation. At the barrier they are those of
    the reached side.

    Parameters
    ----------
    barrier_type, option_type, spot, strike, barrier, time_to_expiry, rate, volatility
        As for `price`, and so are dividend_yield, rebate and rebate_payment.
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
        "barrier": barrier,
        "time_to_expiry": time_to_expiry,
        "rate": rate,
        "dividend_yield": dividend_yield,
        "volatility": volatility,
        "rebate": rebate,
        "rebate_payment": rebate_payment,
    }
    return _GREEKS(
        arguments, on_failure=on_failure, return_status=return_status, threads=threads, out=out
    )


def discrete_price(
    *,
    barrier_type: ArrayLike,
    option_type: ArrayLike,
    spot: ArrayLike,
    strike: ArrayLike,
    barrier: ArrayLike,
    time_to_expiry: ArrayLike,
    rate: ArrayLike,
    volatility: ArrayLike,
    fixings: ArrayLike,
    dividend_yield: ArrayLike = 0.0,
    rebate: ArrayLike = 0.0,
    rebate_payment: ArrayLike = "hit",
    method: ArrayLike = "quadrature",
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
    out: Any = None,
) -> Any:
    """Present value of barrier options that are watched at equally spaced fixings.

    The last fixing is expiry and there is none today, so that a spot beyond the barrier has not
    reached it yet. A rebate at hit is paid at the fixing that finds the barrier reached.

    Parameters
    ----------
    barrier_type : {"down_out", "down_in", "up_out", "up_in"}, array-like
    option_type : {"call", "put"} or +1/-1, array-like
    spot, strike, barrier : array-like, >= 0, same currency
    time_to_expiry : array-like, >= 0, years
    rate, dividend_yield : array-like, per year, continuously compounded
    volatility : array-like, >= 0, per square root of a year
    fixings : array-like, whole, 1 ... 10000
        Number of fixings until expiry.
    rebate : array-like, >= 0, currency of spot
    rebate_payment : {"hit", "expiry"}, array-like
        When a knock-out pays its rebate. A knock-in always pays at expiry.
    method : {"quadrature", "broadie_glasserman_kou"}, array-like
        Recursive quadrature, absolute error below 1e-9 of spot and strike; or the continuous
        formula with a shifted barrier, an approximation whose error falls as 1 / fixings and is
        poor where spot is near the barrier.
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
    Andricopoulos, Widdicks, Duck and Newton (2003); Broadie, Glasserman and Kou (1997).
    """
    arguments = {
        "barrier_type": barrier_type,
        "option_type": option_type,
        "spot": spot,
        "strike": strike,
        "barrier": barrier,
        "time_to_expiry": time_to_expiry,
        "rate": rate,
        "dividend_yield": dividend_yield,
        "volatility": volatility,
        "rebate": rebate,
        "rebate_payment": rebate_payment,
        "fixings": fixings,
        "method": method,
    }
    return _DISCRETE_PRICE(
        arguments, on_failure=on_failure, return_status=return_status, threads=threads, out=out
    )


def discrete_greeks(
    *,
    barrier_type: ArrayLike,
    option_type: ArrayLike,
    spot: ArrayLike,
    strike: ArrayLike,
    barrier: ArrayLike,
    time_to_expiry: ArrayLike,
    rate: ArrayLike,
    volatility: ArrayLike,
    fixings: ArrayLike,
    dividend_yield: ArrayLike = 0.0,
    rebate: ArrayLike = 0.0,
    rebate_payment: ArrayLike = "hit",
    method: ArrayLike = "quadrature",
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
    out: Any = None,
) -> Any:
    """Price and Greeks of barrier options that are watched at equally spaced fixings.

    Derivatives of the method's own price, carried through its recursion. Fixings move with the time
    to expiry when it changes.

    Parameters
    ----------
    barrier_type, option_type, spot, strike, barrier, time_to_expiry, rate, volatility, fixings
        As for `discrete_price`, and so are dividend_yield, rebate, rebate_payment and method.
    on_failure, return_status, threads
        As for `discrete_price`.
    out : sequence of arrays, optional
        One array for each of the six; see `discrete_price`.

    Returns
    -------
    Greeks
        NamedTuple price, delta, gamma, vega, theta, rho: floats where every argument is a scalar,
        else float64 arrays of the broadcast shape; ``(greeks, status)`` with `return_status`.

    Raises
    ------
    ValueError, TypeError
        As for `discrete_price`.
    """
    arguments = {
        "barrier_type": barrier_type,
        "option_type": option_type,
        "spot": spot,
        "strike": strike,
        "barrier": barrier,
        "time_to_expiry": time_to_expiry,
        "rate": rate,
        "dividend_yield": dividend_yield,
        "volatility": volatility,
        "rebate": rebate,
        "rebate_payment": rebate_payment,
        "fixings": fixings,
        "method": method,
    }
    return _DISCRETE_GREEKS(
        arguments, on_failure=on_failure, return_status=return_status, threads=threads, out=out
    )
