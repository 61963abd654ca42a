"""How each package is asked for a product; runs in the peers' environment only.

As in `adapters`. QuantLib's options, processes and engines are built outside the timed part: timed
is their recalculation, which its users get when only a quote moved. It has the best engine that it
has for each product, with the settings that its users would start from.

Monte Carlo is plain for everyone: pseudo-random numbers, no variance reduction, a million paths of
one step. Calibrations of NumPy and QuantLib get the same start; strikeproof makes its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from tasks.evidence.peers.adapters import (
    Adapter,
    Call,
    Column,
    Package,
    Quotes,
    _columns,
    _head,
    _load,
)
from tasks.evidence.peers.plan import FIXINGS, HESTON, PATHS

_DAYS = 365
_QUANTLIB_ROWS = 200
_CHOI = 8.0  # cheapest with errors below 1e-6: 6 leaves 2e-4, 15 (the default) takes thrice as long
_MARKET = ("spot", "rate", "dividend_yield", "volatility")
_START = {
    "initial_variance": 0.04,
    "long_run_variance": 0.04,
    "mean_reversion": 1.0,
    "volatility_of_variance": 0.3,
    "correlation": -0.5,
}


def _number(found: Any) -> list[Column]:
    return [np.array([found], dtype=np.float64)]


def _parameters(found: Any) -> list[Column]:
    return _columns([value] for value in found)


# --- strikeproof ---------------------------------------------------------------------------------


def _ours(engine: str, threads: int, **settings: Any) -> Adapter:
    """Batch of an engine whose arguments are the set's columns."""

    def adapter(quotes: Quotes, rows: int) -> Call:
        price = _load(f"strikeproof.{engine}").price
        given = _head(quotes, rows)
        return Call(lambda: price(**given, **settings, threads=threads), rows)

    return adapter


def _our_simulation(threads: int) -> Adapter:
    def adapter(quotes: Quotes, _rows: int) -> Call:
        simulation = _load("strikeproof.monte_carlo")
        one = {name: float(column[0]) for name, column in quotes.items()}
        payoff = simulation.European(
            option_type="call", strike=one["strike"], time_to_expiry=one["time_to_expiry"]
        )
        model = simulation.BlackScholes(**{name: one[name] for name in _MARKET})
        settings = {"paths": PATHS, "control_variate": False, "threads": threads}
        return Call(
            lambda: simulation.price(payoff, model, **settings),
            PATHS,
            lambda found: _number(found.value),
        )

    return adapter


def _our_calibration(quotes: Quotes, _rows: int) -> Call:
    calibrate = _load("strikeproof.heston").calibrate
    given = {name: quotes[name] for name in ("strike", "time_to_expiry", "volatility")}
    return Call(
        lambda: calibrate(forward=quotes["spot"], **given),
        1,
        lambda found: _parameters(found.model[name] for name in HESTON),
    )


# --- NumPy and SciPy -----------------------------------------------------------------------------


def _numpy_simulation(quotes: Quotes, _rows: int) -> Call:
    one = {name: float(column[0]) for name, column in quotes.items()}
    time, volatility = one["time_to_expiry"], one["volatility"]

    def run() -> float:
        drawn = np.random.default_rng(1).standard_normal(PATHS)
        drift = (one["rate"] - one["dividend_yield"] - 0.5 * volatility**2) * time
        ends = one["spot"] * np.exp(drift + volatility * math.sqrt(time) * drawn)
        paid = np.maximum(ends - one["strike"], 0.0)
        return float(math.exp(-one["rate"] * time) * paid.mean())

    return Call(run, PATHS, _number)


def _heston_calls(nodes: Column, weights: Column, q: Quotes, parameters: Any) -> Column:
    """Calls on a spot without rates, Lewis's integral by a fixed rule for all quotes at once."""
    v0, theta, kappa, xi, rho = parameters
    times, place = np.unique(q["time_to_expiry"], return_inverse=True)
    u, t = nodes - 0.5j, times[:, None]
    b = kappa - rho * xi * 1j * u
    d = np.sqrt(b * b + xi * xi * (u * u + 1j * u))
    g, decay = (b - d) / (b + d), np.exp(-d * t)
    level = (b - d) * t - 2.0 * np.log((1.0 - g * decay) / (1.0 - g))
    exponent = kappa * theta / xi**2 * level
    exponent = exponent + v0 / xi**2 * (b - d) * (1.0 - decay) / (1.0 - g * decay)
    law = np.exp(exponent) * (weights / (nodes * nodes + 0.25))
    phase = np.exp(1j * np.log(q["spot"] / q["strike"])[:, None] * nodes)
    total: Column = np.real(phase * law[place]).sum(axis=1)
    return np.asarray(q["spot"] - np.sqrt(q["spot"] * q["strike"]) / math.pi * total)


def _scipy_calibration(quotes: Quotes, _rows: int) -> Call:
    """scipy.optimize.least_squares on errors of prices over vega, its own differences."""
    fit, ndtr = _load("scipy.optimize").least_squares, _load("scipy.special").ndtr
    x, weights = np.polynomial.legendre.leggauss(96)
    root = 0.5 * (x + 1.0)  # denser near 0
    nodes, weights = 300.0 * root * root, 300.0 * root * weights
    w = quotes["volatility"] * np.sqrt(quotes["time_to_expiry"])
    d1 = np.log(quotes["spot"] / quotes["strike"]) / w + 0.5 * w
    prices = quotes["spot"] * ndtr(d1) - quotes["strike"] * ndtr(d1 - w)
    slope = np.exp(-0.5 * d1 * d1) / math.sqrt(2.0 * math.pi)
    vega = quotes["spot"] * np.sqrt(quotes["time_to_expiry"]) * slope
    lower, upper = [1e-6, 1e-6, 1e-3, 1e-3, -0.999], [4.0, 4.0, 50.0, 10.0, 0.999]

    def errors(parameters: Any) -> Any:
        return (_heston_calls(nodes, weights, quotes, parameters) - prices) / vega

    def run() -> Any:
        start = [_START[name] for name in HESTON]
        return fit(errors, start, bounds=(lower, upper), x_scale="jac", xtol=1e-10, ftol=1e-12).x

    return Call(run, 1, _parameters)


# --- QuantLib ------------------------------------------------------------------------------------


def _market(ql: Any, row: Mapping[str, float]) -> Any:
    """A process with flat curves of one market."""
    today, count = ql.Date(15, 5, 2026), ql.Actual365Fixed()
    ql.Settings.instance().evaluationDate = today
    rate, paid = (
        ql.YieldTermStructureHandle(ql.FlatForward(today, row[name], count))
        for name in ("rate", "dividend_yield")
    )
    volatility = ql.BlackConstantVol(today, ql.NullCalendar(), row.get("volatility", 0.2), count)
    spot = ql.QuoteHandle(ql.SimpleQuote(row["spot"]))
    return ql.BlackScholesMertonProcess(
        spot, paid, rate, ql.BlackVolTermStructureHandle(volatility)
    )


def _expiry(ql: Any, time: float) -> Any:
    return ql.Date(15, 5, 2026) + round(time * _DAYS)


def _payoff(ql: Any, row: Mapping[str, float]) -> Any:
    kind = ql.Option.Call if row["option_type"] > 0.0 else ql.Option.Put
    return ql.PlainVanillaPayoff(kind, row["strike"])


def _american(ql: Any, row: Mapping[str, float]) -> Any:
    today, end = ql.Date(15, 5, 2026), _expiry(ql, row["time_to_expiry"])
    option = ql.VanillaOption(_payoff(ql, row), ql.AmericanExercise(today, end))
    option.setPricingEngine(ql.QdFpAmericanEngine(_market(ql, row)))
    return option


def _barrier(ql: Any, row: Mapping[str, float]) -> Any:
    exercise = ql.EuropeanExercise(_expiry(ql, row["time_to_expiry"]))
    option = ql.BarrierOption(ql.Barrier.DownOut, row["barrier"], 0.0, _payoff(ql, row), exercise)
    option.setPricingEngine(ql.AnalyticBarrierEngine(_market(ql, row)))
    return option


def _asian(ql: Any, row: Mapping[str, float]) -> Any:
    """Choi's sum of lognormals, the only one of its engines that is both exact and quick."""
    time = row["time_to_expiry"]
    dates = [_expiry(ql, time * k / FIXINGS) for k in range(1, FIXINGS + 1)]
    arithmetic, exercise = ql.Average().Arithmetic, ql.EuropeanExercise(dates[-1])
    option = ql.DiscreteAveragingAsianOption(arithmetic, 0.0, 0, dates, _payoff(ql, row), exercise)
    option.setPricingEngine(ql.ChoiAsianEngine(_market(ql, row), _CHOI, 2**21))
    return option


def _simulated(ql: Any, row: Mapping[str, float]) -> Any:
    exercise = ql.EuropeanExercise(_expiry(ql, row["time_to_expiry"]))
    option = ql.VanillaOption(_payoff(ql, row), exercise)
    settings = {"timeSteps": 1, "requiredSamples": PATHS, "seed": 42}
    option.setPricingEngine(ql.MCEuropeanEngine(_market(ql, row), "pseudorandom", **settings))
    return option


def _recalculated(options: list[Any]) -> list[float]:
    found = []
    for option in options:
        option.recalculate()
        found.append(option.NPV())
    return found


def _quantlib(build: Callable[..., Any]) -> Adapter:
    def adapter(quotes: Quotes, rows: int) -> Call:
        ql, rows = _load("QuantLib"), min(rows, _QUANTLIB_ROWS)
        options = [
            build(ql, {name: float(column[row]) for name, column in quotes.items()})
            for row in range(rows)
        ]
        return Call(lambda: _recalculated(options), rows, lambda found: _columns([found]))

    return adapter


def _quantlib_simulation(quotes: Quotes, _rows: int) -> Call:
    call = _quantlib(_simulated)(quotes, 1)
    return Call(call.run, PATHS, call.finish)


def _heston_model(ql: Any, row: Mapping[str, float]) -> Any:
    flat = _market(ql, row)
    terms = ("initial_variance", "mean_reversion", "long_run_variance", *HESTON[3:])
    return ql.HestonModel(
        ql.HestonProcess(
            flat.riskFreeRate(),
            flat.dividendYield(),
            flat.stateVariable(),
            *(row[name] for name in terms),
        )
    )


def _quantlib_heston(quotes: Quotes, rows: int) -> Call:
    """One model and engine for the surface, so that what the engine keeps is shared."""
    ql = _load("QuantLib")
    listed = [{n: float(column[k]) for n, column in quotes.items()} for k in range(rows)]
    engine = ql.ExponentialFittingHestonEngine(_heston_model(ql, listed[0]))
    options = []
    for row in listed:
        exercise = ql.EuropeanExercise(_expiry(ql, row["time_to_expiry"]))
        option = ql.VanillaOption(_payoff(ql, row), exercise)
        option.setPricingEngine(engine)
        options.append(option)
    return Call(lambda: _recalculated(options), rows, lambda found: _columns([found]))


def _quantlib_calibration(quotes: Quotes, _rows: int) -> Call:
    """HestonModel.calibrate with its Levenberg-Marquardt; starts anew in each call."""
    ql = _load("QuantLib")
    rows = range(len(quotes["spot"]))
    listed = [{n: float(column[k]) for n, column in quotes.items()} for k in rows]
    model = _heston_model(ql, listed[0] | _START)
    begin, engine = ql.Array(list(model.params())), ql.AnalyticHestonEngine(model)
    curve, helpers = model.process().riskFreeRate(), []
    for row in listed:
        days = ql.Period(round(row["time_to_expiry"] * _DAYS), ql.Days)
        quote = ql.QuoteHandle(ql.SimpleQuote(row["volatility"]))
        terms = (days, ql.NullCalendar(), row["spot"], row["strike"], quote, curve, curve)
        helper = ql.HestonModelHelper(*terms)
        helper.setPricingEngine(engine)
        helpers.append(helper)
    ends = ql.EndCriteria(500, 50, 1e-8, 1e-8, 1e-8)

    def run() -> list[float]:
        model.setParams(begin)
        model.calibrate(helpers, ql.LevenbergMarquardt(1e-8, 1e-8, 1e-8), ends)
        return [model.v0(), model.theta(), model.kappa(), model.sigma(), model.rho()]

    return Call(run, 1, _parameters)


# --- pyfeng --------------------------------------------------------------------------------------


def _pyfeng_heston(quotes: Quotes, rows: int) -> Call:
    """A transform for each expiry; a model made anew, since it keeps its transforms."""
    package, q = _load("pyfeng"), _head(quotes, rows)
    one = {name: float(q[name][0]) for name in ("spot", "rate", "dividend_yield", *HESTON)}
    times = np.unique(q["time_to_expiry"])
    parts = [(float(time), np.flatnonzero(q["time_to_expiry"] == time)) for time in times]

    def run() -> Column:
        model = package.HestonFft(
            one["initial_variance"],
            theta=one["long_run_variance"],
            mr=one["mean_reversion"],
            vov=one["volatility_of_variance"],
            rho=one["correlation"],
            intr=one["rate"],
            divr=one["dividend_yield"],
        )
        found = np.empty(rows)
        for time, mask in parts:
            found[mask] = model.price(q["strike"][mask], one["spot"], time)
        return found

    return Call(run, rows)


def packages(threads: int) -> dict[str, Package]:
    """The packages that are asked for products, each with the works of `plan.PRODUCTS`."""
    fixings = {"average": "arithmetic", "fixings": FIXINGS}
    return {
        "strikeproof": Package(
            {
                "american": _ours("american", threads),
                "barrier": _ours("barrier", threads, barrier_type="down_out"),
                "asian": _ours("asian", threads, **fixings),
                "heston": _ours("heston", threads),
                "monte_carlo": _our_simulation(threads),
                "calibration": _our_calibration,
            },
            several_threads=True,
        ),
        "NumPy/SciPy": Package(
            {"monte_carlo": _numpy_simulation, "calibration": _scipy_calibration},
            distribution="scipy",
        ),
        "QuantLib": Package(
            {
                "american": _quantlib(_american),
                "barrier": _quantlib(_barrier),
                "asian": _quantlib(_asian),
                "heston": _quantlib_heston,
                "monte_carlo": _quantlib_simulation,
                "calibration": _quantlib_calibration,
            }
        ),
        "pyfeng": Package({"heston": _pyfeng_heston}),
    }
