"""Options under Heston's stochastic volatility by finite differences in spot and variance.

American exercise, barriers watched at all times and digital payoffs, for which the model has no
formula; European options as well, where `strikeproof.heston` is faster and far more accurate.
Methods and sources: ``core/src/heston_finite_difference.cpp``. Conventions:
``docs/conventions.md``.
"""

from __future__ import annotations

import sys
from typing import Any, NamedTuple, Required, TypedDict, Unpack

from numpy.typing import ArrayLike

from strikeproof import _core
from strikeproof._columns import OnFailure
from strikeproof._engine import Engine
from strikeproof._one_factor import RULES as _PLAIN_RULES
from strikeproof._one_factor import WORDS as _PLAIN_WORDS
from strikeproof._schedule import whole
from strikeproof._status import CORRELATION, NONNEGATIVE

__all__ = ["Estimate", "Greeks", "Terms", "estimate", "greeks", "price"]


class Greeks(NamedTuple):
    """Price and derivatives, floats or arrays.

    Delta and gamma are by the spot, theta per year as time passes, the last per 1.00 of the initial
    variance.
    """

    price: Any
    delta: Any
    gamma: Any
    theta: Any
    initial_variance: Any


class Estimate(NamedTuple):
    """The same with estimates of their absolute errors and the observed order of the price's."""

    price: Any
    delta: Any
    gamma: Any
    theta: Any
    initial_variance: Any
    price_error: Any
    delta_error: Any
    gamma_error: Any
    theta_error: Any
    initial_variance_error: Any
    order: Any


class Terms(TypedDict, total=False):
    """Arguments of `price`, `greeks` and `estimate`; `price` says what they mean."""

    option_type: Required[ArrayLike]
    spot: Required[ArrayLike]
    strike: Required[ArrayLike]
    time_to_expiry: Required[ArrayLike]
    rate: Required[ArrayLike]
    initial_variance: Required[ArrayLike]
    long_run_variance: Required[ArrayLike]
    mean_reversion: Required[ArrayLike]
    volatility_of_variance: Required[ArrayLike]
    correlation: Required[ArrayLike]
    dividend_yield: ArrayLike
    exercise: ArrayLike
    payoff: ArrayLike
    cash: ArrayLike
    barrier_type: ArrayLike
    lower_barrier: ArrayLike | None
    upper_barrier: ArrayLike | None
    rebate: ArrayLike
    rebate_payment: ArrayLike
    spot_points: ArrayLike
    variance_points: ArrayLike
    time_steps: ArrayLike
    extrapolation: bool
    scheme: ArrayLike
    refinement: ArrayLike


_WORDS = {
    **{name: _PLAIN_WORDS[name] for name in ("payoff", "barrier_type", "rebate_payment")},
    "exercise": {"european": 0.0, "american": 1.0},
    "scheme": {"modified_craig_sneyd": 0.0, "hundsdorfer_verwer": 1.0},
}
_RULES = {
    **_PLAIN_RULES,
    **dict.fromkeys(
        (
            "initial_variance",
            "long_run_variance",
            "mean_reversion",
            "volatility_of_variance",
        ),
        NONNEGATIVE,
    ),
    "correlation": CORRELATION,
    "spot_points": whole(10, 1_000),
    "variance_points": whole(10, 1_000),
    "time_steps": whole(2, 10_000),
    "refinement": whole(1, 16),
}
_PRICE = Engine(_core.heston_finite_difference_price, _RULES, words=_WORDS)
_GREEKS = Engine(
    _core.heston_finite_difference_greeks, _RULES, Greeks._fields, Greeks, words=_WORDS
)
_ESTIMATE = Engine(
    _core.heston_finite_difference_estimate, _RULES, Estimate._fields, Estimate, words=_WORDS
)


def price(
    *,
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
    out: Any = None,
    **terms: Unpack[Terms],
) -> Any:
    """Present value by finite differences in spot and variance.

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
    exercise : {"european", "american"}, array-like
        American by default.
    payoff : {"vanilla", "cash", "asset"}, array-like
        The digital ones pay `cash` (1 by default) or the asset where the option is in the money.
    barrier_type : {"out", "in"}, array-like
        Of an option with barriers; a knock-in must be European. A knock-out that is American is
        worth at the barrier what exercise pays there.
    lower_barrier, upper_barrier : array-like, >= 0, same currency as spot, optional
        Watched at all times; None for no such barrier. A spot at or beyond one has reached it.
    rebate : array-like, >= 0
        Of a knock-out when it is reached, of a knock-in at expiry if none is.
    rebate_payment : {"hit", "expiry"}, array-like
        When a knock-out's rebate is paid.
    spot_points, variance_points : array-like of whole numbers, 10 ... 1000
        100 and 50 by default; numbers of cells are rounded up to even ones.
    time_steps : array-like of whole numbers, 2 ... 10000
        50 by default, rounded up to an even number.
    extrapolation : bool
        Richardson's: solve on this grid and on one with every spacing halved, nine times the work;
        False by default.
    scheme : {"modified_craig_sneyd", "hundsdorfer_verwer"}, array-like
    refinement : array-like of whole numbers, 1 ... 16
        Cuts each cell and each step of the above into so many, 1 by default: grids of which each
        holds the nodes of the one before, for studies of convergence. Points and steps times it
        must keep their ranges.
    on_failure : {"nan", "raise"}, optional
        What a bad row does; scalars raise and batches give NaN unless told otherwise.
    return_status : bool
        Return ``(values, status)`` with a `strikeproof.Status` per row.
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
        An argument is not an array of real numbers, or of the words it takes.
    """
    return _PRICE(
        _columns(**terms),
        on_failure=on_failure,
        return_status=return_status,
        threads=threads,
        out=out,
    )


def greeks(
    *,
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
    out: Any = None,
    **terms: Unpack[Terms],
) -> Any:
    """Price, delta, gamma, theta and the derivative by the initial variance, all from the grid.

    Parameters
    ----------
    on_failure, return_status, threads, **terms
        As for `price`.
    out : sequence of arrays, optional
        Five of them, in the order of the result.

    Returns
    -------
    Greeks
        NamedTuple, each a float or an array of the broadcast shape.

    Raises
    ------
    ValueError, TypeError
        As for `price`.
    """
    return _GREEKS(
        _columns(**terms),
        on_failure=on_failure,
        return_status=return_status,
        threads=threads,
        out=out,
    )


def estimate(
    *,
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
    out: Any = None,
    **terms: Unpack[Terms],
) -> Any:
    """Price and derivatives with the errors that three grids tell.

    The values are those of `greeks`. The grids have half, once and twice the cells and steps; how
    errors follow from them is said in `strikeproof.finite_difference.estimate`.

    Parameters
    ----------
    on_failure, return_status, threads, **terms
        As for `price`.
    out : sequence of arrays, optional
        Eleven of them, in the order of the result.

    Returns
    -------
    Estimate
        NamedTuple, each a float or an array of the broadcast shape.

    Raises
    ------
    ValueError, TypeError
        As for `price`.
    """
    return _ESTIMATE(
        _columns(**terms),
        on_failure=on_failure,
        return_status=return_status,
        threads=threads,
        out=out,
    )


def _columns(
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
    exercise: ArrayLike = "american",
    payoff: ArrayLike = "vanilla",
    cash: ArrayLike = 1.0,
    barrier_type: ArrayLike = "out",
    lower_barrier: ArrayLike | None = None,
    upper_barrier: ArrayLike | None = None,
    rebate: ArrayLike = 0.0,
    rebate_payment: ArrayLike = "hit",
    spot_points: ArrayLike = 100,
    variance_points: ArrayLike = 50,
    time_steps: ArrayLike = 50,
    extrapolation: bool = False,
    scheme: ArrayLike = "modified_craig_sneyd",
    refinement: ArrayLike = 1,
) -> dict[str, Any]:
    """Columns in the order of the compiled core."""
    return {
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
        "exercise": exercise,
        "payoff": payoff,
        "cash": cash,
        "lower_barrier": 0.0 if lower_barrier is None else lower_barrier,
        "upper_barrier": sys.float_info.max if upper_barrier is None else upper_barrier,
        "barrier_type": barrier_type,
        "rebate": rebate,
        "rebate_payment": rebate_payment,
        "spot_points": spot_points,
        "variance_points": variance_points,
        "time_steps": time_steps,
        "extrapolation": float(extrapolation),
        "scheme": scheme,
        "refinement": refinement,
    }
