"""European options under Bates's model by QuantLib."""

import QuantLib as ql  # noqa: N813 - the name in QuantLib's own documents

from tasks.evidence.oracles import flat_market


def price(
    *,
    option_type: str,
    spot: float,
    strike: float,
    time_to_expiry: float,
    rate: float,
    initial_variance: float,
    long_run_variance: float,
    mean_reversion: float,
    volatility_of_variance: float,
    correlation: float,
    jump_intensity: float,
    jump_mean: float,
    jump_volatility: float,
    dividend_yield: float = 0.0,
) -> float:
    """Value by BatesEngine, adaptive Gauss-Lobatto to a relative tolerance of 1e-12."""
    flat = flat_market.process(spot=spot, rate=rate, dividend_yield=dividend_yield, volatility=0.2)
    process = ql.BatesProcess(
        flat.riskFreeRate(),
        flat.dividendYield(),
        flat.stateVariable(),
        initial_variance,
        mean_reversion,
        long_run_variance,
        volatility_of_variance,
        correlation,
        jump_intensity,
        jump_mean,
        jump_volatility,
    )
    payoff = ql.PlainVanillaPayoff(flat_market.option_type(option_type), strike)
    option = ql.VanillaOption(payoff, ql.EuropeanExercise(flat_market.expiry(time_to_expiry)))
    option.setPricingEngine(ql.BatesEngine(ql.BatesModel(process), 1e-12, 100_000))
    return float(option.NPV())
