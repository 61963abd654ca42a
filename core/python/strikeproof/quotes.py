"""Quoted prices of options as implied volatilities ready to calibrate to, or why they are not.

Conventions: ``docs/conventions.md``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from strikeproof import black
from strikeproof._columns import as_columns, as_float64, option_sign
from strikeproof._status import Status

__all__ = ["KEPT", "Quotes", "volatilities"]

Float64Array = NDArray[np.float64]

KEPT = "kept"
_NO_VOLATILITY = {
    Status.BELOW_INTRINSIC: "below intrinsic",
    Status.ABOVE_MAXIMUM: "above maximum",
    Status.NO_TIME_VALUE: "no time value",
}
_WORDS = "U16"


@dataclass(frozen=True)
class Quotes:
    """Quotes with volatilities, and what became of the others.

    Parameters
    ----------
    strike, time_to_expiry, forward : float64 arrays, one entry a kept quote
    volatility : float64 array
        Black's, of the middle of bid and ask.
    bid_volatility, ask_volatility : float64 arrays
        Of bid and ask themselves.
    reason : array of str, shape of the arguments
        ``"kept"``, or why the quote was dropped: ``"out of domain"``, ``"no bid"``, ``"crossed"``,
        ``"in the money"``, ``"below intrinsic"``, ``"above maximum"``, ``"no time value"``.
    """

    strike: Float64Array
    time_to_expiry: Float64Array
    forward: Float64Array
    volatility: Float64Array
    bid_volatility: Float64Array
    ask_volatility: Float64Array
    reason: NDArray[np.str_]

    @property
    def dropped(self) -> dict[str, int]:
        """How many quotes were dropped, by reason."""
        words, counts = np.unique(self.reason, return_counts=True)
        return {str(w): int(n) for w, n in zip(words, counts, strict=True) if w != KEPT}

    def columns(self) -> dict[str, Float64Array]:
        """Arguments of `strikeproof.heston.calibrate` and `strikeproof.bates.calibrate`."""
        names = ("strike", "time_to_expiry", "forward", "volatility")
        return {name: getattr(self, name) for name in (*names, "bid_volatility", "ask_volatility")}


def volatilities(
    *,
    option_type: ArrayLike,
    bid: ArrayLike,
    ask: ArrayLike,
    forward: ArrayLike,
    strike: ArrayLike,
    time_to_expiry: ArrayLike,
    rate: ArrayLike,
    in_the_money: bool = False,
) -> Quotes:
    """Implied volatilities of bid, middle and ask.

    Parameters
    ----------
    option_type : {"call", "put"} or +1/-1, array-like
    bid, ask : array-like, >= 0, discounted prices, currency of the strike
        The same array twice for prices without a spread.
    forward, strike : array-like, > 0, same currency
    time_to_expiry : array-like, > 0, years
    rate : array-like, per year, continuously compounded
    in_the_money : bool
        Whether quotes in the money are kept: their volatility is that of a small difference of
        large prices, and the same strike has one out of the money.

    Returns
    -------
    Quotes
        The kept quotes in their order; a quote that cannot be used is dropped with a reason, never
        an error.

    Raises
    ------
    ValueError, TypeError
        The shapes do not broadcast, or an argument is not an array of real numbers.

    Notes
    -----
    A quote is dropped for the first reason that holds, in the order in which `Quotes` lists them;
    the last three are those of any of its three prices.
    """
    numbers = {
        "bid": bid,
        "ask": ask,
        "forward": forward,
        "strike": strike,
        "time_to_expiry": time_to_expiry,
        "rate": rate,
    }
    given = {name: as_float64(name, value) for name, value in numbers.items()}
    shape, columns = as_columns({"option_type": option_sign(option_type), **given})
    count = int(np.prod(shape))
    at = {name: np.broadcast_to(column, (count,)) for name, column in columns.items()}
    reason = _first_reason(at, in_the_money=in_the_money)
    contract: dict[str, Any] = {
        name: value for name, value in at.items() if name not in ("bid", "ask")
    }
    found = {}
    for name, price in (
        ("volatility", 0.5 * (at["bid"] + at["ask"])),
        ("bid_volatility", at["bid"]),
        ("ask_volatility", at["ask"]),
    ):
        found[name], status = black.implied_volatility(
            price=price, **contract, on_failure="nan", return_status=True
        )
        failed = (reason == KEPT) & (status != Status.OK)
        reason[failed] = [_NO_VOLATILITY.get(Status(s), "out of domain") for s in status[failed]]
    kept = reason == KEPT
    return Quotes(
        strike=at["strike"][kept],
        time_to_expiry=at["time_to_expiry"][kept],
        forward=at["forward"][kept],
        **{name: value[kept] for name, value in found.items()},
        reason=reason.reshape(shape),
    )


def _first_reason(at: dict[str, Float64Array], *, in_the_money: bool) -> NDArray[np.str_]:
    """Why a quote is dropped before any volatility is sought."""
    finite = np.all([np.isfinite(value) for value in at.values()], axis=0)
    positive = np.all([at[n] > 0.0 for n in ("forward", "strike", "time_to_expiry")], axis=0)
    domain = finite & positive & (at["bid"] >= 0.0) & (at["ask"] >= 0.0)
    inside = at["option_type"] * (at["forward"] - at["strike"]) > 0.0
    checks = {
        "out of domain": ~domain,
        "no bid": at["bid"] == 0.0,
        "crossed": at["ask"] < at["bid"],
        "in the money": inside & (not in_the_money),
    }
    return np.select(list(checks.values()), list(checks), KEPT).astype(_WORDS)
