"""Options on the spread of two assets by QuantLib."""

import QuantLib as ql  # noqa: N813 - the name in QuantLib's own documents

from tasks.evidence.oracles import flat_market

_ENGINES = {
    "kirk": ql.KirkEngine,
    "bjerksund_stensland": ql.BjerksundStenslandSpreadEngine,
    "pearson": ql.PearsonSpreadEngine,
}


def price(
    *,
    option_type: str,
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
    method: str = "pearson",
) -> float:
    """Value by KirkEngine, BjerksundStenslandSpreadEngine or PearsonSpreadEngine (defaults)."""
    first = flat_market.process(
        spot=spot1, rate=rate, dividend_yield=dividend_yield1, volatility=volatility1
    )
    second = flat_market.process(
        spot=spot2, rate=rate, dividend_yield=dividend_yield2, volatility=volatility2
    )
    payoff = ql.SpreadBasketPayoff(
        ql.PlainVanillaPayoff(flat_market.option_type(option_type), strike)
    )
    option = ql.BasketOption(payoff, ql.EuropeanExercise(flat_market.expiry(time_to_expiry)))
    option.setPricingEngine(_ENGINES[method](first, second, correlation))
    return float(option.NPV())
