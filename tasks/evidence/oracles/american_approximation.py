"""Approximations to American options by QuantLib."""

from typing import Any

import QuantLib as ql  # noqa: N813 - the name in QuantLib's own documents

from tasks.evidence.oracles import flat_market

_ENGINES: dict[str, Any] = {
    "barone_adesi_whaley": ql.BaroneAdesiWhaleyApproximationEngine,
    "bjerksund_stensland": ql.BjerksundStenslandApproximationEngine,
    "ju_zhong": ql.JuQuadraticApproximationEngine,
    "qd_plus": ql.QdPlusAmericanEngine,
}


def price(
    *,
    option_type: str,
    spot: float,
    strike: float,
    time_to_expiry: float,
    rate: float,
    volatility: float,
    method: str,
    dividend_yield: float = 0.0,
) -> float:
    """Value by the engine of that name with its default settings.

    QuantLib's QD+ integrates the early-exercise premium along the boundary of Li (2010), where the
    paper, and `strikeproof`, use the boundary at today's time to expiry only: they differ by the
    approximation's own error.
    """
    market = flat_market.process(
        spot=spot, rate=rate, dividend_yield=dividend_yield, volatility=volatility
    )
    found = ql.VanillaOption(
        ql.PlainVanillaPayoff(flat_market.option_type(option_type), strike),
        ql.AmericanExercise(flat_market.TODAY, flat_market.expiry(time_to_expiry)),
    )
    found.setPricingEngine(_ENGINES[method](market))
    return float(found.NPV())


def accurate_price(
    *,
    option_type: str,
    spot: float,
    strike: float,
    time_to_expiry: float,
    rate: float,
    volatility: float,
    dividend_yield: float = 0.0,
) -> float:
    """American value by QdFpAmericanEngine, high-precision scheme: not an approximation."""
    market = flat_market.process(
        spot=spot, rate=rate, dividend_yield=dividend_yield, volatility=volatility
    )
    found = ql.VanillaOption(
        ql.PlainVanillaPayoff(flat_market.option_type(option_type), strike),
        ql.AmericanExercise(flat_market.TODAY, flat_market.expiry(time_to_expiry)),
    )
    scheme = ql.QdFpAmericanEngine.highPrecisionScheme()
    found.setPricingEngine(ql.QdFpAmericanEngine(market, scheme))
    return float(found.NPV())
