"""Single-barrier options by QuantLib."""

from typing import Any

import QuantLib as ql  # noqa: N813 - the name in QuantLib's own documents

from tasks.evidence.oracles import flat_market

_TYPES = {
    "down_out": ql.Barrier.DownOut,
    "down_in": ql.Barrier.DownIn,
    "up_out": ql.Barrier.UpOut,
    "up_in": ql.Barrier.UpIn,
}


def option(
    *,
    barrier_type: str,
    option_type: str,
    spot: float,
    strike: float,
    barrier: float,
    time_to_expiry: float,
    rate: float,
    volatility: float,
    dividend_yield: float = 0.0,
    rebate: float = 0.0,
) -> Any:
    """QuantLib's BarrierOption with AnalyticBarrierEngine set."""
    market = flat_market.process(
        spot=spot, rate=rate, dividend_yield=dividend_yield, volatility=volatility
    )
    payoff = ql.PlainVanillaPayoff(flat_market.option_type(option_type), strike)
    exercise = ql.EuropeanExercise(flat_market.expiry(time_to_expiry))
    found = ql.BarrierOption(_TYPES[barrier_type], barrier, rebate, payoff, exercise)
    found.setPricingEngine(ql.AnalyticBarrierEngine(market))
    return found


def price(**terms: Any) -> float:
    """Value by AnalyticBarrierEngine, arguments as `option`.

    It watches all the time, pays a knock-out's rebate at hit and a knock-in's at expiry; it throws
    for a barrier already reached.
    """
    return float(option(**terms).NPV())


_PARTS = {
    "until": ql.PartialBarrier.Start,
    "from_crossing": ql.PartialBarrier.EndB1,
    "from_beyond": ql.PartialBarrier.EndB2,
}


def partial_price(
    *,
    barrier_type: str,
    spot: float,
    strike: float,
    barrier: float,
    time_to_expiry: float,
    rate: float,
    volatility: float,
    watched: str,
    window_time: float,
    dividend_yield: float = 0.0,
) -> float:
    """Value of a call by AnalyticPartialTimeBarrierOptionEngine, which knows no puts.

    Its bivariate normal distribution has six digits, and it throws for type B2 with the strike
    above the barrier.
    """
    market = flat_market.process(
        spot=spot, rate=rate, dividend_yield=dividend_yield, volatility=volatility
    )
    payoff = ql.PlainVanillaPayoff(ql.Option.Call, strike)
    exercise = ql.EuropeanExercise(flat_market.expiry(time_to_expiry))
    found = ql.PartialTimeBarrierOption(
        _TYPES[barrier_type],
        _PARTS[watched],
        barrier,
        0.0,
        flat_market.expiry(window_time),
        payoff,
        exercise,
    )
    found.setPricingEngine(ql.AnalyticPartialTimeBarrierOptionEngine(market))
    return float(found.NPV())
