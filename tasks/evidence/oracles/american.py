"""American options by QuantLib's collocation engine, trees, grids and approximations."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import QuantLib as ql  # noqa: N813 - the name in QuantLib's own documents

from tasks.evidence.oracles import flat_market


def price(
    *,
    option_type: str,
    spot: float,
    strike: float,
    time_to_expiry: float,
    rate: float,
    volatility: float,
    dividend_yield: float = 0.0,
    scheme: str = "high_precision",
) -> float:
    """Value by QdFpAmericanEngine: its fast, accurate or high-precision scheme."""
    market = flat_market.process(
        spot=spot, rate=rate, dividend_yield=dividend_yield, volatility=volatility
    )
    schemes = {
        "fast": ql.QdFpAmericanEngine.fastScheme,
        "accurate": ql.QdFpAmericanEngine.accurateScheme,
        "high_precision": ql.QdFpAmericanEngine.highPrecisionScheme,
    }
    return _value(
        option_type, strike, time_to_expiry, ql.QdFpAmericanEngine(market, schemes[scheme]())
    )


def tree_price(
    *,
    option_type: str,
    spot: float,
    strike: float,
    time_to_expiry: float,
    rate: float,
    volatility: float,
    dividend_yield: float = 0.0,
    steps: int = 2001,
) -> float:
    """Value by BinomialVanillaEngine's Leisen-Reimer tree."""
    market = flat_market.process(
        spot=spot, rate=rate, dividend_yield=dividend_yield, volatility=volatility
    )
    engine = ql.BinomialVanillaEngine(market, "lr", steps)
    return _value(option_type, strike, time_to_expiry, engine)


# method -> settings from cheap to dear, and the engine of a process and a setting
_ENGINES: dict[
    str,
    tuple[
        tuple[int, ...],
        Callable[[ql.BlackScholesMertonProcess, int], ql.PricingEngine],
    ],
] = {
    "Barone-Adesi Whaley": ((0,), lambda p, _: ql.BaroneAdesiWhaleyApproximationEngine(p)),
    "Bjerksund-Stensland": ((0,), lambda p, _: ql.BjerksundStenslandApproximationEngine(p)),
    "Ju quadratic": ((0,), lambda p, _: ql.JuQuadraticApproximationEngine(p)),
    "QdFp": (
        (1, 2, 3),
        lambda p, setting: ql.QdFpAmericanEngine(
            p,
            (
                ql.QdFpAmericanEngine.fastScheme,
                ql.QdFpAmericanEngine.accurateScheme,
                ql.QdFpAmericanEngine.highPrecisionScheme,
            )[setting - 1](),
        ),
    ),
    "CRR tree": ((101, 401, 1601), lambda p, n: ql.BinomialCRRVanillaEngine(p, n)),
    "Leisen-Reimer tree": ((51, 201, 801), lambda p, n: ql.BinomialLRVanillaEngine(p, n)),
    "finite differences": (
        (50, 100, 200, 400),
        lambda p, n: ql.FdBlackScholesVanillaEngine(p, n, 2 * n),
    ),
}
METHODS = tuple((name, setting) for name, (settings, _) in _ENGINES.items() for setting in settings)


class Batch:
    """American options, built beforehand, by one of `METHODS`."""

    def __init__(self, contracts: Sequence[Mapping[str, float]], method: str, setting: int) -> None:
        make = _ENGINES[method][1]
        self._options = [_option(row, lambda p: make(p, setting)) for row in contracts]

    def prices(self) -> list[float]:
        """All options, computed anew; NaN where QuantLib throws."""
        return [_recalculated(option) for option in self._options]


def reference(contracts: Sequence[Mapping[str, float]]) -> list[float]:
    """The collocation by tanh-sinh quadrature beyond its finest scheme: to about 3e-9."""
    scheme = ql.QdFpTanhSinhIterationScheme(30, 60, 1e-14)
    options = [_option(row, lambda p: ql.QdFpAmericanEngine(p, scheme)) for row in contracts]
    return [float(option.NPV()) for option in options]


def _option(
    terms: Mapping[str, float], engine: Callable[[ql.BlackScholesMertonProcess], ql.PricingEngine]
) -> ql.VanillaOption:
    """A put."""
    market = flat_market.process(
        spot=terms["spot"],
        rate=terms["rate"],
        dividend_yield=terms["dividend_yield"],
        volatility=terms["volatility"],
    )
    payoff = ql.PlainVanillaPayoff(flat_market.option_type("put"), terms["strike"])
    exercise = ql.AmericanExercise(flat_market.TODAY, flat_market.expiry(terms["time_to_expiry"]))
    option = ql.VanillaOption(payoff, exercise)
    option.setPricingEngine(engine(market))
    return option


def _recalculated(option: ql.VanillaOption) -> float:
    try:
        option.recalculate()
        return float(option.NPV())
    except RuntimeError:
        return float("nan")


def _value(
    option_type: str, strike: float, time_to_expiry: float, engine: ql.PricingEngine
) -> float:
    exercise = ql.AmericanExercise(flat_market.TODAY, flat_market.expiry(time_to_expiry))
    payoff = ql.PlainVanillaPayoff(flat_market.option_type(option_type), strike)
    option = ql.VanillaOption(payoff, exercise)
    option.setPricingEngine(engine)
    return float(option.NPV())
