"""European options under the variance gamma model by QuantLib."""

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
    drift: float,
    variance_rate: float,
    dividend_yield: float = 0.0,
) -> float:
    """Value by VarianceGammaEngine: Black-Scholes values integrated over the gamma time."""
    flat = flat_market.process(spot=spot, rate=rate, dividend_yield=dividend_yield, volatility=0.2)
    process = ql.VarianceGammaProcess(
        flat.stateVariable(),
        flat.dividendYield(),
        flat.riskFreeRate(),
        volatility,
        variance_rate,
        drift,
    )
    payoff = ql.PlainVanillaPayoff(flat_market.option_type(option_type), strike)
    option = ql.VanillaOption(payoff, ql.EuropeanExercise(flat_market.expiry(time_to_expiry)))
    option.setPricingEngine(ql.VarianceGammaEngine(process))
    return float(option.NPV())
