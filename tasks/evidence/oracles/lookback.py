"""Lookback options by QuantLib."""

import QuantLib as ql  # noqa: N813 - the name in QuantLib's own documents

from tasks.evidence.oracles import flat_market


def price(
    *,
    kind: str,
    option_type: str,
    spot: float,
    time_to_expiry: float,
    rate: float,
    volatility: float,
    extremum: float,
    strike: float = 0.0,
    dividend_yield: float = 0.0,
    window_start: float = 0.0,
    window_end: float = 0.0,
) -> float:
    """Value by QuantLib's analytic engines of floating, fixed and partial-window lookbacks."""
    market = flat_market.process(
        spot=spot, rate=rate, dividend_yield=dividend_yield, volatility=volatility
    )
    exercise = ql.EuropeanExercise(flat_market.expiry(time_to_expiry))
    word = flat_market.option_type(option_type)
    if kind == "floating_strike" and window_end > 0.0:
        payoff = ql.FloatingTypePayoff(word)
        end = flat_market.expiry(window_end)
        option = ql.ContinuousPartialFloatingLookbackOption(extremum, 1.0, end, payoff, exercise)
        option.setPricingEngine(ql.AnalyticContinuousPartialFloatingLookbackEngine(market))
    elif kind == "floating_strike":
        payoff = ql.FloatingTypePayoff(word)
        option = ql.ContinuousFloatingLookbackOption(extremum, payoff, exercise)
        option.setPricingEngine(ql.AnalyticContinuousFloatingLookbackEngine(market))
    elif window_start == 0.0:
        payoff = ql.PlainVanillaPayoff(word, strike)
        option = ql.ContinuousFixedLookbackOption(extremum, payoff, exercise)
        option.setPricingEngine(ql.AnalyticContinuousFixedLookbackEngine(market))
    else:
        payoff = ql.PlainVanillaPayoff(word, strike)
        start = flat_market.expiry(window_start)
        option = ql.ContinuousPartialFixedLookbackOption(start, payoff, exercise)
        option.setPricingEngine(ql.AnalyticContinuousPartialFixedLookbackEngine(market))
    return float(option.NPV())
