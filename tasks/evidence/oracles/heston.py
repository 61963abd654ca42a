"""European options under Heston's model by QuantLib, one or a surface, and its calibration."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import QuantLib as ql  # noqa: N813 - the name in QuantLib's own documents
from numpy.typing import NDArray

from tasks.evidence.oracles import flat_market

ENGINES = ("ExponentialFittingHestonEngine", "AnalyticHestonEngine", "COSHestonEngine")
ERRORS = ("volatility", "relative price")


def _model(
    *,
    spot: float,
    rate: float,
    initial_variance: float,
    long_run_variance: float,
    mean_reversion: float,
    volatility_of_variance: float,
    correlation: float,
    dividend_yield: float = 0.0,
) -> ql.HestonModel:
    flat = flat_market.process(spot=spot, rate=rate, dividend_yield=dividend_yield, volatility=0.2)
    return ql.HestonModel(
        ql.HestonProcess(
            flat.riskFreeRate(),
            flat.dividendYield(),
            flat.stateVariable(),
            initial_variance,
            mean_reversion,
            long_run_variance,
            volatility_of_variance,
            correlation,
        )
    )


def _option(option_type: str, strike: float, time_to_expiry: float) -> ql.VanillaOption:
    payoff = ql.PlainVanillaPayoff(flat_market.option_type(option_type), strike)
    return ql.VanillaOption(payoff, ql.EuropeanExercise(flat_market.expiry(time_to_expiry)))


def price(*, option_type: str, strike: float, time_to_expiry: float, **market: float) -> float:
    """Value by AnalyticHestonEngine, adaptive Gauss-Lobatto to a relative tolerance of 1e-12."""
    option = _option(option_type, strike, time_to_expiry)
    option.setPricingEngine(ql.AnalyticHestonEngine(_model(**market), 1e-12, 100_000))
    return float(option.NPV())


# engine and setting -> what is made of a model; settings from cheap to dear
_SETTINGS: dict[str, tuple[tuple[int, ...], Callable[[ql.HestonModel, int], ql.PricingEngine]]] = {
    "ExponentialFittingHestonEngine": ((0,), lambda m, _: ql.ExponentialFittingHestonEngine(m)),
    "AnalyticHestonEngine, Laguerre": (
        (32, 64, 128, 192),
        lambda m, order: ql.AnalyticHestonEngine(m, order),
    ),
    "AnalyticHestonEngine, Lobatto": (
        (4, 8, 12),
        lambda m, digits: ql.AnalyticHestonEngine(m, 10.0**-digits, 100_000),
    ),
    "COSHestonEngine": ((50, 100, 200, 400), lambda m, terms: ql.COSHestonEngine(m, 16.0, terms)),
}
METHODS = tuple((name, setting) for name, (found, _) in _SETTINGS.items() for setting in found)


class Surface:
    """Calls on a forward of 1 by one of `ENGINES` with its defaults, or by one of `METHODS`."""

    def __init__(
        self,
        engine: str,
        model: Mapping[str, float],
        strike: Sequence[float],
        time_to_expiry: Sequence[float],
        setting: int | None = None,
    ) -> None:
        # the engine holds the model: no second one is made for each option
        made = _model(spot=1.0, rate=0.0, **model)
        if setting is None:
            self._engine = getattr(ql, engine)(made)
        else:
            self._engine = _SETTINGS[engine][1](made, setting)
        self._options = []
        for k, t in zip(strike, time_to_expiry, strict=True):
            option = _option("call", float(k), float(t))
            option.setPricingEngine(self._engine)
            self._options.append(option)

    def prices(self) -> list[float]:
        """All calls, computed anew; NaN where QuantLib throws."""
        return [_recalculated(option) for option in self._options]


def _recalculated(option: ql.VanillaOption) -> float:
    try:
        option.recalculate()
        return float(option.NPV())
    except RuntimeError:
        return float("nan")


def calibrate(
    quotes: Mapping[str, NDArray[np.float64]], start: Mapping[str, float], errors: str
) -> tuple[dict[str, float], float]:
    """Fit by HestonModel.calibrate with LevenbergMarquardt, and the seconds that it alone took.

    `quotes` has strike, time_to_expiry and volatility for a spot of 100 without rates; the errors
    are those of implied volatility, or of prices relative to the market's, QuantLib's default.

    Raises
    ------
    RuntimeError
        QuantLib throws.
    """
    model = _model(spot=100.0, rate=0.0, **start)
    engine = ql.AnalyticHestonEngine(model)
    curve = model.process().riskFreeRate()
    kind = {
        "volatility": ql.BlackCalibrationHelper.ImpliedVolError,
        "relative price": ql.BlackCalibrationHelper.RelativePriceError,
    }[errors]
    helpers: list[Any] = []
    rows = zip(quotes["strike"], quotes["time_to_expiry"], quotes["volatility"], strict=True)
    for strike, expiry, volatility in rows:
        days = ql.Period(round(expiry * flat_market.DAYS_IN_YEAR), ql.Days)
        quote = ql.QuoteHandle(ql.SimpleQuote(float(volatility)))
        helper = ql.HestonModelHelper(
            days, ql.NullCalendar(), 100.0, float(strike), quote, curve, curve, kind
        )
        helper.setPricingEngine(engine)
        helpers.append(helper)
    begun = time.perf_counter()
    ends = ql.EndCriteria(500, 50, 1e-8, 1e-8, 1e-8)
    model.calibrate(helpers, ql.LevenbergMarquardt(1e-8, 1e-8, 1e-8), ends)
    seconds = time.perf_counter() - begun
    found = {
        "initial_variance": model.v0(),
        "long_run_variance": model.theta(),
        "mean_reversion": model.kappa(),
        "volatility_of_variance": model.sigma(),
        "correlation": model.rho(),
    }
    return {name: float(value) for name, value in found.items()}, seconds
