"""Exchange options by QuantLib."""

import QuantLib as ql  # noqa: N813 - the name in QuantLib's own documents

from tasks.evidence.oracles import flat_market


def price(
    *,
    spot1: float,
    spot2: float,
    time_to_expiry: float,
    rate: float,
    volatility1: float,
    volatility2: float,
    correlation: float,
    dividend_yield1: float = 0.0,
    dividend_yield2: float = 0.0,
    quantity1: int = 1,
    quantity2: int = 1,
) -> float:
    """Value by AnalyticEuropeanMargrabeEngine; quantities are whole numbers there."""
    first = flat_market.process(
        spot=spot1, rate=rate, dividend_yield=dividend_yield1, volatility=volatility1
    )
    second = flat_market.process(
        spot=spot2, rate=rate, dividend_yield=dividend_yield2, volatility=volatility2
    )
    exercise = ql.EuropeanExercise(flat_market.expiry(time_to_expiry))
    option = ql.MargrabeOption(quantity1, quantity2, exercise)
    option.setPricingEngine(ql.AnalyticEuropeanMargrabeEngine(first, second, correlation))
    return float(option.NPV())
