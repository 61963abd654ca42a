"""Options on several assets by QuantLib."""

from collections.abc import Sequence

import QuantLib as ql  # noqa: N813 - the name in QuantLib's own documents

from tasks.evidence.oracles import flat_market


def price(
    *,
    option_type: str,
    spots: Sequence[float],
    weights: Sequence[float],
    strike: float,
    time_to_expiry: float,
    rate: float,
    volatilities: Sequence[float],
    correlations: Sequence[Sequence[float]],
    dividend_yields: Sequence[float],
    accuracy: float = 12.0,
) -> float:
    """Value of a weighted basket by ChoiBasketEngine; `accuracy` is its lambda."""
    processes = [
        flat_market.process(spot=spot, rate=rate, dividend_yield=dividend, volatility=volatility)
        for spot, dividend, volatility in zip(spots, dividend_yields, volatilities, strict=True)
    ]
    matrix = ql.Matrix([[float(r) for r in row] for row in correlations])
    payoff = ql.AverageBasketPayoff(
        ql.PlainVanillaPayoff(flat_market.option_type(option_type), strike), list(weights)
    )
    option = ql.BasketOption(payoff, ql.EuropeanExercise(flat_market.expiry(time_to_expiry)))
    option.setPricingEngine(ql.ChoiBasketEngine(processes, matrix, accuracy))
    return float(option.NPV())
