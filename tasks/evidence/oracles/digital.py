"""Digital and touch options by QuantLib."""

from typing import Any

import QuantLib as ql  # noqa: N813 - the name in QuantLib's own documents

from tasks.evidence.oracles import flat_market


def price(
    *,
    payoff: str,
    option_type: str,
    spot: float,
    strike: float,
    time_to_expiry: float,
    rate: float,
    volatility: float,
    dividend_yield: float = 0.0,
    cash: float = 1.0,
    payment_strike: float = 0.0,
) -> float:
    """Value of a European digital by AnalyticEuropeanEngine."""
    kind = flat_market.option_type(option_type)
    paid = {
        "cash": lambda: ql.CashOrNothingPayoff(kind, strike, cash),
        "asset": lambda: ql.AssetOrNothingPayoff(kind, strike),
        "gap": lambda: ql.GapPayoff(kind, strike, payment_strike),
    }[payoff]()
    market = flat_market.process(
        spot=spot, rate=rate, dividend_yield=dividend_yield, volatility=volatility
    )
    found = ql.VanillaOption(paid, ql.EuropeanExercise(flat_market.expiry(time_to_expiry)))
    found.setPricingEngine(ql.AnalyticEuropeanEngine(market))
    return float(found.NPV())


def touch_option(
    *,
    touch_type: str,
    side: str,
    spot: float,
    barrier: float,
    time_to_expiry: float,
    rate: float,
    volatility: float,
    dividend_yield: float = 0.0,
    payoff: str = "cash",
    payment: str = "hit",
    cash: float = 1.0,
) -> Any:
    """QuantLib's American digital with AnalyticDigitalAmericanEngine, or its KO engine, set."""
    kind = flat_market.option_type("call" if side == "up" else "put")
    paid = (
        ql.CashOrNothingPayoff(kind, barrier, cash)
        if payoff == "cash"
        else ql.AssetOrNothingPayoff(kind, barrier)
    )
    market = flat_market.process(
        spot=spot, rate=rate, dividend_yield=dividend_yield, volatility=volatility
    )
    no_touch = touch_type == "no_touch"
    at_expiry = no_touch or payment == "expiry"
    end = flat_market.expiry(time_to_expiry)
    exercise = ql.AmericanExercise(flat_market.TODAY, end, at_expiry)
    found = ql.VanillaOption(paid, exercise)
    engine = ql.AnalyticDigitalAmericanKOEngine if no_touch else ql.AnalyticDigitalAmericanEngine
    found.setPricingEngine(engine(market))
    return found


def touch_price(**terms: Any) -> float:
    """Value by the engine that `touch_option` sets, arguments as there."""
    return float(touch_option(**terms).NPV())
