"""Barrier options watched during a part of their life, under Black-Scholes-Merton.

Method and sources: ``core/src/partial_barrier.cpp``. Conventions: ``docs/conventions.md``. The
contracts are those of `strikeproof.barrier` without a rebate.
"""

from __future__ import annotations

from typing import Any

from numpy.typing import ArrayLike

from strikeproof import _core
from strikeproof._columns import OnFailure
from strikeproof._engine import Engine
from strikeproof._greeks import Greeks
from strikeproof._status import NONNEGATIVE

__all__ = ["greeks", "price"]

_RULES = dict.fromkeys(
    ("spot", "strike", "barrier", "time_to_expiry", "volatility", "window_time"), NONNEGATIVE
)
_WORDS = {
    "barrier_type": {"down_out": 0.0, "down_in": 1.0, "up_out": 2.0, "up_in": 3.0},
    "watched": {"until": 0.0, "from_crossing": 1.0, "from_beyond": 2.0},
}

_PRICE = Engine(
    _core.barrier_partial_price, _RULES, words=_WORDS, one=_core.barrier_partial_price_one
)
_GREEKS = Engine(
    _core.barrier_partial_greeks,
    _RULES,
    Greeks._fields,
    Greeks,
    words=_WORDS,
    one=_core.barrier_partial_greeks_one,
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
    watched: ArrayLike,
    window_time: ArrayLike,
    dividend_yield: ArrayLike = 0.0,
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
    out: Any = None,
) -> Any:
    """Present value of barrier options watched during a part of their life, without rebate.

    Parameters
    ----------
    barrier_type : {"down_out", "down_in", "up_out", "up_in"}, array-like
    option_type : {"call", "put"} or +1/-1, array-like
    spot, strike, barrier : array-like, >= 0, same currency
    time_to_expiry : array-like, >= 0, years
    rate, dividend_yield : array-like, per year, continuously compounded
    volatility : array-like, >= 0, per square root of a year
    watched : {"until", "from_crossing", "from_beyond"}, array-like
        From today until `window_time`; or from then to expiry, where either only meeting the
        barrier counts, from whichever side (type B1), or being beyond it at `window_time` counts
        as well (type B2).
    window_time : array-like, 0 ... time_to_expiry, years
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
        do not broadcast; or drift
        over variance is so large that the formula loses its digits (status NOT_CONVERGED).
    TypeError
        An argument is not an array of real numbers, or of words.

    Notes
    -----
    Heynen and Kat (1994); absolute error below 1e-10 of spot and strike together.
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
        "watched": watched,
        "window_time": window_time,
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
    watched: ArrayLike,
    window_time: ArrayLike,
    dividend_yield: ArrayLike = 0.0,
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
    out: Any = None,
) -> Any:
    """Price and Greeks of barrier options that are watched during a part of their life.

    Parameters
    ----------
    barrier_type, option_type, spot, strike, barrier, time_to_expiry, rate, volatility
        As for `price`, and so is dividend_yield.
    watched, window_time
        As for `price`. The date of the window stays as time passes.
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
        As for `price`.
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
        "watched": watched,
        "window_time": window_time,
    }
    return _GREEKS(
        arguments, on_failure=on_failure, return_status=return_status, threads=threads, out=out
    )
