"""Black's and Bachelier's formulas by QuantLib, at times that need not be whole days."""

from __future__ import annotations

import math
from collections.abc import Mapping

import QuantLib as ql  # noqa: N813 - the name in QuantLib's own documents

from tasks.evidence.oracles import flat_market


def _payoff(option_type: str, strike: float) -> ql.PlainVanillaPayoff:
    return ql.PlainVanillaPayoff(flat_market.option_type(option_type), strike)


def forward_values(
    *,
    option_type: str,
    forward: float,
    strike: float,
    time_to_expiry: float,
    rate: float,
    volatility: float,
) -> Mapping[str, float]:
    """BlackCalculator's value, delta and gamma by the forward, and vega."""
    deviation = volatility * math.sqrt(time_to_expiry)
    discount = math.exp(-rate * time_to_expiry)
    black = ql.BlackCalculator(_payoff(option_type, strike), forward, deviation, discount)
    return {
        "price": black.value(),
        "delta": black.deltaForward(),
        "gamma": black.gammaForward(),
        "vega": black.vega(time_to_expiry),
    }


def spot_values(
    *,
    option_type: str,
    spot: float,
    strike: float,
    time_to_expiry: float,
    rate: float,
    volatility: float,
    dividend_yield: float = 0.0,
) -> Mapping[str, float]:
    """BlackCalculator's value and Greeks by the spot; theta per year."""
    t = time_to_expiry
    discount = math.exp(-rate * t)
    forward = spot * math.exp(-dividend_yield * t) / discount
    payoff = _payoff(option_type, strike)
    black = ql.BlackCalculator(payoff, forward, volatility * math.sqrt(t), discount)
    return {
        "price": black.value(),
        "delta": black.delta(spot),
        "gamma": black.gamma(spot),
        "vega": black.vega(t),
        "theta": black.theta(spot, t),
        "rho": black.rho(t),
        "dividend_rho": black.dividendRho(t),
        "vanna": black.vanna(spot, t),
        "volga": black.volga(t),
    }


def price(
    *,
    option_type: str,
    spot: float,
    strike: float,
    time_to_expiry: float,
    rate: float,
    volatility: float,
    dividend_yield: float = 0.0,
) -> float:
    """European value by blackFormula."""
    discount = math.exp(-rate * time_to_expiry)
    forward = spot * math.exp(-dividend_yield * time_to_expiry) / discount
    deviation = volatility * math.sqrt(time_to_expiry)
    kind = flat_market.option_type(option_type)
    return float(ql.blackFormula(kind, strike, forward, deviation, discount))


def implied_volatility(
    *,
    option_type: str,
    price: float,
    spot: float,
    strike: float,
    time_to_expiry: float,
    rate: float,
    dividend_yield: float = 0.0,
) -> float:
    """Volatility by blackFormulaImpliedStdDev, its own first guess, to 1e-14."""
    discount = math.exp(-rate * time_to_expiry)
    forward = spot * math.exp(-dividend_yield * time_to_expiry) / discount
    deviation = ql.blackFormulaImpliedStdDev(
        flat_market.option_type(option_type),
        strike,
        forward,
        price,
        discount,
        0.0,
        ql.nullDouble(),
        1e-14,
        200,
    )
    return float(deviation) / math.sqrt(time_to_expiry)


def bachelier(
    *,
    option_type: str,
    forward: float,
    strike: float,
    time_to_expiry: float,
    rate: float,
    volatility: float,
) -> float:
    """Value by bachelierBlackFormula."""
    deviation = volatility * math.sqrt(time_to_expiry)
    kind = flat_market.option_type(option_type)
    discount = math.exp(-rate * time_to_expiry)
    return float(ql.bachelierBlackFormula(kind, strike, forward, deviation, discount))
