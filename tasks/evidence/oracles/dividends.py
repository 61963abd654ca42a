"""Options on a stock with cash dividends by QuantLib."""

from collections.abc import Sequence

import QuantLib as ql  # noqa: N813 - the name in QuantLib's own documents

from tasks.evidence.oracles import finite_difference, flat_market


def price(
    *,
    option_type: str,
    spot: float,
    strike: float,
    time_to_expiry: float,
    rate: float,
    volatility: float,
    dividend_times: Sequence[float],
    dividend_amounts: Sequence[float],
    dividend_yield: float = 0.0,
    exercise: str = "european",
    dividend_model: str = "spot",
    time_steps: int = 400,
    spot_points: int = 400,
) -> float:
    """Value by CashDividendEuropeanEngine, or by the grid of `finite_difference.price` (American).

    European values are exact in the escrowed model and Healy's expansion, an approximation, in the
    spot model.
    """
    if exercise == "american":
        return finite_difference.price(
            option_type=option_type,
            spot=spot,
            strike=strike,
            time_to_expiry=time_to_expiry,
            rate=rate,
            volatility=volatility,
            dividend_yield=dividend_yield,
            dividend_times=dividend_times,
            dividend_amounts=dividend_amounts,
            dividend_model=dividend_model,
            time_steps=time_steps,
            spot_points=spot_points,
        )
    market = flat_market.process(
        spot=spot, rate=rate, dividend_yield=dividend_yield, volatility=volatility
    )
    found = ql.VanillaOption(
        ql.PlainVanillaPayoff(flat_market.option_type(option_type), strike),
        ql.EuropeanExercise(flat_market.expiry(time_to_expiry)),
    )
    dates = [flat_market.expiry(t) for t in dividend_times]
    kinds = ql.CashDividendEuropeanEngine
    model = {"spot": kinds.Spot, "escrowed": kinds.Escrowed}[dividend_model]
    paid = ql.DividendVector(dates, list(dividend_amounts))
    found.setPricingEngine(ql.CashDividendEuropeanEngine(market, paid, model))
    return float(found.NPV())
