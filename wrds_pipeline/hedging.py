"""Delta-hedged profit and loss of one contract over one day, under each model's delta.

One option is bought at its mid, ``-delta`` of the underlying held against it, both financed; at
the next trade date's mid and spot the position is closed::

    P&L = V' - V exp(r h) - delta (S' - S exp((r - q) h))

V, S are today's option and spot, primes the next trade date's, h the years between them, r and q
the zero rate and the implied dividend yield of the contract's own expiry: what the position earns
is then neither carry nor an overnight rate that the data do not have.

Deltas, with k = log(strike / forward), sigma(k) the model's smile at the contract's expiry and
Black's formula at sigma:

* ``sticky_strike``: Black's delta at the model's volatility; a strike keeps its volatility as the
  spot moves [1].
* ``sticky_moneyness``: ``Black's delta - vega sigma'(k) / S``; the smile moves with the spot. It is
  the delta of every model whose prices scale with spot and strike, Heston's and Bates's with their
  variance held among them [2, 3].

[1] Derman, E. (1999), Regimes of volatility, Risk 12(4), 55-59.
[2] Bates, D. S. (2005), Hedging the smirk, Finance Research Letters 2(4), 195-200.
[3] Alexander, C. and Nogueira, L. M. (2007), Model-free hedge ratios and scale-invariant models,
    J. Banking and Finance 31(6), 1839-1861.
[4] Hull, J. and White, A. (2017), Optimal delta hedging for options, J. Banking and Finance 82,
    180-190: the measure of gain.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from strikeproof import black_scholes
from wrds_pipeline.models import MODELS, Fit, Points

Array = NDArray[np.float64]

RULES = ("sticky_strike", "sticky_moneyness")

# Step in log-moneyness of the smile's slope, in deviations of the contract's return to expiry.
_STEP = 1e-3


@dataclass(frozen=True, slots=True)
class Held:
    """Contracts on the day on which they are hedged; columns of one length.

    Parameters
    ----------
    sign : array
        +1 for calls, -1 for puts.
    spot : array or float
    forward, strike, time_to_expiry, rate, mid : array
    """

    sign: Array
    spot: Array | float
    forward: Array
    strike: Array
    time_to_expiry: Array
    rate: Array
    mid: Array

    @property
    def dividend_yield(self) -> Array:
        """Implied by the forward, per year."""
        carry = np.log(self.forward / self.spot) / self.time_to_expiry
        return np.asarray(self.rate - carry)


def slope(fit: Fit, points: Points) -> Array:
    """Derivative of the model's volatility by log-moneyness at the quotes, by central difference.

    The step is a thousandth of the return's deviation to expiry: its error is of the order of
    1e-6 of the smile's third derivative in deviations.
    """
    model = MODELS[fit.model]
    step = _STEP * points.volatility * np.sqrt(points.time_to_expiry)
    above, below = (
        model.volatility(fit, points.moved(points.log_moneyness + shift), 0.0)
        for shift in (step, -step)
    )
    return np.asarray((above - below) / (2.0 * step))


def deltas(fit: Fit, points: Points, held: Held) -> dict[str, Array]:
    """Delta of each contract by each of `RULES`; NaN where the model gives no volatility.

    Parameters
    ----------
    fit : Fit
    points, held : Points, Held
        The same contracts, on the day of the fit.
    """
    volatility = MODELS[fit.model].volatility(fit, points, 0.0)
    known = np.isfinite(volatility)
    greeks = _greeks(held, np.where(known, volatility, 1.0))
    sticky_strike = np.where(known, greeks.delta, np.nan)
    moved = sticky_strike - greeks.vega * slope(fit, points) / held.spot
    return dict(zip(RULES, (sticky_strike, moved), strict=True))


def black_delta(held: Held, volatility: Array) -> Array:
    """Black's delta at the quotes' own volatilities: the practitioner's, and the yardstick [4]."""
    return np.asarray(_greeks(held, volatility).delta)


def _greeks(held: Held, volatility: Array) -> Any:
    return black_scholes.greeks(
        option_type=held.sign,
        spot=held.spot,
        strike=held.strike,
        time_to_expiry=held.time_to_expiry,
        rate=held.rate,
        dividend_yield=held.dividend_yield,
        volatility=volatility,
    )


def profit_and_loss(
    held: Held,
    delta: Array | float,
    *,
    next_mid: Array,
    next_spot: Array | float,
    elapsed: Array | float,
) -> Array:
    """What the hedged position earns until the next trade date, in currency of an option.

    Parameters
    ----------
    held : Held
    delta : array or float
        0 for the option alone, financed.
    next_mid : array
        Of the same contracts on the next trade date.
    next_spot : array or float
    elapsed : array or float
        Years between the dates.
    """
    option = next_mid - held.mid * np.exp(held.rate * elapsed)
    carried = held.spot * np.exp((held.rate - held.dividend_yield) * elapsed)
    return np.asarray(option - delta * (next_spot - carried))
