"""American options by QuantLib's collocation engine and its trees."""

import QuantLib as ql  # noqa: N813 - the name in QuantLib's own documents

from tasks.evidence.oracles import flat_market


def price(
    *,
    option_type: str,
    spot: float,
    strike: float,
    time_to_expiry: float,
    rate: float,
    volatility: float,
    dividend_yield: float = 0.0,
    scheme: str = "high_precision",
) -> float:
    """Value by QdFpAmericanEngine: its fast, accurate or high-precision scheme."""
    market = flat_market.process(
        spot=spot, rate=rate, dividend_yield=dividend_yield, volatility=volatility
    )
    schemes = {
        "fast": ql.QdFpAmericanEngine.fastScheme,
        "accurate": ql.QdFpAmericanEngine.accurateScheme,
        "high_precision": ql.QdFpAmericanEngine.highPrecisionScheme,
    }
    return _value(
        option_type, strike, time_to_expiry, ql.QdFpAmericanEngine(market, schemes[scheme]())
    )


def tree_price(
    *,
    option_type: str,
    spot: float,
    strike: float,
    time_to_expiry: float,
    rate: float,
    volatility: float,
    dividend_yield: float = 0.0,
    steps: int = 2001,
) -> float:
    """Value by BinomialVanillaEngine's Leisen-Reimer tree."""
    market = flat_market.process(
        spot=spot, rate=rate, dividend_yield=dividend_yield, volatility=volatility
    )
    engine = ql.BinomialVanillaEngine(market, "lr", steps)
    return _value(option_type, strike, time_to_expiry, engine)


def _value(
    option_type: str, strike: float, time_to_expiry: float, engine: ql.PricingEngine
) -> float:
    exercise = ql.AmericanExercise(flat_market.TODAY, flat_market.expiry(time_to_expiry))
    payoff = ql.PlainVanillaPayoff(flat_market.option_type(option_type), strike)
    option = ql.VanillaOption(payoff, exercise)
    option.setPricingEngine(engine)
    return float(option.NPV())
