"""European, American and Bermudan options on trees.

Methods and sources: ``core/src/lattice.cpp``. Conventions: ``docs/conventions.md``.

Independent of the other engines, simple, and as accurate as the tree is fine: use it to check them.
"""

from __future__ import annotations

from typing import Any

from numpy.typing import ArrayLike

from strikeproof import _core
from strikeproof._columns import OnFailure
from strikeproof._engine import Engine
from strikeproof._greeks import Greeks
from strikeproof._schedule import EXERCISE, VANILLA_RULES, entries, whole

__all__ = ["greeks", "price"]

_TREES = {"leisen_reimer": 0.0, "trinomial": 1.0}
_WORDS = {"exercise": EXERCISE, "tree": _TREES}
_RULES = {**VANILLA_RULES, "steps": whole(1, 20_000)}
_PRICE = Engine(_core.lattice_price, _RULES, words=_WORDS)
_GREEKS = Engine(_core.lattice_greeks, _RULES, Greeks._fields, Greeks, words=_WORDS)


def price(
    *,
    option_type: ArrayLike,
    spot: ArrayLike,
    strike: ArrayLike,
    time_to_expiry: ArrayLike,
    rate: ArrayLike,
    volatility: ArrayLike,
    dividend_yield: ArrayLike = 0.0,
    exercise: ArrayLike = "american",
    exercise_times: ArrayLike = (),
    tree: ArrayLike = "leisen_reimer",
    steps: ArrayLike = 200,
    extrapolation: bool = True,
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
    out: Any = None,
) -> Any:
    """Present value of options that may be exercised early, by a tree.

    All arguments broadcast together under NumPy rules.

    Parameters
    ----------
    option_type : {"call", "put"} or +1/-1, array-like
    spot, strike : array-like, >= 0, same currency
    time_to_expiry : array-like, >= 0, years
    rate, dividend_yield : array-like, per year, continuously compounded
    volatility : array-like, >= 0, per square root of a year
    exercise : {"european", "american", "bermudan"}, array-like
    exercise_times : array-like, last axis = dates, >= 0, years, not descending
        When a Bermudan option may be exercised besides its expiry; those after expiry mean
        nothing. Leading axes broadcast with the other arguments.
    tree : {"leisen_reimer", "trinomial"}, array-like
        The binomial tree moves exercise dates to its nearest step; the trinomial one has every
        date among its own.
    steps : array-like of whole numbers, 1 ... 20000
        The binomial tree makes an even number odd.
    extrapolation : bool
        Richardson's: price this tree and one of twice the steps.
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
    Leisen and Reimer (1996); Boyle (1986). At the defaults the error of an American price is
    usually below 1e-5 of the strike, at worst about 1e-4. Time and error of a tree go as steps^2
    and 1/steps (Leisen-Reimer, European: 1/steps^2). Delta and gamma come from the nodes beside the
    root, vega and rho are derivatives of the tree itself, theta is the Black-Scholes equation's.
    """
    arguments = _arguments(
        option_type=option_type,
        spot=spot,
        strike=strike,
        time_to_expiry=time_to_expiry,
        rate=rate,
        volatility=volatility,
        dividend_yield=dividend_yield,
        exercise=exercise,
        exercise_times=exercise_times,
        tree=tree,
        steps=steps,
        extrapolation=extrapolation,
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
    dividend_yield: ArrayLike = 0.0,
    exercise: ArrayLike = "american",
    exercise_times: ArrayLike = (),
    tree: ArrayLike = "leisen_reimer",
    steps: ArrayLike = 200,
    extrapolation: bool = True,
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
    out: Any = None,
) -> Any:
    """Price and Greeks, all from the tree.

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
        dividend_yield=dividend_yield,
        exercise=exercise,
        exercise_times=exercise_times,
        tree=tree,
        steps=steps,
        extrapolation=extrapolation,
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
    dividend_yield: ArrayLike,
    exercise: ArrayLike,
    exercise_times: ArrayLike,
    tree: ArrayLike,
    steps: ArrayLike,
    extrapolation: bool,
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
        "exercise": exercise,
        "tree": tree,
        "steps": steps,
        "extrapolation": float(extrapolation),
        **entries("exercise_times", exercise_times),
    }
