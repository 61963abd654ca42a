"""European options on the difference of two assets: price and Greeks.

Method and sources: ``core/src/spread.cpp``. Conventions: ``docs/conventions.md``.
"""

from __future__ import annotations

from typing import Any

from numpy.typing import ArrayLike

from strikeproof import _core
from strikeproof._columns import OnFailure
from strikeproof._engine import Engine
from strikeproof._two_assets import MARKET_RULES, TwoAssetGreeks

__all__ = ["TwoAssetGreeks", "greeks", "price"]

_RULES = MARKET_RULES
_WORDS = {"method": {"quadrature": 0.0, "kirk": 1.0, "bjerksund_stensland": 2.0}}
_PRICE = Engine(
    _core.spread_price,
    _RULES,
    words=_WORDS,
    one=_core.spread_price_one,
)
_GREEKS = Engine(
    _core.spread_greeks,
    _RULES,
    TwoAssetGreeks._fields,
    TwoAssetGreeks,
    words=_WORDS,
    one=_core.spread_greeks_one,
)


def price(
    *,
    option_type: ArrayLike,
    strike: ArrayLike,
    spot1: ArrayLike,
    spot2: ArrayLike,
    time_to_expiry: ArrayLike,
    rate: ArrayLike,
    volatility1: ArrayLike,
    volatility2: ArrayLike,
    correlation: ArrayLike,
    dividend_yield1: ArrayLike = 0.0,
    dividend_yield2: ArrayLike = 0.0,
    method: ArrayLike = "quadrature",
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
    out: Any = None,
) -> Any:
    """Present value of calls and puts on the spread S1 - S2.

    Pays max(S1 - S2 - strike, 0) (call) or max(strike - S1 + S2, 0) (put) at expiry. All arguments
    broadcast together under NumPy rules.

    Parameters
    ----------
    option_type : {"call", "put"} or +1/-1, array-like
    strike : array-like, currency of the spots; may be negative
    spot1, spot2 : array-like, >= 0, same currency
    time_to_expiry : array-like, >= 0, years
    rate, dividend_yield1, dividend_yield2 : array-like, per year, continuously compounded
    volatility1, volatility2 : array-like, >= 0, per square root of a year
    correlation : array-like, -1 to 1, of the logarithms of the assets
    method : {"quadrature", "kirk", "bjerksund_stensland"}, array-like
        The quadrature has an absolute error below 1e-10 of the larger spot. The others are
        approximations by their authors' names; on 2000 random calls up to four years long their
        errors were, as parts of the larger spot, 3e-4 (kirk) and 1e-5 (bjerksund_stensland) in
        the median, 2e-2 and 5e-3 at worst.
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
        An argument is not finite or out of range, or an approximation is asked for where the
        forward of asset 2 plus the strike is not positive (scalar call), or the shapes do not
        broadcast.
    TypeError
        An argument is not an array of real numbers.

    Notes
    -----
    Pearson (1995); Kirk (1995); Bjerksund and Stensland (2014).
    """
    arguments = {
        "option_type": option_type,
        "method": method,
        "strike": strike,
        "time_to_expiry": time_to_expiry,
        "spot1": spot1,
        "spot2": spot2,
        "rate": rate,
        "dividend_yield1": dividend_yield1,
        "dividend_yield2": dividend_yield2,
        "volatility1": volatility1,
        "volatility2": volatility2,
        "correlation": correlation,
    }
    return _PRICE(
        arguments, on_failure=on_failure, return_status=return_status, threads=threads, out=out
    )


def greeks(
    *,
    option_type: ArrayLike,
    strike: ArrayLike,
    spot1: ArrayLike,
    spot2: ArrayLike,
    time_to_expiry: ArrayLike,
    rate: ArrayLike,
    volatility1: ArrayLike,
    volatility2: ArrayLike,
    correlation: ArrayLike,
    dividend_yield1: ArrayLike = 0.0,
    dividend_yield2: ArrayLike = 0.0,
    method: ArrayLike = "quadrature",
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
    out: Any = None,
) -> Any:
    """Price and Greeks of calls and puts on the spread S1 - S2, all by the method chosen.

    Parameters
    ----------
    option_type, strike, spot1, spot2, time_to_expiry, rate, volatility1, volatility2, correlation
        As for `price`.
    dividend_yield1, dividend_yield2, method
        As for `price`.
    on_failure, return_status, threads
        As for `price`.
    out : sequence of arrays, optional
        One array for each of the eleven quantities; see `price`.

    Returns
    -------
    TwoAssetGreeks
        NamedTuple: floats where every argument is a scalar, else float64 arrays of the broadcast
        shape; ``(greeks, status)`` with `return_status`.

    Raises
    ------
    ValueError, TypeError
        As for `price`; also the payoff has a kink there and nothing is
        uncertain, or the quadrature would have to resolve a correlation within 1e-14 of -1 or 1.
    """
    arguments = {
        "option_type": option_type,
        "method": method,
        "strike": strike,
        "time_to_expiry": time_to_expiry,
        "spot1": spot1,
        "spot2": spot2,
        "rate": rate,
        "dividend_yield1": dividend_yield1,
        "dividend_yield2": dividend_yield2,
        "volatility1": volatility1,
        "volatility2": volatility2,
        "correlation": correlation,
    }
    return _GREEKS(
        arguments, on_failure=on_failure, return_status=return_status, threads=threads, out=out
    )
