"""Asian options by QuantLib."""

import QuantLib as ql  # noqa: N813 - the name in QuantLib's own documents

from tasks.evidence.oracles import flat_market


def geometric_continuous(
    *,
    option_type: str,
    spot: float,
    strike: float,
    time_to_expiry: float,
    rate: float,
    volatility: float,
    dividend_yield: float = 0.0,
) -> float:
    """Continuous geometric average price by AnalyticContinuousGeometricAveragePriceAsianEngine."""
    market = flat_market.process(
        spot=spot, rate=rate, dividend_yield=dividend_yield, volatility=volatility
    )
    option = ql.ContinuousAveragingAsianOption(
        ql.Average().Geometric,
        ql.PlainVanillaPayoff(flat_market.option_type(option_type), strike),
        ql.EuropeanExercise(flat_market.expiry(time_to_expiry)),
    )
    option.setPricingEngine(ql.AnalyticContinuousGeometricAveragePriceAsianEngine(market))
    return float(option.NPV())


def _discrete(
    kind: int,
    option_type: str,
    strike: float,
    time_to_expiry: float,
    fixings: int,
    engine: ql.PricingEngine,
) -> float:
    """Fixings at equal numbers of days, the last at expiry."""
    dates = [flat_market.expiry(time_to_expiry * k / fixings) for k in range(1, fixings + 1)]
    option = ql.DiscreteAveragingAsianOption(
        kind,
        0.0 if kind == ql.Average().Arithmetic else 1.0,
        0,
        dates,
        ql.PlainVanillaPayoff(flat_market.option_type(option_type), strike),
        ql.EuropeanExercise(flat_market.expiry(time_to_expiry)),
    )
    option.setPricingEngine(engine)
    return float(option.NPV())


def geometric_discrete(
    *,
    option_type: str,
    spot: float,
    strike: float,
    time_to_expiry: float,
    rate: float,
    volatility: float,
    dividend_yield: float = 0.0,
    fixings: int = 12,
) -> float:
    """Geometric average of fixings by AnalyticDiscreteGeometricAveragePriceAsianEngine."""
    market = flat_market.process(
        spot=spot, rate=rate, dividend_yield=dividend_yield, volatility=volatility
    )
    engine = ql.AnalyticDiscreteGeometricAveragePriceAsianEngine(market)
    return _discrete(ql.Average().Geometric, option_type, strike, time_to_expiry, fixings, engine)


def arithmetic_lognormal(
    *,
    option_type: str,
    spot: float,
    strike: float,
    time_to_expiry: float,
    rate: float,
    volatility: float,
    dividend_yield: float = 0.0,
    fixings: int = 12,
) -> float:
    """Arithmetic average of fixings by two moments, TurnbullWakemanAsianEngine."""
    market = flat_market.process(
        spot=spot, rate=rate, dividend_yield=dividend_yield, volatility=volatility
    )
    engine = ql.TurnbullWakemanAsianEngine(market)
    return _discrete(ql.Average().Arithmetic, option_type, strike, time_to_expiry, fixings, engine)


def arithmetic_finite_differences(
    *,
    option_type: str,
    spot: float,
    strike: float,
    time_to_expiry: float,
    rate: float,
    volatility: float,
    dividend_yield: float = 0.0,
    fixings: int = 12,
    points: int = 100,
) -> float:
    """Arithmetic average of fixings by FdBlackScholesAsianEngine."""
    market = flat_market.process(
        spot=spot, rate=rate, dividend_yield=dividend_yield, volatility=volatility
    )
    engine = ql.FdBlackScholesAsianEngine(market, 2 * points, 2 * points, points)
    return _discrete(ql.Average().Arithmetic, option_type, strike, time_to_expiry, fixings, engine)
