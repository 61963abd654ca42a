"""Asian calls of fixings and down-and-out calls by every method that QuantLib has, built before."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import QuantLib as ql  # noqa: N813 - the name in QuantLib's own documents

from tasks.evidence.oracles import flat_market

FIXINGS = 4
_SEED = 42
_Engines = Mapping[str, tuple[tuple[int, ...], Callable[[Any, int], Any]]]

# product -> method -> settings from cheap to dear, and the engine of a process and a setting
_ENGINES: Mapping[str, _Engines] = {
    "asian": {
        "Turnbull-Wakeman": ((0,), lambda p, _: ql.TurnbullWakemanAsianEngine(p)),
        "Choi": ((4, 6, 8, 10), lambda p, n: ql.ChoiAsianEngine(p, float(n), 2**21)),
        "finite differences": (
            (25, 50, 100),
            lambda p, n: ql.FdBlackScholesAsianEngine(p, 2 * n, 2 * n, n),
        ),
        "Sobol, control variate": (
            (255, 4095, 65535),
            lambda p, n: ql.MCDiscreteArithmeticAPEngine(
                p, "lowdiscrepancy", controlVariate=True, requiredSamples=n, seed=_SEED
            ),
        ),
    },
    "barrier": {
        "closed form": ((0,), lambda p, _: ql.AnalyticBarrierEngine(p)),
        "finite differences": (
            (25, 50, 100, 200, 400),
            lambda p, n: ql.FdBlackScholesBarrierEngine(p, n, 2 * n),
        ),
        "Leisen-Reimer tree": (
            (101, 401, 1601),
            lambda p, n: ql.BinomialBarrierEngine(p, "lr", n),
        ),
        "Monte Carlo, bridge": (
            (1000, 16000),
            lambda p, n: ql.MCBarrierEngine(
                p, "pseudorandom", timeSteps=1, requiredSamples=n, isBiased=False, seed=_SEED
            ),
        ),
    },
}
METHODS = tuple(
    (product, name, setting)
    for product, engines in _ENGINES.items()
    for name, (settings, _) in engines.items()
    for setting in settings
)


class Batch:
    """Calls by one of `METHODS`; barriers have the column `barrier`."""

    def __init__(
        self, product: str, contracts: Sequence[Mapping[str, float]], method: str, setting: int
    ) -> None:
        make = _ENGINES[product][method][1]
        option = {"asian": _asian, "barrier": _barrier}[product]
        self._options = []
        for row in contracts:
            terms = ("spot", "rate", "dividend_yield", "volatility")
            process = flat_market.process(**{name: row[name] for name in terms})
            made = option(row)
            made.setPricingEngine(make(process, setting))
            self._options.append(made)

    def prices(self) -> list[float]:
        """All options, computed anew; NaN where QuantLib throws."""
        return [_recalculated(option) for option in self._options]


def _recalculated(option: Any) -> float:
    try:
        option.recalculate()
        return float(option.NPV())
    except RuntimeError:
        return float("nan")


def _asian(row: Mapping[str, float]) -> Any:
    time = row["time_to_expiry"]
    dates = [flat_market.expiry(time * k / FIXINGS) for k in range(1, FIXINGS + 1)]
    payoff = ql.PlainVanillaPayoff(ql.Option.Call, row["strike"])
    exercise = ql.EuropeanExercise(dates[-1])
    arithmetic = ql.Average().Arithmetic
    return ql.DiscreteAveragingAsianOption(arithmetic, 0.0, 0, dates, payoff, exercise)


def _barrier(row: Mapping[str, float]) -> Any:
    payoff = ql.PlainVanillaPayoff(ql.Option.Call, row["strike"])
    exercise = ql.EuropeanExercise(flat_market.expiry(row["time_to_expiry"]))
    return ql.BarrierOption(ql.Barrier.DownOut, row["barrier"], 0.0, payoff, exercise)
