"""Delta-hedged profit and loss of one contract over one day, under each model's delta.

One option is bought at its mid, ``-delta`` of the underlying held against it, both financed; at
the next trade date's mid and spot the position is closed::

    P&L = V' - V exp(r h) - delta (S' + D - S exp((r - q) h))

V, S are today's option and spot, primes the next trade date's, h the years between them, r the zero
rate of the contract's own expiry: what the position earns is then not an overnight rate that the
data do not have. Of European options q is the implied dividend yield of that expiry and D is 0. Of
American ones q is 0 and D is the cash of the dividends that went ex in between, at r from their
ex-dates on, since whoever is short of the stock pays them.

Deltas, with k = log(strike / forward), sigma(k) the model's smile at the contract's expiry and
the price at sigma, Black's or with the right of early exercise (`wrds_pipeline.valuation`):

* ``sticky_strike``: the price's delta at the model's volatility; a strike keeps its volatility as
  the spot moves [1].
* ``sticky_moneyness``: ``delta - vega sigma'(k) / X``; the smile moves with the forward, and the
  forward in proportion to X, the spot less its cash dividends up to expiry (the spot itself of
  European options). It is the delta of every model whose prices scale with spot and strike,
  Heston's and Bates's with their variance held among them [2, 3].

[1] Derman, E. (1999), Regimes of volatility, Risk 12(4), 55-59.
[2] Bates, D. S. (2005), Hedging the smirk, Finance Research Letters 2(4), 195-200.
[3] Alexander, C. and Nogueira, L. M. (2007), Model-free hedge ratios and scale-invariant models,
    J. Banking and Finance 31(6), 1839-1861.
[4] Hull, J. and White, A. (2017), Optimal delta hedging for options, J. Banking and Finance 82,
    180-190: the measure of gain.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wrds_pipeline.models import MODELS, Fit, Points
from wrds_pipeline.valuation import Contracts

Array = NDArray[np.float64]

RULES = ("sticky_strike", "sticky_moneyness")

# Step in log-moneyness of the smile's slope, in deviations of the contract's return to expiry.
_STEP = 1e-3


@dataclass(frozen=True, slots=True)
class Held:
    """What the accounts need of contracts on the day on which they are hedged.

    Parameters
    ----------
    spot : array or float
    rate, dividend_yield, mid : array
        Of one length; the yield is 0 where dividends are cash.
    """

    spot: Array | float
    rate: Array
    dividend_yield: Array
    mid: Array


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


def deltas(fit: Fit, points: Points, contracts: Contracts) -> dict[str, Array]:
    """Delta of each contract by each of `RULES`; NaN where the model gives no volatility.

    Parameters
    ----------
    fit : Fit
    points, contracts : Points, Contracts
        The same contracts, on the day of the fit.
    """
    found = contracts.sensitivities(MODELS[fit.model].volatility(fit, points, 0.0))
    moved = found.delta - found.vega * slope(fit, points) / contracts.stripped_spot
    return dict(zip(RULES, (found.delta, moved), strict=True))


def own_delta(contracts: Contracts, volatility: Array) -> Array:
    """Delta at the quotes' own volatilities: the practitioner's, and the yardstick [4]."""
    return contracts.sensitivities(volatility).delta


def profit_and_loss(
    held: Held,
    delta: Array | float,
    *,
    next_mid: Array,
    next_spot: Array | float,
    elapsed: Array | float,
    paid: Array | float = 0.0,
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
    paid : array or float
        Cash dividends of a share in between, with interest.
    """
    option = next_mid - held.mid * np.exp(held.rate * elapsed)
    carried = held.spot * np.exp((held.rate - held.dividend_yield) * elapsed)
    return np.asarray(option - delta * (next_spot + paid - carried))
