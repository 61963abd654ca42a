"""Options on the maximum or minimum of two assets by QuantLib."""

import QuantLib as ql  # noqa: N813 - the name in QuantLib's own documents

from tasks.evidence.oracles import flat_market

_PAYOFFS = {"maximum": ql.MaxBasketPayoff, "minimum": ql.MinBasketPayoff}


def price(
    *,
    option_type: str,
    extreme: str,
    strike: float,
    spot1: float,
    spot2: float,
    time_to_expiry: float,
    rate: float,
    volatility1: float,
    volatility2: float,
    correlation: float,
    dividend_yield1: float = 0.0,
    dividend_yield2: float = 0.0,
) -> float:
    """Value by StulzEngine, whose bivariate normal distribution is good to some 1e-15."""
    first = flat_market.process(
        spot=spot1, rate=rate, dividend_yield=dividend_yield1, volatility=volatility1
    )
    second = flat_market.process(
        spot=spot2, rate=rate, dividend_yield=dividend_yield2, volatility=volatility2
    )
    payoff = _PAYOFFS[extreme](ql.PlainVanillaPayoff(flat_market.option_type(option_type), strike))
    option = ql.BasketOption(payoff, ql.EuropeanExercise(flat_market.expiry(time_to_expiry)))
    option.setPricingEngine(ql.StulzEngine(first, second, correlation))
    return float(option.NPV())
