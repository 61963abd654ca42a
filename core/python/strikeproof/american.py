"""American options under Black-Scholes-Merton: price, Greeks, implied volatility, boundary.

The early-exercise boundary is found by collocation (Andersen, Lake and Offengenden 2016), several
options at once; method and sources: ``core/src/simd/american_kernel.hpp``. Conventions:
``docs/conventions.md``. Exercise is possible at any time up to expiry, for the spot against the
strike.
"""

from __future__ import annotations

from functools import partial
from typing import Any, Literal

from numpy.typing import ArrayLike

from strikeproof import _core
from strikeproof._columns import OnFailure
from strikeproof._engine import Engine, engine_of
from strikeproof._greeks import Greeks
from strikeproof._status import NONNEGATIVE

__all__ = ["Accuracy", "Greeks", "exercise_boundary", "greeks", "implied_volatility", "price"]

Accuracy = Literal["fast", "accurate", "high_precision"]

_RULES = dict.fromkeys(("spot", "strike", "time_to_expiry", "volatility", "price"), NONNEGATIVE)
_ACCURACIES = ("fast", "accurate", "high_precision")


def _engines(kernel: Any, outputs: tuple[str, ...], result: Any = None) -> dict[str, Engine]:
    return {
        name: Engine(partial(kernel, accuracy=number), _RULES, outputs, result)
        for number, name in enumerate(_ACCURACIES)
    }


_PRICE = _engines(_core.american_price, ("price",))
_GREEKS = _engines(_core.american_greeks, Greeks._fields, Greeks)
_IMPLIED_VOLATILITY = _engines(_core.american_implied_volatility, ("implied_volatility",))
_BOUNDARY = _engines(_core.american_exercise_boundary, ("exercise_boundary",))


def price(
    *,
    option_type: ArrayLike,
    spot: ArrayLike,
    strike: ArrayLike,
    time_to_expiry: ArrayLike,
    rate: ArrayLike,
    volatility: ArrayLike,
    dividend_yield: ArrayLike = 0.0,
    accuracy: Accuracy = "accurate",
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
    out: Any = None,
) -> Any:
    """Present value of American options.

    All arguments broadcast together under NumPy rules. The price is never below the intrinsic
    value nor below that of the European option.

    Parameters
    ----------
    option_type : {"call", "put"} or +1/-1, array-like
    spot, strike : array-like, >= 0, same currency
    time_to_expiry : array-like, >= 0, years
    rate, dividend_yield : array-like, per year, continuously compounded
    volatility : array-like, >= 0, per square root of a year
    accuracy : {"accurate", "fast", "high_precision"}
        Errors of usual options on a spot of 100 are below 1e-6, 2e-4 and 1e-9. Where both rates
        are negative and exercise pays between two boundaries, every setting gives about 1e-6 and
        takes some hundredths of a second; what no boundary is found for, a tree answers to about
        four digits.
    on_failure : {"nan", "raise"}, optional
        What a bad row does; scalars raise and batches give NaN unless told otherwise.
    return_status : bool
        Return ``(values, status)`` with a `strikeproof.Status` per row.
    threads : int, optional
        Threads to use; all processors by default. Results do not depend on it.
    out : array, optional
        Where the result goes; see `strikeproof.black_scholes.price`.

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
    Andersen, Lake and Offengenden (2016), High-performance American option pricing, J. Comp.
    Finance 20(1); Andersen and Lake (2021), Wilmott 2021(116), for two boundaries.
    """
    arguments = {
        "option_type": option_type,
        "spot": spot,
        "strike": strike,
        "time_to_expiry": time_to_expiry,
        "rate": rate,
        "dividend_yield": dividend_yield,
        "volatility": volatility,
    }
    return engine_of(_PRICE, accuracy)(
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
    accuracy: Accuracy = "accurate",
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
    out: Any = None,
) -> Any:
    """Price, delta, gamma, vega, theta and rho of American options.

    Delta and gamma are derivatives of the premium's integral, theta follows from the differential
    equation, vega and rho are carried through the iteration that finds the boundary: none is a
    difference of prices. Where exercise is due they are those of the intrinsic value.

    Parameters
    ----------
    option_type, spot, strike, time_to_expiry, rate, dividend_yield, volatility, accuracy
        As for `price`.
    on_failure, return_status, threads
        As for `price`.
    out : sequence of six arrays, optional
        See `price`.

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
    arguments = {
        "option_type": option_type,
        "spot": spot,
        "strike": strike,
        "time_to_expiry": time_to_expiry,
        "rate": rate,
        "dividend_yield": dividend_yield,
        "volatility": volatility,
    }
    return engine_of(_GREEKS, accuracy)(
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
    accuracy: Accuracy = "accurate",
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
    out: Any = None,
) -> Any:
    """Volatility at which an American option has the given price.

    Parameters
    ----------
    option_type, spot, strike, time_to_expiry, rate, dividend_yield, accuracy
        As for `price`.
    price : array-like, >= 0, currency of spot
    on_failure, return_status, threads, out
        As for `price`.

    Returns
    -------
    float where every argument is a scalar, else float64 array of the broadcast shape

    Raises
    ------
    ValueError
        An argument is not finite or out of range, or no volatility gives the price: below what
        exercise at the best date gives for certain, equal to it to rounding, or above every price
        (scalar call).
    TypeError
        An argument is not an array of real numbers.

    Notes
    -----
    Brackets between no volatility and that of the European option, which is higher.
    """
    arguments = {
        "option_type": option_type,
        "spot": spot,
        "strike": strike,
        "time_to_expiry": time_to_expiry,
        "rate": rate,
        "dividend_yield": dividend_yield,
        "price": price,
    }
    return engine_of(_IMPLIED_VOLATILITY, accuracy)(
        arguments, on_failure=on_failure, return_status=return_status, threads=threads, out=out
    )


def exercise_boundary(
    *,
    option_type: ArrayLike,
    strike: ArrayLike,
    time_to_expiry: ArrayLike,
    rate: ArrayLike,
    volatility: ArrayLike,
    dividend_yield: ArrayLike = 0.0,
    accuracy: Accuracy = "accurate",
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
    out: Any = None,
) -> Any:
    """Spot at which exercise becomes due: at or below it for puts, at or above it for calls.

    Parameters
    ----------
    option_type, strike, rate, dividend_yield, volatility, accuracy
        As for `price`.
    time_to_expiry : array-like, >= 0, years
        Time left; the boundary over an option's life is that of a column of times.
    on_failure, return_status, threads, out
        As for `price`.

    Returns
    -------
    float where every argument is a scalar, else float64 array of the broadcast shape
        0 for puts and infinity for calls that are never exercised early.

    Raises
    ------
    ValueError
        As for `price`; also where there are two boundaries, since both rates are negative (status
        NOT_CONVERGED).
    TypeError
        An argument is not an array of real numbers.
    """
    arguments = {
        "option_type": option_type,
        "spot": 1.0,  # not read
        "strike": strike,
        "time_to_expiry": time_to_expiry,
        "rate": rate,
        "dividend_yield": dividend_yield,
        "volatility": volatility,
    }
    return engine_of(_BOUNDARY, accuracy)(
        arguments, on_failure=on_failure, return_status=return_status, threads=threads, out=out
    )
