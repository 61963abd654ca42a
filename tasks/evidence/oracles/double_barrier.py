"""Double-barrier options by QuantLib."""

import math
from typing import Any

import QuantLib as ql  # noqa: N813 - the name in QuantLib's own documents

from tasks.evidence.oracles import flat_market

_TYPES = {"out": ql.DoubleBarrier.KnockOut, "in": ql.DoubleBarrier.KnockIn}


def option(
    *,
    barrier_type: str,
    option_type: str,
    spot: float,
    strike: float,
    lower_barrier: float,
    upper_barrier: float,
    time_to_expiry: float,
    rate: float,
    volatility: float,
    dividend_yield: float = 0.0,
    terms: int | None = None,
) -> Any:
    """QuantLib's DoubleBarrierOption with AnalyticDoubleBarrierEngine set, no rebate.

    `terms` is how far its series goes on either side. Its own default of 5 is too short for
    barriers near each other, many terms overflow in its powers for barriers far apart: what is
    needed grows with the walk's deviation in units of their distance. It prices strikes between
    the barriers only: beyond them its value is that of another payoff.
    """
    if terms is None:
        distance = math.log(upper_barrier / lower_barrier)
        terms = 3 + math.ceil(7.0 * volatility * math.sqrt(time_to_expiry) / distance)
    market = flat_market.process(
        spot=spot, rate=rate, dividend_yield=dividend_yield, volatility=volatility
    )
    payoff = ql.PlainVanillaPayoff(flat_market.option_type(option_type), strike)
    exercise = ql.EuropeanExercise(flat_market.expiry(time_to_expiry))
    found = ql.DoubleBarrierOption(
        _TYPES[barrier_type], lower_barrier, upper_barrier, 0.0, payoff, exercise
    )
    found.setPricingEngine(ql.AnalyticDoubleBarrierEngine(market, terms))
    return found


def price(**terms: Any) -> float:
    """Value by AnalyticDoubleBarrierEngine, arguments as `option`."""
    return float(option(**terms).NPV())


def touch_price(
    *,
    touch_type: str,
    spot: float,
    lower_barrier: float,
    upper_barrier: float,
    time_to_expiry: float,
    rate: float,
    volatility: float,
    dividend_yield: float = 0.0,
    cash: float = 1.0,
) -> float:
    """Value of a double touch paying cash at expiry by AnalyticDoubleBarrierBinaryEngine."""
    market = flat_market.process(
        spot=spot, rate=rate, dividend_yield=dividend_yield, volatility=volatility
    )
    kind = ql.DoubleBarrier.KnockOut if touch_type == "no_touch" else ql.DoubleBarrier.KnockIn
    payoff = ql.CashOrNothingPayoff(ql.Option.Call, 0.0, cash)
    exercise = ql.EuropeanExercise(flat_market.expiry(time_to_expiry))
    found = ql.DoubleBarrierOption(kind, lower_barrier, upper_barrier, 0.0, payoff, exercise)
    found.setPricingEngine(ql.AnalyticDoubleBarrierBinaryEngine(market))
    return float(found.NPV())
