"""European, American and Bermudan options with cash dividends on QuantLib's grid."""

from collections.abc import Sequence

import QuantLib as ql  # noqa: N813 - the name in QuantLib's own documents

from tasks.evidence.oracles import flat_market, lattice


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
    dividend_times: Sequence[float] = (),
    dividend_amounts: Sequence[float] = (),
    dividend_model: str = "spot",
    time_steps: int = 400,
    spot_points: int = 400,
) -> float:
    """Value by FdBlackScholesVanillaEngine, TR-BDF2, `dividend_model` "spot" or "escrowed"."""
    market = flat_market.process(
        spot=spot, rate=rate, dividend_yield=dividend_yield, volatility=volatility
    )
    found = ql.VanillaOption(
        ql.PlainVanillaPayoff(flat_market.option_type(option_type), strike),
        lattice.exercise_of(exercise, time_to_expiry, exercise_times),
    )
    dates = [flat_market.expiry(t) for t in dividend_times]
    model = {
        "spot": ql.FdBlackScholesVanillaEngine.Spot,
        "escrowed": ql.FdBlackScholesVanillaEngine.Escrowed,
    }[dividend_model]
    engine = ql.FdBlackScholesVanillaEngine(
        market,
        ql.DividendVector(dates, list(dividend_amounts)),
        time_steps,
        spot_points,
        0,
        ql.FdmSchemeDesc.TrBDF2(),
        False,
        -ql.nullDouble(),
        model,
    )
    found.setPricingEngine(engine)
    return float(found.NPV())
