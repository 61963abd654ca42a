"""European, American and Bermudan options on QuantLib's binomial tree."""

from collections.abc import Sequence

import QuantLib as ql  # noqa: N813 - the name in QuantLib's own documents

from tasks.evidence.oracles import flat_market


def exercise_of(kind: str, time_to_expiry: float, exercise_times: Sequence[float]) -> ql.Exercise:
    """QuantLib's exercise; Bermudan dates are whole days, expiry is added to them."""
    expiry = flat_market.expiry(time_to_expiry)
    if kind == "european":
        return ql.EuropeanExercise(expiry)
    if kind == "american":
        return ql.AmericanExercise(flat_market.TODAY, expiry)
    dates = [flat_market.expiry(t) for t in exercise_times if t < time_to_expiry]
    return ql.BermudanExercise([*dates, expiry])


def price(
    *,
    option_type: str,
    spot: float,
    strike: float,
    time_to_expiry: float,
    rate: float,
    volatility: float,
    dividend_yield: float = 0.0,
    exercise: str = "american",
    exercise_times: Sequence[float] = (),
    steps: int = 2001,
) -> float:
    """Value by BinomialVanillaEngine "lr" (Leisen-Reimer) with that many steps."""
    market = flat_market.process(
        spot=spot, rate=rate, dividend_yield=dividend_yield, volatility=volatility
    )
    found = ql.VanillaOption(
        ql.PlainVanillaPayoff(flat_market.option_type(option_type), strike),
        exercise_of(exercise, time_to_expiry, exercise_times),
    )
    found.setPricingEngine(ql.BinomialVanillaEngine(market, "lr", steps))
    return float(found.NPV())
