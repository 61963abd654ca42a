"""European options under Kou's model of double exponential jumps: price, Greeks and smile.

Method and sources: ``core/src/kou.cpp``. Conventions: ``docs/conventions.md``.
"""

from __future__ import annotations

from typing import Any

from numpy.typing import ArrayLike

from strikeproof import _core
from strikeproof._columns import OnFailure
from strikeproof._engine import Engine
from strikeproof._smile import smile
from strikeproof._status import ABOVE_ONE, NONNEGATIVE, POSITIVE, PROBABILITY
from strikeproof.heston import SpotGreeks

__all__ = ["SpotGreeks", "greeks", "implied_volatility", "price"]

_RULES = {
    "upward_probability": PROBABILITY,
    "upward_decay": ABOVE_ONE,
    "downward_decay": POSITIVE,
    **dict.fromkeys(
        ("spot", "strike", "time_to_expiry", "volatility", "jump_intensity"), NONNEGATIVE
    ),
}
_PRICE = Engine(_core.kou_price, _RULES, one=_core.kou_price_one)
_GREEKS = Engine(
    _core.kou_greeks,
    _RULES,
    SpotGreeks._fields,
    SpotGreeks,
    one=_core.kou_greeks_one,
)


def greeks(
    *,
    option_type: ArrayLike,
    spot: ArrayLike,
    strike: ArrayLike,
    time_to_expiry: ArrayLike,
    rate: ArrayLike,
    volatility: ArrayLike,
    jump_intensity: ArrayLike,
    upward_probability: ArrayLike,
    upward_decay: ArrayLike,
    downward_decay: ArrayLike,
    dividend_yield: ArrayLike = 0.0,
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
    out: Any = None,
) -> Any:
    """Price, delta and gamma of European options.

    Parameters
    ----------
    option_type, spot, strike, time_to_expiry, rate, dividend_yield, on_failure, return_status
        As for `price`, and so are the model's parameters and `threads`.
    out : sequence of three arrays, optional
        Where the results go; see `strikeproof.black_scholes.price`.

    Returns
    -------
    SpotGreeks
        NamedTuple of price, delta and gamma: floats where every argument is a scalar, else
        float64 arrays of the broadcast shape; ``(greeks, status)`` with `return_status`. Each
        within a relative 1e-9, usually 1e-12.

    Raises
    ------
    ValueError, TypeError
        As for `price`.
    """
    arguments = {
        "option_type": option_type,
        "spot": spot,
        "strike": strike,
        "time_to_expiry": time_to_expiry,
        "rate": rate,
        "dividend_yield": dividend_yield,
        "volatility": volatility,
        "jump_intensity": jump_intensity,
        "upward_probability": upward_probability,
        "upward_decay": upward_decay,
        "downward_decay": downward_decay,
    }
    return _GREEKS(
        arguments, on_failure=on_failure, return_status=return_status, threads=threads, out=out
    )


def price(
    *,
    option_type: ArrayLike,
    spot: ArrayLike,
    strike: ArrayLike,
    time_to_expiry: ArrayLike,
    rate: ArrayLike,
    volatility: ArrayLike,
    jump_intensity: ArrayLike,
    upward_probability: ArrayLike,
    upward_decay: ArrayLike,
    downward_decay: ArrayLike,
    dividend_yield: ArrayLike = 0.0,
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
    out: Any = None,
) -> Any:
    """Present value of European options under Kou's model of double exponential jumps.

    All arguments broadcast together under NumPy rules. The error is relative to the price, tails
    included: below 1e-9, usually 1e-12 and the rounding of the price's exponent.

    Parameters
    ----------
    option_type : {"call", "put"} or +1/-1, array-like
    spot, strike : array-like, >= 0, same currency
    time_to_expiry : array-like, >= 0, years
    rate, dividend_yield : array-like, per year, continuously compounded
    volatility : array-like, >= 0, per square root of a year
        Between jumps.
    jump_intensity : array-like, >= 0, jumps a year
        0 is Black-Scholes.
    upward_probability : array-like, within [0, 1]
        Of a jump; the others are downward.
    upward_decay : array-like, > 1
        An upward jump of the logarithm is exponential of mean ``1 / upward_decay``.
    downward_decay : array-like, > 0
        The size of a downward one is exponential of mean ``1 / downward_decay``.
    on_failure : {"nan", "raise"}, optional
        What a bad row does; scalars raise and batches give NaN unless told otherwise.
    return_status : bool
        Return ``(values, status)`` with a `strikeproof.Status` per row; ``NOT_CONVERGED`` where
        the integral does not reach a relative accuracy of 1e-9,
        such as for a price that hangs on jumps of which fewer than 1e-7 are to be expected.
    threads : int, optional
        Threads to use; all processors by default. Results do not depend on it.
    out : array, optional
        Where the result goes, instead of a new array; see `strikeproof.black_scholes.price`.

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
    Kou (2002), Management Science 48(8), 1086-1101: lambda, p, eta1 and eta2.
    """
    arguments = {
        "option_type": option_type,
        "spot": spot,
        "strike": strike,
        "time_to_expiry": time_to_expiry,
        "rate": rate,
        "dividend_yield": dividend_yield,
        "volatility": volatility,
        "jump_intensity": jump_intensity,
        "upward_probability": upward_probability,
        "upward_decay": upward_decay,
        "downward_decay": downward_decay,
    }
    return _PRICE(
        arguments, on_failure=on_failure, return_status=return_status, threads=threads, out=out
    )


def implied_volatility(
    *,
    forward: ArrayLike,
    strike: ArrayLike,
    time_to_expiry: ArrayLike,
    volatility: ArrayLike,
    jump_intensity: ArrayLike,
    upward_probability: ArrayLike,
    upward_decay: ArrayLike,
    downward_decay: ArrayLike,
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
) -> Any:
    """Black's volatility of the model's out-of-the-money prices, to the accuracy of `price`.

    Parameters
    ----------
    forward, strike : array-like, > 0, same currency
    time_to_expiry, on_failure, return_status, threads
        As for `price`, and so are the model's parameters.

    Returns
    -------
    float or float64 array of the broadcast shape
        Per square root of a year; ``(volatility, status)`` with `return_status`:
        ``NO_TIME_VALUE`` where the price is below the range of float64.

    Raises
    ------
    ValueError, TypeError
        As for `price`.
    """
    model = {
        "volatility": volatility,
        "jump_intensity": jump_intensity,
        "upward_probability": upward_probability,
        "upward_decay": upward_decay,
        "downward_decay": downward_decay,
    }
    return smile(
        _PRICE,
        forward,
        strike,
        time_to_expiry,
        model,
        on_failure=on_failure,
        return_status=return_status,
        threads=threads,
    )
