"""European options under Heston's stochastic volatility: price, Greeks, smile and calibration.

Method and sources: ``core/src/heston.cpp``. Conventions: ``docs/conventions.md``.
Rows of one expiry and model that stand together in a batch share its characteristic function: a
surface sorted by expiry is several times faster than the same rows shuffled, with the same bits.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from numpy.typing import ArrayLike

from strikeproof import _core
from strikeproof._calibration import HESTON_BOUNDS, Bounds, Calibration
from strikeproof._calibration import calibrate as _calibrate
from strikeproof._columns import OnFailure
from strikeproof._engine import Engine, engine_of
from strikeproof._smile import smile
from strikeproof._status import CORRELATION, NONNEGATIVE

__all__ = [
    "Calibration",
    "Sensitivities",
    "SpotGreeks",
    "calibrate",
    "greeks",
    "implied_volatility",
    "price",
    "sensitivities",
]


Accuracy = Literal["absolute", "relative"]


class SpotGreeks(NamedTuple):
    """Price and derivatives by the spot, each a float or an array of the broadcast shape."""

    price: Any
    delta: Any
    gamma: Any


class Sensitivities(NamedTuple):
    """Price and first derivatives, gamma too; the last five are by the model's parameters."""

    price: Any
    delta: Any
    gamma: Any
    theta: Any
    rho: Any
    initial_variance: Any
    long_run_variance: Any
    mean_reversion: Any
    volatility_of_variance: Any
    correlation: Any


_RULES = {
    "correlation": CORRELATION,
    **dict.fromkeys(
        (
            "spot",
            "strike",
            "time_to_expiry",
            "initial_variance",
            "long_run_variance",
            "mean_reversion",
            "volatility_of_variance",
        ),
        NONNEGATIVE,
    ),
}
_PRICE = {
    "absolute": Engine(_core.heston_price, _RULES, one=_core.heston_price_one),
    "relative": Engine(_core.heston_price_relative, _RULES, one=_core.heston_price_relative_one),
}
_GREEKS = {
    "absolute": Engine(
        _core.heston_greeks,
        _RULES,
        SpotGreeks._fields,
        SpotGreeks,
        one=_core.heston_greeks_one,
    ),
    "relative": Engine(
        _core.heston_greeks_relative,
        _RULES,
        SpotGreeks._fields,
        SpotGreeks,
        one=_core.heston_greeks_relative_one,
    ),
}
_SENSITIVITIES = Engine(
    _core.heston_sensitivities,
    _RULES,
    Sensitivities._fields,
    Sensitivities,
    one=_core.heston_sensitivities_one,
)


def greeks(
    *,
    option_type: ArrayLike,
    spot: ArrayLike,
    strike: ArrayLike,
    time_to_expiry: ArrayLike,
    rate: ArrayLike,
    initial_variance: ArrayLike,
    long_run_variance: ArrayLike,
    mean_reversion: ArrayLike,
    volatility_of_variance: ArrayLike,
    correlation: ArrayLike,
    dividend_yield: ArrayLike = 0.0,
    accuracy: Accuracy = "absolute",
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
    out: Any = None,
) -> Any:
    """Price, delta and gamma of European options; the variance is held for the derivatives.

    Parameters
    ----------
    option_type, spot, strike, time_to_expiry, rate, dividend_yield, on_failure, return_status
        As for `price`, and so are the model's parameters, `accuracy` and `threads`.
    out : sequence of three arrays, optional
        Where the results go; see `strikeproof.black_scholes.price`.

    Returns
    -------
    SpotGreeks
        NamedTuple of price, delta and gamma: floats where every argument is a scalar, else
        float64 arrays of the broadcast shape; ``(greeks, status)`` with `return_status`.

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
        "initial_variance": initial_variance,
        "long_run_variance": long_run_variance,
        "mean_reversion": mean_reversion,
        "volatility_of_variance": volatility_of_variance,
        "correlation": correlation,
    }
    return engine_of(_GREEKS, accuracy)(
        arguments, on_failure=on_failure, return_status=return_status, threads=threads, out=out
    )


def price(
    *,
    option_type: ArrayLike,
    spot: ArrayLike,
    strike: ArrayLike,
    time_to_expiry: ArrayLike,
    rate: ArrayLike,
    initial_variance: ArrayLike,
    long_run_variance: ArrayLike,
    mean_reversion: ArrayLike,
    volatility_of_variance: ArrayLike,
    correlation: ArrayLike,
    dividend_yield: ArrayLike = 0.0,
    accuracy: Accuracy = "absolute",
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
    out: Any = None,
) -> Any:
    """Present value of European options under Heston's model.

    All arguments broadcast together under NumPy rules.

    Parameters
    ----------
    option_type : {"call", "put"} or +1/-1, array-like
    spot, strike : array-like, >= 0, same currency
    time_to_expiry : array-like, >= 0, years
    rate, dividend_yield : array-like, per year, continuously compounded
    initial_variance, long_run_variance : array-like, >= 0, per year
    mean_reversion : array-like, >= 0, per year
    volatility_of_variance : array-like, >= 0
    correlation : array-like, within [-1, 1]
        Of the spot's and the variance's increments.
    accuracy : {"absolute", "relative"}
        Absolute: within 1e-10 of the spot (1e-12 as a rule), or the rounding of a larger discounted
        strike. Relative: out of the money within 1e-9 of the price as well (1e-12 as a rule), down
        to the smallest doubles; options worth less than 1e-4 of the spot take some 25 us each.
    on_failure : {"nan", "raise"}, optional
        What a bad row does; scalars raise and batches give NaN unless told otherwise.
    return_status : bool
        Return ``(values, status)`` with a `strikeproof.Status` per row; ``NOT_CONVERGED`` where the
        integral did not settle.
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
    Heston (1993), Review of Financial Studies 6(2), 327-343; integrated along the contour of
    Boyarchenko and Levendorskii (2019).
    """
    arguments = {
        "option_type": option_type,
        "spot": spot,
        "strike": strike,
        "time_to_expiry": time_to_expiry,
        "rate": rate,
        "dividend_yield": dividend_yield,
        "initial_variance": initial_variance,
        "long_run_variance": long_run_variance,
        "mean_reversion": mean_reversion,
        "volatility_of_variance": volatility_of_variance,
        "correlation": correlation,
    }
    return engine_of(_PRICE, accuracy)(
        arguments, on_failure=on_failure, return_status=return_status, threads=threads, out=out
    )


def sensitivities(
    *,
    option_type: ArrayLike,
    spot: ArrayLike,
    strike: ArrayLike,
    time_to_expiry: ArrayLike,
    rate: ArrayLike,
    initial_variance: ArrayLike,
    long_run_variance: ArrayLike,
    mean_reversion: ArrayLike,
    volatility_of_variance: ArrayLike,
    correlation: ArrayLike,
    dividend_yield: ArrayLike = 0.0,
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
    out: Any = None,
) -> Any:
    """Price, delta, gamma, theta, rho and the derivatives by the model's five parameters.

    Parameters
    ----------
    option_type, spot, strike, time_to_expiry, rate, dividend_yield, on_failure, return_status
        As for `price`, and so are the model's parameters and `threads`.
    out : sequence of ten arrays, optional
        Where the results go; see `strikeproof.black_scholes.price`.

    Returns
    -------
    Sensitivities
        NamedTuple, each a float or an array of the broadcast shape; ``(values, status)`` with
        `return_status`. Theta is per year as time passes, rho by the rate with the spot held;
        the derivatives by parameters are per unit of the parameter. ``NOT_CONVERGED`` where one
        does not exist: mean reversion and volatility of variance both 0.

    Raises
    ------
    ValueError, TypeError
        As for `price`.

    Notes
    -----
    Gradient of the characteristic function by Cui, del Bano Rollin and Germano (2017), European J.
    Operational Research 263(2), 625-638.
    """
    arguments = {
        "option_type": option_type,
        "spot": spot,
        "strike": strike,
        "time_to_expiry": time_to_expiry,
        "rate": rate,
        "dividend_yield": dividend_yield,
        "initial_variance": initial_variance,
        "long_run_variance": long_run_variance,
        "mean_reversion": mean_reversion,
        "volatility_of_variance": volatility_of_variance,
        "correlation": correlation,
    }
    return _SENSITIVITIES(
        arguments, on_failure=on_failure, return_status=return_status, threads=threads, out=out
    )


def implied_volatility(
    *,
    forward: ArrayLike,
    strike: ArrayLike,
    time_to_expiry: ArrayLike,
    initial_variance: ArrayLike,
    long_run_variance: ArrayLike,
    mean_reversion: ArrayLike,
    volatility_of_variance: ArrayLike,
    correlation: ArrayLike,
    accuracy: Accuracy = "relative",
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
) -> Any:
    """Black's volatility of the model's out-of-the-money prices.

    Parameters
    ----------
    forward, strike : array-like, > 0, same currency
    time_to_expiry, accuracy, on_failure, return_status, threads
        As for `price`, and so are the model's parameters.

    Returns
    -------
    float or float64 array of the broadcast shape
        Per square root of a year; ``(volatility, status)`` with `return_status`. With absolute
        accuracy the volatility is within 1e-10 of the forward divided by Black's vega:
        ``NO_TIME_VALUE`` or ``BELOW_INTRINSIC`` where no digit is left.

    Raises
    ------
    ValueError, TypeError
        As for `price`.
    """
    model = {
        "initial_variance": initial_variance,
        "long_run_variance": long_run_variance,
        "mean_reversion": mean_reversion,
        "volatility_of_variance": volatility_of_variance,
        "correlation": correlation,
    }
    return smile(
        engine_of(_PRICE, accuracy),
        forward,
        strike,
        time_to_expiry,
        model,
        on_failure=on_failure,
        return_status=return_status,
        threads=threads,
    )


def calibrate(
    *,
    strike: ArrayLike,
    time_to_expiry: ArrayLike,
    forward: ArrayLike,
    volatility: ArrayLike,
    weight: ArrayLike | str = 1.0,
    bid_volatility: ArrayLike | None = None,
    ask_volatility: ArrayLike | None = None,
    bounds: Bounds | None = None,
    start: Mapping[str, float] | None = None,
    most_evaluations: int = 200,
) -> Calibration:
    """Parameters that minimise the weighted sum of squared errors of implied volatility.

    Parameters
    ----------
    strike, forward : array-like, > 0, same currency
    time_to_expiry : array-like, > 0, years
    volatility : array-like, > 0
        Black's, implied by the quotes; at least one more than there are parameters. From prices:
        ``calibrate(**strikeproof.quotes.volatilities(...).columns())``.
    weight : array-like, > 0, or {"vega", "spread"}
        Multiplies the error of volatility: 1 for equal errors; ``"vega"``, that of the quote, for
        errors of undiscounted prices (to first order); ``"spread"``, the inverse of
        ``ask_volatility - bid_volatility``, for errors in spreads.
    bid_volatility, ask_volatility : array-like, optional
        Of the bid and the ask price; used by ``weight="spread"`` alone.
    bounds : mapping, optional
        Narrower bounds by parameter, ``{"mean_reversion": (1.5, 1.5)}`` holds one.
    start : mapping, optional
        All parameters by name; by default several starts are made from the quotes, tried in a
        fixed order until one fits to rounding or two end in the same minimum.
    most_evaluations : int
        Surfaces priced per start.

    Returns
    -------
    Calibration

    Raises
    ------
    ValueError
        A quote, bound or start is out of range, or there are too few quotes.

    Notes
    -----
    Levenberg-Marquardt with the gradient of Cui, del Bano Rollin and Germano (2017), European J.
    Operational Research 263(2), 625-638; bounds by a logistic transformation.
    """
    quotes = {
        "strike": strike,
        "time_to_expiry": time_to_expiry,
        "forward": forward,
        "volatility": volatility,
    }
    return _calibrate(
        HESTON_BOUNDS,
        quotes,
        weight=weight,
        spread=(bid_volatility, ask_volatility),
        bounds=bounds,
        start=start,
        most_evaluations=most_evaluations,
    )
