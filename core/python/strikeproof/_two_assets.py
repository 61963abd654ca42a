"""What the engines on two assets share: their Greeks and the ranges of their arguments."""

from __future__ import annotations

from typing import Any, NamedTuple

from strikeproof._status import CORRELATION, NONNEGATIVE

MARKET_RULES = {
    **dict.fromkeys(
        ("spot1", "spot2", "volatility1", "volatility2", "time_to_expiry"), NONNEGATIVE
    ),
    "correlation": CORRELATION,
}


class TwoAssetGreeks(NamedTuple):
    """Price and raw derivatives, each a float or an array of the broadcast shape.

    Vegas are per 1.00 of volatility, correlation_sensitivity per 1.00 of correlation, rho per 1.00
    of rate, theta per year of calendar time.
    """

    price: Any
    delta1: Any
    delta2: Any
    gamma1: Any
    gamma2: Any
    cross_gamma: Any
    vega1: Any
    vega2: Any
    correlation_sensitivity: Any
    theta: Any
    rho: Any
