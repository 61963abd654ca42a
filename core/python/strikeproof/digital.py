"""European digital options, one-touch and no-touch options under Black-Scholes-Merton.

Methods and sources: ``core/src/digital.cpp``, ``core/src/touch.cpp``. Conventions:
``docs/conventions.md``.
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

_RULES = dict.fromkeys(("spot", "strike", "barrier", "time_to_expiry", "volatility"), NONNEGATIVE)
_WORDS = {"payoff": {"cash": 0.0, "asset": 1.0, "gap": 2.0}}
_TOUCH_WORDS = {
    "touch_type": {"one_touch": 0.0, "no_touch": 1.0},
    "side": {"down": 1.0, "up": -1.0},
    "payment": {"hit": 0.0, "expiry": 1.0},
    "payoff": {"cash": 0.0, "asset": 1.0},
}

_PRICE = Engine(_core.digital_price, _RULES, words=_WORDS, one=_core.digital_price_one)
_GREEKS = Engine(
    _core.digital_greeks,
    _RULES,
    Greeks._fields,
    Greeks,
    words=_WORDS,
    one=_core.digital_greeks_one,
)
_TOUCH_PRICE = Engine(
    _core.digital_touch_price, _RULES, words=_TOUCH_WORDS, one=_core.digital_touch_price_one
)
_TOUCH_GREEKS = Engine(
    _core.digital_touch_greeks,
    _RULES,
    Greeks._fields,
    Greeks,
    words=_TOUCH_WORDS,
    one=_core.digital_touch_greeks_one,
)


def price(
    *,
    payoff: ArrayLike,
    option_type: ArrayLike,
    spot: ArrayLike,
    strike: ArrayLike,
    time_to_expiry: ArrayLike,
    rate: ArrayLike,
    volatility: ArrayLike,
    dividend_yield: ArrayLike = 0.0,
    cash: ArrayLike = 1.0,
    payment_strike: ArrayLike = 0.0,
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
    out: Any = None,
) -> Any:
    """Present value of European cash-or-nothing, asset-or-nothing and gap options.

    All arguments broadcast together under NumPy rules. A call pays at expiry when the asset is
    above the strike, a put when it is below; exactly at the strike one half is paid.

    Parameters
    ----------
    payoff : {"cash", "asset", "gap"}, array-like
        What is paid: `cash`; the asset; or asset less `payment_strike` for a call, `payment_strike`
        less asset for a put, which may be negative.
    option_type : {"call", "put"} or +1/-1, array-like
    spot, strike : array-like, >= 0, same currency
    time_to_expiry : array-like, >= 0, years
    rate, dividend_yield : array-like, per year, continuously compounded
    volatility : array-like, >= 0, per square root of a year
    cash : array-like, any currency
        Read for "cash" only.
    payment_strike : array-like, currency of spot
        Read for "gap" only.
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
    Reiner and Rubinstein (1991b); Haug (2007), section 4.19. Relative error of each of the two legs
    below 1e-13; a gap option is their difference.
    """
    arguments = {
        "payoff": payoff,
        "option_type": option_type,
        "spot": spot,
        "strike": strike,
        "time_to_expiry": time_to_expiry,
        "rate": rate,
        "dividend_yield": dividend_yield,
        "volatility": volatility,
        "cash": cash,
        "payment_strike": payment_strike,
    }
    return _PRICE(
        arguments, on_failure=on_failure, return_status=return_status, threads=threads, out=out
    )


def greeks(
    *,
    payoff: ArrayLike,
    option_type: ArrayLike,
    spot: ArrayLike,
    strike: ArrayLike,
    time_to_expiry: ArrayLike,
    rate: ArrayLike,
    volatility: ArrayLike,
    dividend_yield: ArrayLike = 0.0,
    cash: ArrayLike = 1.0,
    payment_strike: ArrayLike = 0.0,
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
    out: Any = None,
) -> Any:
    """Price and Greeks of European cash-or-nothing, asset-or-nothing and gap options.

    Derivatives of the formula itself, by forward differentiation.

    Parameters
    ----------
    payoff, option_type, spot, strike, time_to_expiry, rate, volatility, dividend_yield
        As for `price`, and so are cash and payment_strike.
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
        As for `price`; delta is infinite, where the forward is certain to end at the strike.
    """
    arguments = {
        "payoff": payoff,
        "option_type": option_type,
        "spot": spot,
        "strike": strike,
        "time_to_expiry": time_to_expiry,
        "rate": rate,
        "dividend_yield": dividend_yield,
        "volatility": volatility,
        "cash": cash,
        "payment_strike": payment_strike,
    }
    return _GREEKS(
        arguments, on_failure=on_failure, return_status=return_status, threads=threads, out=out
    )


def touch_price(
    *,
    touch_type: ArrayLike,
    side: ArrayLike,
    spot: ArrayLike,
    barrier: ArrayLike,
    time_to_expiry: ArrayLike,
    rate: ArrayLike,
    volatility: ArrayLike,
    dividend_yield: ArrayLike = 0.0,
    payoff: ArrayLike = "cash",
    payment: ArrayLike = "hit",
    cash: ArrayLike = 1.0,
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
    out: Any = None,
) -> Any:
    """Present value of one-touch and no-touch options, watched all the time until expiry.

    All arguments broadcast together under NumPy rules. A barrier at or beyond spot has been
    reached: a one-touch then pays now, or for sure at expiry, and a no-touch is worth nothing.
    The one-touch at hit is the American digital: ``side="up"`` the call struck at the barrier,
    ``"down"`` the put.

    Parameters
    ----------
    touch_type : {"one_touch", "no_touch"}, array-like
    side : {"down", "up"}, array-like
        Where the barrier lies as seen from spot.
    spot, barrier : array-like, >= 0, same currency
    time_to_expiry : array-like, >= 0, years
    rate, dividend_yield : array-like, per year, continuously compounded; the rate may be negative
    volatility : array-like, >= 0, per square root of a year
    payoff : {"cash", "asset"}, array-like
        What is paid: `cash`, or the asset, which at hit is worth the barrier.
    payment : {"hit", "expiry"}, array-like
        When a one-touch pays; a no-touch pays at expiry.
    cash : array-like, any currency
        Read for "cash" only.
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
    Reiner and Rubinstein (1991b); Haug (2007), section 4.19.5; negative rates by the analytic
    continuation in ``core/src/hitting_discount.hpp``.
    """
    arguments = {
        "touch_type": touch_type,
        "side": side,
        "payment": payment,
        "payoff": payoff,
        "spot": spot,
        "barrier": barrier,
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
    side: ArrayLike,
    spot: ArrayLike,
    barrier: ArrayLike,
    time_to_expiry: ArrayLike,
    rate: ArrayLike,
    volatility: ArrayLike,
    dividend_yield: ArrayLike = 0.0,
    payoff: ArrayLike = "cash",
    payment: ArrayLike = "hit",
    cash: ArrayLike = 1.0,
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
    out: Any = None,
) -> Any:
    """Price and Greeks of one-touch and no-touch options.

    Derivatives of the formula itself, by forward differentiation. At the barrier they are those of
    the reached side.

    Parameters
    ----------
    touch_type, side, spot, barrier, time_to_expiry, rate, volatility, dividend_yield
        As for `touch_price`, and so are payoff, payment and cash.
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
        "side": side,
        "payment": payment,
        "payoff": payoff,
        "spot": spot,
        "barrier": barrier,
        "time_to_expiry": time_to_expiry,
        "rate": rate,
        "dividend_yield": dividend_yield,
        "volatility": volatility,
        "cash": cash,
    }
    return _TOUCH_GREEKS(
        arguments, on_failure=on_failure, return_status=return_status, threads=threads, out=out
    )
