"""European, American and Bermudan options on one asset by finite differences.

Cash dividends, barriers watched at all times or at dates, digital payoffs, rates and volatilities
that depend on time. Methods and sources: ``core/src/finite_difference.cpp``. Conventions:
``docs/conventions.md``.

The reference for discrete dividends and early exercise: of the second order in spot and time, and
of about the fourth with its extrapolation where the value is smooth. `estimate` tells the error of
what it returns.

A dividend paid at t moves the spot from S to max(S - amount, 0): a company that cannot pay all pays
what it has, and its stock stays at 0 (the liquidator's policy). Dividends at time 0 are taken as
paid, those at expiry or later come too late. On one date the barrier is watched first, then the
option may be exercised, then the dividend is paid.
"""

from __future__ import annotations

from typing import Any, NamedTuple, Required, TypedDict, Unpack

from numpy.typing import ArrayLike

from strikeproof import _core
from strikeproof._columns import OnFailure
from strikeproof._engine import Engine
from strikeproof._greeks import Greeks
from strikeproof._one_factor import RULES, WORDS, Curve, columns

__all__ = ["Curve", "Estimate", "Terms", "estimate", "greeks", "price"]


class Estimate(NamedTuple):
    """Values by the grid and estimates of their absolute errors, floats or arrays.

    `order` is the observed order of the price's error as cells and steps are halved, NaN where
    the three grids do not move in one direction. Theta is per year of calendar time.
    """

    price: Any
    delta: Any
    gamma: Any
    theta: Any
    price_error: Any
    delta_error: Any
    gamma_error: Any
    theta_error: Any
    order: Any


class Terms(TypedDict, total=False):
    """Arguments of `price`, `greeks` and `estimate`; `price` says what they mean."""

    option_type: Required[ArrayLike]
    spot: Required[ArrayLike]
    strike: Required[ArrayLike]
    time_to_expiry: Required[ArrayLike]
    rate: Required[ArrayLike | Curve]
    volatility: Required[ArrayLike | Curve]
    dividend_yield: ArrayLike | Curve
    exercise: ArrayLike
    exercise_times: ArrayLike
    dividend_times: ArrayLike
    dividend_amounts: ArrayLike
    payoff: ArrayLike
    cash: ArrayLike
    barrier_type: ArrayLike
    lower_barrier: ArrayLike | None
    upper_barrier: ArrayLike | None
    rebate: ArrayLike
    rebate_payment: ArrayLike
    barrier_times: ArrayLike | None
    spot_points: ArrayLike
    time_steps: ArrayLike
    extrapolation: bool
    grid: ArrayLike
    scheme: ArrayLike
    refinement: ArrayLike


_PRICE = Engine(_core.finite_difference_price, RULES, words=WORDS)
_GREEKS = Engine(_core.finite_difference_greeks, RULES, Greeks._fields, Greeks, words=WORDS)
_ESTIMATE = Engine(_core.finite_difference_estimate, RULES, Estimate._fields, Estimate, words=WORDS)


def price(
    *,
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
    out: Any = None,
    **terms: Unpack[Terms],
) -> Any:
    """Present value by finite differences.

    All arguments broadcast together under NumPy rules.

    Parameters
    ----------
    option_type : {"call", "put"} or +1/-1, array-like
    spot, strike : array-like, >= 0, same currency
    time_to_expiry : array-like, >= 0, years
    rate, dividend_yield : array-like, per year, continuously compounded
        Or a curve in time, `strikeproof.term_structure.RateCurve` or its like, for all rows.
        The yield is 0 by default.
    volatility : array-like, >= 0, per square root of a year
        Or a curve, `strikeproof.term_structure.VolatilityCurve` or its like.
    exercise : {"european", "american", "bermudan"}, array-like
        American by default.
    exercise_times : array-like, last axis = dates, >= 0, years, not descending
        When a Bermudan option may be exercised besides its expiry; those after expiry mean
        nothing. Leading axes broadcast with the other arguments.
    dividend_times, dividend_amounts : array-like, last axis = dividends, >= 0
        Years (not descending) and currency of spot; leading axes broadcast likewise.
    payoff : {"vanilla", "cash", "asset"}, array-like
        The digital ones pay `cash` (1 by default) or the asset where the option is in the money.
    barrier_type : {"out", "in"}, array-like
        Of an option with barriers. A knock-out that is American is worth at the barrier what
        exercise pays there, because its holder sees the spot come; a knock-in may be exercised
        once it is in.
    lower_barrier, upper_barrier : array-like, >= 0, same currency as spot, optional
        None for no such barrier. A spot at or beyond one has reached it.
    rebate : array-like, >= 0
        Of a knock-out when it is reached, of a knock-in at expiry if none is.
    rebate_payment : {"hit", "expiry"}, array-like
        When a knock-out's rebate is paid.
    barrier_times : array-like, last axis = dates, >= 0, years, not descending, optional
        When the barriers are watched; None for always. Those after expiry mean nothing.
    spot_points : array-like of whole numbers, 20 ... 20000
        200 by default; the number of cells between them is rounded up to an even one.
    time_steps : array-like of whole numbers, 2 ... 20000
        In all, 50 by default; every stretch between two dates has four or more.
    extrapolation : bool
        Richardson's, and so by default: solve on this grid and on one with every spacing halved.
    grid : {"sinh", "log"}, array-like
        Dense at strike and barriers, the default, or uniform in the logarithm of the spot.
    scheme : {"tr_bdf2", "crank_nicolson"}, array-like
        TR-BDF2 in steps that grow away from each event, the default, or Crank-Nicolson in equal
        steps with Rannacher's start.
    refinement : array-like of whole numbers, 1 ... 64
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
        Where the result goes, instead of a new array: float64, C-contiguous, writable, of the
        broadcast shape, sharing no memory with an argument.

    Returns
    -------
    float where every argument is a scalar, else float64 array of the broadcast shape

    Raises
    ------
    ValueError
        An argument is not finite or out of range (scalar call), or the shapes do not broadcast.
    TypeError
        An argument is not an array of real numbers, or of the words it takes.

    Notes
    -----
    At the defaults and for strikes of 70 to 130 % of the spot, volatilities of 5 to 60 % and
    rates of 0 to 8 % an American price errs by about 1e-8 of the spot and at worst 5e-6. The
    grid is dense at the strike: with the spot, or where the carry takes it, many deviations
    away, or ``volatility * sqrt(time_to_expiry)`` above 2, errors reach 1e-3 to 1e-2 of spot
    and strike; use more points. Vega and rho are derivatives of the numbers on the grid, by a
    shift of the whole curve; theta is the Black-Scholes equation's, and 0 where the option is
    exercised.

    Without volatility, or at a spot of 0, the path of the spot is known: an American option's best
    moment is then found for plain options in flat rates, other ones are ``OUT_OF_DOMAIN``.
    """
    return _PRICE(
        columns(**terms),
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
    """Price and Greeks, all from the grid.

    Parameters
    ----------
    on_failure, return_status, threads, **terms
        As for `price`.
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
    return _GREEKS(
        columns(**terms),
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
    """Price, delta, gamma and theta with the errors that three grids tell.

    The values are those of `price` and `greeks`. The grids have half, once and twice the cells and
    steps; each holds the nodes of the one before.

    Parameters
    ----------
    on_failure, return_status, threads, **terms
        As for `price`.
    out : sequence of arrays, optional
        Nine of them, in the order of the result.

    Returns
    -------
    Estimate
        NamedTuple, each a float or an array of the broadcast shape.

    Raises
    ------
    ValueError, TypeError
        As for `price`.

    Notes
    -----
    With v(h) the value at spacing h and e(h) = v(h/2) + (v(h/2) - v(h))/3, the error of the
    extrapolated e(h) is taken as the larger of ``|e(h) - e(2h)|`` and a tenth of what
    extrapolation moved; of the plain v(h) as the larger of ``1.25 |e(h) - v(h)|`` (the factor of
    safety of Roache 1994) and ``|e(h) - e(2h)|``. What lies beyond the ends of the grid, six
    deviations away, no refinement sees: about 1e-9 of the spot.
    """
    return _ESTIMATE(
        columns(**terms),
        on_failure=on_failure,
        return_status=return_status,
        threads=threads,
        out=out,
    )
