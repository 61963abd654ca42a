"""Named approximations to American options.

Formulas and sources: ``core/src/american_approximation.cpp``. Conventions: ``docs/conventions.md``.

They are here for comparison and for those who must reproduce them: errors of 0.1 % to 1 % of the
price are usual, and grow with time to expiry.
"""

from __future__ import annotations

from typing import Any

from numpy.typing import ArrayLike

from strikeproof import _core
from strikeproof._columns import OnFailure
from strikeproof._engine import Engine
from strikeproof._greeks import Greeks
from strikeproof._schedule import VANILLA_RULES

__all__ = ["greeks", "price"]

_METHODS = {
    "barone_adesi_whaley": 0.0,
    "bjerksund_stensland": 1.0,
    "ju_zhong": 2.0,
    "qd_plus": 3.0,
}
_WORDS = {"method": _METHODS}
_PRICE = Engine(
    _core.american_approximation_price,
    VANILLA_RULES,
    words=_WORDS,
    one=_core.american_approximation_price_one,
)
_GREEKS = Engine(
    _core.american_approximation_greeks,
    VANILLA_RULES,
    Greeks._fields,
    Greeks,
    words=_WORDS,
    one=_core.american_approximation_greeks_one,
)


def price(
    *,
    option_type: ArrayLike,
    spot: ArrayLike,
    strike: ArrayLike,
    time_to_expiry: ArrayLike,
    rate: ArrayLike,
    volatility: ArrayLike,
    method: ArrayLike,
    dividend_yield: ArrayLike = 0.0,
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
    out: Any = None,
) -> Any:
    """Approximate value of an American option by the method named.

    All arguments broadcast together under NumPy rules.

    Parameters
    ----------
    option_type : {"call", "put"} or +1/-1, array-like
    spot, strike : array-like, >= 0, same currency
    time_to_expiry : array-like, >= 0, years
    rate, dividend_yield : array-like, per year, continuously compounded
    volatility : array-like, >= 0, per square root of a year
    method : {"barone_adesi_whaley", "bjerksund_stensland", "ju_zhong", "qd_plus"}, array-like
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
        An argument is not finite or out of range, the exercise region has two boundaries, or the
        approximation breaks down (scalar call), or the shapes do not broadcast.
    TypeError
        An argument is not an array of real numbers, or of the words it takes.

    Notes
    -----
    Barone-Adesi and Whaley (1987), Bjerksund and Stensland (2002), Ju and Zhong (1999), and QD+ of
    Li (2010), whose exercise boundary enters the form of Ju and Zhong. Never below intrinsic or
    European value. Where early exercise never pays the value is European; a put with
    ``dividend_yield < rate <= 0`` (a call with rate and yield exchanged) has two exercise
    boundaries and is out of domain.
    """
    arguments = _arguments(
        option_type=option_type,
        spot=spot,
        strike=strike,
        time_to_expiry=time_to_expiry,
        rate=rate,
        volatility=volatility,
        method=method,
        dividend_yield=dividend_yield,
    )
    return _PRICE(
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
    method: ArrayLike,
    dividend_yield: ArrayLike = 0.0,
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
    out: Any = None,
) -> Any:
    """The approximation and its exact derivatives.

    Parameters
    ----------
    option_type, spot, strike, time_to_expiry, rate, volatility, dividend_yield
        As for `price`, and so are all the others.
    out : sequence of arrays, optional
        Six of them, in the order of the result.

    Returns
    -------
    NamedTuple of price, delta, gamma, vega, theta, rho
        Each a float or an array of the broadcast shape; theta is by calendar time.

    Raises
    ------
    ValueError, TypeError
        As for `price`.
    """
    arguments = _arguments(
        option_type=option_type,
        spot=spot,
        strike=strike,
        time_to_expiry=time_to_expiry,
        rate=rate,
        volatility=volatility,
        method=method,
        dividend_yield=dividend_yield,
    )
    return _GREEKS(
        arguments, on_failure=on_failure, return_status=return_status, threads=threads, out=out
    )


def _arguments(
    *,
    option_type: ArrayLike,
    spot: ArrayLike,
    strike: ArrayLike,
    time_to_expiry: ArrayLike,
    rate: ArrayLike,
    volatility: ArrayLike,
    method: ArrayLike,
    dividend_yield: ArrayLike,
) -> dict[str, Any]:
    """Columns in the order of the compiled core."""
    return {
        "option_type": option_type,
        "spot": spot,
        "strike": strike,
        "time_to_expiry": time_to_expiry,
        "rate": rate,
        "dividend_yield": dividend_yield,
        "volatility": volatility,
        "method": method,
    }
