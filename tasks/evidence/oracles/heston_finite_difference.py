"""Options under Heston's model on QuantLib's grid: American exercise and barriers."""

from typing import Any

import QuantLib as ql  # noqa: N813 - the name in QuantLib's own documents

from tasks.evidence.oracles import flat_market


def option(
    *,
    option_type: str,
    spot: float,
    strike: float,
    time_to_expiry: float,
    rate: float,
    initial_variance: float,
    long_run_variance: float,
    mean_reversion: float,
    volatility_of_variance: float,
    correlation: float,
    dividend_yield: float = 0.0,
    exercise: str = "american",
    lower_barrier: float | None = None,
    upper_barrier: float | None = None,
    rebate: float = 0.0,
    spot_points: int = 400,
    variance_points: int = 100,
    time_steps: int = 400,
    damping_steps: int = 2,
) -> Any:
    """QuantLib's option, American or with one barrier, with FdHeston...Engine (MCS) set.

    Its barrier engine takes European exercise alone and pays the rebate at hit.
    """
    flat = flat_market.process(spot=spot, rate=rate, dividend_yield=dividend_yield, volatility=0.2)
    process = ql.HestonProcess(
        flat.riskFreeRate(),
        flat.dividendYield(),
        flat.stateVariable(),
        initial_variance,
        mean_reversion,
        long_run_variance,
        volatility_of_variance,
        correlation,
    )
    model = ql.HestonModel(process)
    grid = (time_steps, spot_points, variance_points, damping_steps)
    scheme = ql.FdmSchemeDesc.ModifiedCraigSneyd()
    payoff = ql.PlainVanillaPayoff(flat_market.option_type(option_type), strike)
    last = flat_market.expiry(time_to_expiry)
    if lower_barrier is None and upper_barrier is None:
        today = flat_market.expiry(0.0)
        right = (
            ql.AmericanExercise(today, last)
            if exercise == "american"
            else ql.EuropeanExercise(last)
        )
        found = ql.VanillaOption(payoff, right)
        found.setPricingEngine(ql.FdHestonVanillaEngine(model, *grid, scheme))
        return found
    kind = ql.Barrier.UpOut if lower_barrier is None else ql.Barrier.DownOut
    level = upper_barrier if lower_barrier is None else lower_barrier
    found = ql.BarrierOption(kind, level, rebate, payoff, ql.EuropeanExercise(last))
    found.setPricingEngine(ql.FdHestonBarrierEngine(model, *grid, scheme))
    return found


def price(**terms: Any) -> float:
    """Value by FdHestonVanillaEngine or FdHestonBarrierEngine; arguments as `option`."""
    return float(option(**terms).NPV())
