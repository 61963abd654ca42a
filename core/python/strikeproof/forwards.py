"""Forwards, discount factors and dividend yields from put-call parity, with error bars.

For European options of one expiry ``call - put = D (F - strike)`` at every strike: a straight line
whose slope is minus the discount factor D and whose zero is the forward F. It is fitted to the
quotes by robust weighted regression; method and sources in ``strikeproof/_robust_line.py``.

The errors are those of the quotes: independent, with standard deviations in proportion to
``1 / sqrt(weight)`` and a factor that the residuals tell. Half spreads that lean to one side at all
strikes are not among them: `Forwards.bound_low` and `Forwards.bound_high` hold whatever the errors.

American options keep the inequality ``S - K <= call - put <= S - K D`` only (no dividends); their
difference bends away from the line where early exercise is worth something. Forwards from them are
biased, in the money most; use near strikes, a known discount factor, and do not trust the error
bars.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from enum import IntEnum
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from strikeproof import _robust_line
from strikeproof._columns import OnFailure, failure_rule
from strikeproof._parity_points import Keys, Points, Rejection, points_of, rows_of
from strikeproof._student import two_sided_quantile

__all__ = ["FitStatus", "Forwards", "Rejection", "from_parity"]

Floats = NDArray[np.float64]
Loss = Literal["bisquare", "huber", "least_squares"]


class FitStatus(IntEnum):
    """Outcome of one expiry."""

    OK = 0
    TOO_FEW_STRIKES = 1
    STRIKES_COINCIDE = 2
    NOT_CONVERGED = 3
    DISCOUNT_NOT_POSITIVE = 4


_REASONS = {
    FitStatus.TOO_FEW_STRIKES: "too few usable strikes",
    FitStatus.STRIKES_COINCIDE: "all strikes are the same: give the discount factor",
    FitStatus.NOT_CONVERGED: "the iteration did not reach its accuracy",
    FitStatus.DISCOUNT_NOT_POSITIVE: "call - put does not fall with the strike: no discount factor",
}


@dataclass(frozen=True)
class Forwards:
    """What parity says: arrays with an entry per expiry, or scalars where there is one only.

    Attributes
    ----------
    expiry, date : array or None
        The distinct keys, sorted by date and expiry.
    forward, forward_error, forward_low, forward_high
        Estimate, its standard error, and its confidence interval by Student's distribution.
    discount, discount_error, discount_low, discount_high
        The same; error 0 where the discount factor was given.
    rate, rate_error
        ``-log(discount) / time_to_expiry``; NaN without `time_to_expiry`.
    dividend_yield, dividend_yield_error
        ``-log(forward * discount / spot) / time_to_expiry``; NaN without spot and time.
    bound_low, bound_high
        Forwards at which no kept strike's conversion or reversal earns money at its bid and ask,
        at the discount factor above: from the largest ``strike + (call_bid - put_ask) / discount``
        to the smallest ``strike + (call_ask - put_bid) / discount``. None keeps them where low is
        above high; NaN without bids and asks.
    inside_bounds : bool
        ``bound_low <= forward <= bound_high``.
    strikes, rejected, degrees_of_freedom : int
        Strikes that were kept and that were not; strikes kept less parameters fitted.
    chi_square : float
        Weighted squares of the kept residuals: about `degrees_of_freedom` where the weights are
        inverse variances, as those from bids and asks are meant to be.
    status : uint8
        `FitStatus`; figures are NaN unless it is OK.
    reason : uint8 array, one entry per row
        `Rejection` of each strike.
    robustness : float64 array, one entry per row
        Factor within [0, 1] that the iteration gave the weight.
    residual : float64 array, one entry per row
        ``call - put`` less the line; NaN where the row had no part.
    """

    expiry: Any
    date: Any
    forward: Any
    forward_error: Any
    forward_low: Any
    forward_high: Any
    discount: Any
    discount_error: Any
    discount_low: Any
    discount_high: Any
    rate: Any
    rate_error: Any
    dividend_yield: Any
    dividend_yield_error: Any
    bound_low: Any
    bound_high: Any
    inside_bounds: Any
    strikes: Any
    rejected: Any
    degrees_of_freedom: Any
    chi_square: Any
    status: Any
    reason: NDArray[np.uint8]
    robustness: Floats
    residual: Floats


def from_parity(
    *,
    strike: ArrayLike,
    call_price: ArrayLike | None = None,
    put_price: ArrayLike | None = None,
    call_bid: ArrayLike | None = None,
    call_ask: ArrayLike | None = None,
    put_bid: ArrayLike | None = None,
    put_ask: ArrayLike | None = None,
    weight: ArrayLike | None = None,
    expiry: ArrayLike | None = None,
    date: ArrayLike | None = None,
    discount: ArrayLike | None = None,
    spot: ArrayLike | None = None,
    time_to_expiry: ArrayLike | None = None,
    loss: Loss = "bisquare",
    confidence: float = 0.95,
    minimum_strikes: int = 6,
    on_failure: OnFailure | None = None,
) -> Forwards:
    """Forward and discount factor of each expiry from European calls and puts.

    Arguments are columns, one row per strike of an expiry; scalars are repeated.

    Parameters
    ----------
    strike : array-like, shape (n,), >= 0
    call_price, put_price : array-like, optional
        Prices to fit; the middle of bid and ask where they are not given.
    call_bid, call_ask, put_bid, put_ask : array-like, optional
        All four or none. They give the bounds, and the weights where `weight` is not given.
    weight : array-like, > 0, optional
        Inverse variance of ``call - put``, up to a common factor of the expiry. By default
        ``12 / (call spread^2 + put spread^2)``, as if each value were uniform within its quote; 1
        without quotes.
    expiry, date : array-like, shape (n,), optional
        Keys of any type that sorts: rows with the same are fitted together.
    discount : array-like, > 0, optional
        Discount factor where it is known; estimated otherwise. Like `spot` and `time_to_expiry`
        it may not vary within an expiry.
    spot : array-like, > 0, optional
    time_to_expiry : array-like, > 0, years, optional
    loss : {"bisquare", "huber", "least_squares"}
        ``"bisquare"`` rejects outliers, ``"huber"`` bounds their pull, the last does neither.
    confidence : float, within (0, 0.999999]
        Of the intervals.
    minimum_strikes : int
        Usable strikes that an expiry needs: more than the parameters fitted. Of six, one may be
        wrong; of many, a quarter (half where the discount factor is known). In simulations the
        95 % interval of the bisquare fit held 0.93 of the time with 6 strikes, 0.94 with 8 and
        0.945 with 12.
    on_failure : {"nan", "raise"}, optional
        What an expiry without an answer does: "raise" by default without keys, else "nan".

    Returns
    -------
    Forwards

    Raises
    ------
    ValueError
        An expiry has no answer (the message names it), or an argument is out of range. Single bad
        quotes raise nothing: `Forwards.reason` tells them.
    TypeError
        An argument is not an array of real numbers.
    """
    if loss not in _robust_line.CONSTANTS:
        raise ValueError(f"loss is {loss!r}: must be one of {', '.join(_robust_line.CONSTANTS)}")
    parameters = 1 if discount is not None else 2
    if isinstance(minimum_strikes, bool) or not minimum_strikes > parameters:
        raise ValueError(
            f"minimum_strikes is {minimum_strikes!r}: must be > {parameters}, the parameters fitted"
        )
    rows = rows_of(
        strike=strike,
        call_price=call_price,
        put_price=put_price,
        call_bid=call_bid,
        call_ask=call_ask,
        put_bid=put_bid,
        put_ask=put_ask,
        weight=weight,
        discount=discount,
        spot=spot,
        time_to_expiry=time_to_expiry,
    )
    keys = Keys(rows["strike"].size, expiry, date)
    market = {
        name: keys.constant(name, rows[name]) if name in rows else keys.full(np.nan)
        for name in ("discount", "spot", "time_to_expiry")
    }
    points = points_of(rows)
    lines, status, order = _fit(points, keys, market["discount"], parameters, loss, minimum_strikes)
    found = _figures(points, keys, market, lines, status, order, confidence)
    rule = failure_rule(on_failure, keys.single)
    failed = np.flatnonzero(found.status)
    if rule == "raise" and failed.size:
        first = int(failed[0])
        raise ValueError(
            f"{keys.name(first)}: {_REASONS[FitStatus(int(found.status[first]))]} "
            f"({found.strikes[first]} of {keys.count[first]} kept, minimum_strikes is "
            f"{minimum_strikes}); {failed.size} of {keys.count.size} expiries failed"
        )
    return _scalars(found) if keys.single else found


def _fit(
    points: Points, keys: Keys, discount: Floats, parameters: int, loss: str, minimum: int
) -> tuple[_robust_line.Lines, NDArray[np.uint8], NDArray[np.int64]]:
    """Lines of all expiries, statuses, and the rows in the order of the lines' points."""
    used = np.flatnonzero(points.reason == 0)
    order = used[np.lexsort((points.strike[used], keys.group[used]))]
    count = np.bincount(keys.group[used], minlength=keys.count.size)
    start = np.cumsum(count) - count
    status = np.zeros(count.size, dtype=np.uint8)
    status[count < minimum] = FitStatus.TOO_FEW_STRIKES
    strike = points.strike[order]
    some = np.flatnonzero(status == 0)
    if parameters == 2:
        same = strike[start[some]] == strike[start[some] + count[some] - 1]
        status[some[same]] = FitStatus.STRIKES_COINCIDE
    asked = np.flatnonzero(status == 0)
    columns = (strike, points.difference[order], points.weight[order], points.rounding[order])
    groups = _robust_line.Groups(*columns, start[asked], count[asked], -discount[asked])
    part = _robust_line.fit(groups, parameters, loss)
    lines = part._replace(
        **{name: _spread(getattr(part, name), asked, count.size) for name in part._fields[:7]},
        converged=np.isin(np.arange(count.size), asked[part.converged]),
    )
    fitted = status == 0
    status[fitted & (lines.slope >= 0.0)] = FitStatus.DISCOUNT_NOT_POSITIVE
    status[fitted & ~lines.converged] = FitStatus.NOT_CONVERGED
    few = (lines.kept <= parameters) | ~np.isfinite(lines.level_variance + lines.slope_variance)
    status[fitted & few] = FitStatus.TOO_FEW_STRIKES
    return lines, status, order


def _spread(values: Any, at: NDArray[np.int64], size: int) -> Any:
    """Values at their places among all, with NaN or 0 elsewhere."""
    filler = np.nan if values.dtype.kind == "f" else 0
    found = np.full(size, filler, dtype=values.dtype)
    found[at] = values
    return found


def _figures(
    points: Points,
    keys: Keys,
    market: dict[str, Floats],
    lines: _robust_line.Lines,
    status: NDArray[np.uint8],
    order: NDArray[np.int64],
    confidence: float,
) -> Forwards:
    answered = status == FitStatus.OK

    def shown(values: Any) -> Any:
        return np.where(answered, values, np.nan)

    reason, robustness = points.reason.copy(), np.zeros(points.strike.size)
    residual = np.full(points.strike.size, np.nan)
    robustness[order], residual[order] = lines.robustness, lines.residual
    fitted = np.isfinite(residual)
    reason[fitted & (robustness == 0.0)] = Rejection.OUTLIER
    estimated = np.isnan(market["discount"])
    degrees = np.maximum(lines.kept - 1 - estimated, 0)
    quantile = two_sided_quantile(confidence, degrees)
    spot, time = market["spot"], market["time_to_expiry"]
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        discount = -lines.slope
        forward = lines.centre + lines.level / discount
        # level and slope are uncorrelated: F = centre + level/D, F D = level + centre D
        lever = (forward - lines.centre) ** 2
        forward_error = np.sqrt(lines.level_variance + lever * lines.slope_variance) / discount
        discount_error = np.sqrt(lines.slope_variance)
        value_error = np.sqrt(lines.level_variance + lines.centre**2 * lines.slope_variance)
        rate = -np.log(discount) / time
        dividend_yield = -np.log(forward * discount / spot) / time
        yield_error = value_error / (forward * discount * time) + 0.0 * spot
        low, high = _bounds(points, keys, discount, fitted & (robustness > 0.0))
        inside = answered & (low <= forward) & (forward <= high)
        half, width = quantile * forward_error, quantile * discount_error
    return Forwards(
        expiry=keys.expiry,
        date=keys.date,
        forward=shown(forward),
        forward_error=shown(forward_error),
        forward_low=shown(forward - half),
        forward_high=shown(forward + half),
        discount=shown(discount),
        discount_error=shown(discount_error),
        discount_low=shown(discount - width),
        discount_high=shown(discount + width),
        rate=shown(rate),
        rate_error=shown(discount_error / (discount * time)),
        dividend_yield=shown(dividend_yield),
        dividend_yield_error=shown(yield_error),
        bound_low=shown(low),
        bound_high=shown(high),
        inside_bounds=inside,
        strikes=lines.kept,
        rejected=keys.count - lines.kept,
        degrees_of_freedom=degrees,
        chi_square=shown(lines.chi_square),
        status=status,
        reason=reason,
        robustness=robustness,
        residual=residual,
    )


def _bounds(
    points: Points, keys: Keys, discount: Floats, kept: NDArray[np.bool_]
) -> tuple[Floats, Floats]:
    """Largest lower and smallest upper bound of the forward over the kept strikes."""
    low, high = keys.full(-np.inf), keys.full(np.inf)
    group = keys.group[kept]
    strike, rows = points.strike[kept], discount[group]
    np.maximum.at(low, group, strike + points.low[kept] / rows)
    np.minimum.at(high, group, strike + points.high[kept] / rows)
    return low, high


def _scalars(found: Forwards) -> Forwards:
    """Figures of the only expiry as plain numbers."""
    own = {"reason", "robustness", "residual"}
    names = [f.name for f in fields(found) if f.name not in own]
    values = {name: getattr(found, name) for name in names}
    plain = {name: value[0].item() for name, value in values.items() if value is not None}
    return replace(found, **plain)
