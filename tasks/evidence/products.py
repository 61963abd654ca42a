"""The `products` artifact: every product and method beside QuantLib on random contracts.

One row per product and method: the worst and the median absolute difference for a spot of 100, how
many contracts, nanoseconds per option of a batch by one thread, and of QuantLib through its Python
wheel, where objects are built for each option as a user of it has to.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

import strikeproof as sp
from tasks.evidence import optional_tables, tables
from tasks.evidence.oracles import american as american_oracle
from tasks.evidence.oracles import asian as asian_oracle
from tasks.evidence.oracles import barrier as barrier_oracle
from tasks.evidence.oracles import digital as digital_oracle
from tasks.evidence.oracles import double_barrier as double_barrier_oracle
from tasks.evidence.oracles import exchange as exchange_oracle
from tasks.evidence.oracles import heston as heston_oracle
from tasks.evidence.oracles import lookback as lookback_oracle
from tasks.evidence.oracles import rainbow as rainbow_oracle
from tasks.evidence.oracles import spread as spread_oracle
from tasks.evidence.oracles import variance_gamma as variance_gamma_oracle
from tasks.evidence.progress import Progress

Contract = dict[str, Any]
_TIMED = 2000  # contracts of a timed batch
_ROUNDS = 5


@dataclass(frozen=True)
class Product:
    """A product priced by one method, with what it is held against."""

    name: str
    method: str
    reference: str
    draw: Callable[[np.random.Generator], Contract]
    ours: Callable[..., Any]
    oracle: Callable[..., float]
    cases: int
    # arguments of ours that the oracle does not take, and the other way round
    own: Mapping[str, Any] | None = None
    other: Mapping[str, Any] | None = None


def _market(random: np.random.Generator) -> Contract:
    return {
        "option_type": str(random.choice(["call", "put"])),
        "spot": 100.0,
        "strike": float(random.uniform(70.0, 130.0)),
        "time_to_expiry": int(random.integers(8, 1095)) / 365.0,
        "rate": float(random.uniform(0.0, 0.08)),
        "dividend_yield": float(random.uniform(0.0, 0.08)),
        "volatility": float(random.uniform(0.05, 0.6)),
    }


def _barrier(random: np.random.Generator) -> Contract:
    kind = str(random.choice(["down_out", "down_in", "up_out", "up_in"]))
    distance = float(random.uniform(0.01, 0.4))
    level = 100.0 * (1.0 - distance if kind.startswith("down") else 1.0 + distance)
    rebate = float(random.uniform(0.0, 10.0))
    return _market(random) | {"barrier_type": kind, "barrier": level, "rebate": rebate}


def _double_barrier(random: np.random.Generator) -> Contract:
    low, high = float(random.uniform(55.0, 95.0)), float(random.uniform(105.0, 160.0))
    terms = _market(random) | {"lower_barrier": low, "upper_barrier": high}
    terms["strike"] = float(random.uniform(low + 1.0, high - 1.0))
    return terms | {"barrier_type": str(random.choice(["out", "in"]))}


def _digital(random: np.random.Generator) -> Contract:
    return _market(random) | {"payoff": str(random.choice(["cash", "asset"])), "cash": 100.0}


def _touch(random: np.random.Generator) -> Contract:
    terms = _market(random)
    del terms["strike"], terms["option_type"]
    side = str(random.choice(["up", "down"]))
    distance = float(random.uniform(0.02, 0.4))
    level = 100.0 * (1.0 + distance if side == "up" else 1.0 - distance)
    return terms | {"touch_type": "one_touch", "side": side, "barrier": level, "cash": 100.0}


def _fixings(random: np.random.Generator) -> Contract:
    fixings = int(random.choice([4, 12, 26]))
    days = fixings * int(random.integers(7, 40))
    return _market(random) | {"time_to_expiry": days / 365.0, "fixings": fixings}


def _lookback(random: np.random.Generator) -> Contract:
    terms = _market(random)
    terms["kind"] = str(random.choice(["fixed_strike", "floating_strike"]))
    high = (terms["kind"] == "fixed_strike") == (terms["option_type"] == "call")
    beyond = float(random.uniform(0.0, 0.3))
    while abs(terms["rate"] - terms["dividend_yield"]) < 1e-3:  # where QuantLib loses digits
        terms["rate"] = float(random.uniform(0.0, 0.08))
    return terms | {"extremum": 100.0 * (1.0 + beyond if high else 1.0 - beyond)}


def _pair(random: np.random.Generator) -> Contract:
    return {
        "spot1": 100.0,
        "spot2": float(random.uniform(70.0, 130.0)),
        "time_to_expiry": int(random.integers(8, 1095)) / 365.0,
        "rate": float(random.uniform(0.0, 0.08)),
        "volatility1": float(random.uniform(0.1, 0.6)),
        "volatility2": float(random.uniform(0.1, 0.6)),
        "correlation": float(random.uniform(-0.8, 0.8)),
        "dividend_yield1": float(random.uniform(0.0, 0.08)),
        "dividend_yield2": float(random.uniform(0.0, 0.08)),
    }


def _heston(random: np.random.Generator) -> Contract:
    market = _market(random)
    del market["volatility"]
    return market | {
        "initial_variance": float(random.uniform(0.01, 0.2)),
        "long_run_variance": float(random.uniform(0.01, 0.2)),
        "mean_reversion": float(random.uniform(0.2, 5.0)),
        "volatility_of_variance": float(random.uniform(0.05, 1.5)),
        "correlation": float(random.uniform(-0.95, 0.5)),
    }


def _variance_gamma(random: np.random.Generator) -> Contract:
    # half a year at least: before, QuantLib's integral misses its peak and is off by whole units
    return _market(random) | {
        "time_to_expiry": int(random.integers(183, 1095)) / 365.0,
        "volatility": float(random.uniform(0.1, 0.5)),
        "drift": float(random.uniform(-0.3, 0.1)),
        "variance_rate": float(random.uniform(0.05, 0.4)),
    }


def _rainbow(random: np.random.Generator) -> Contract:
    return _pair(random) | {
        "option_type": str(random.choice(["call", "put"])),
        "extreme": str(random.choice(["maximum", "minimum"])),
        "strike": float(random.uniform(70.0, 130.0)),
    }


def _spread(random: np.random.Generator) -> Contract:
    strike = float(random.uniform(1.0, 20.0))
    return _pair(random) | {"option_type": "call", "strike": strike}


def products() -> tuple[Product, ...]:
    """Every product and method that has an oracle."""
    american = [
        Product("american", accuracy, "QdFpAmericanEngine, high precision", _market,
                sp.american.price, american_oracle.price, 300, {"accuracy": accuracy})
        for accuracy in ("fast", "accurate", "high_precision")
    ]  # fmt: skip
    rows = [
        *american,
        Product("digital", "formula", "AnalyticEuropeanEngine", _digital, sp.digital.price,
                digital_oracle.price, 1000),
        Product("touch", "formula", "AnalyticDigitalAmericanEngine", _touch,
                sp.digital.touch_price, digital_oracle.touch_price, 1000),
        Product("barrier with rebate", "formula", "AnalyticBarrierEngine", _barrier,
                sp.barrier.price, barrier_oracle.price, 4000),
        Product("double barrier", "images or series", "AnalyticDoubleBarrierEngine",
                _double_barrier, sp.double_barrier.price, double_barrier_oracle.price, 1000),
        Product("asian, geometric fixings", "formula", "AnalyticDiscreteGeometricAverage...",
                _fixings, sp.asian.price, asian_oracle.geometric_discrete, 500,
                {"average": "geometric"}),
        Product("asian, arithmetic fixings", "lognormal", "TurnbullWakemanAsianEngine", _fixings,
                sp.asian.price, asian_oracle.arithmetic_lognormal, 500, {"method": "lognormal"}),
        Product("asian, arithmetic fixings", "accurate", "FdBlackScholesAsianEngine", _fixings,
                sp.asian.price, asian_oracle.arithmetic_finite_differences, 10),
        Product("lookback", "formula", "AnalyticContinuous...LookbackEngine", _lookback,
                sp.lookback.price, lookback_oracle.price, 1000),
        Product("heston", "integral", "AnalyticHestonEngine, adaptive", _heston, sp.heston.price,
                heston_oracle.price, 500),
        Product("variance gamma", "integral", "VarianceGammaEngine", _variance_gamma,
                sp.variance_gamma.price, variance_gamma_oracle.price, 500),
        Product("exchange", "formula", "AnalyticEuropeanMargrabeEngine", _pair, sp.exchange.price,
                exchange_oracle.price, 1000),
        Product("rainbow", "formula", "StulzEngine", _rainbow, sp.rainbow.price,
                rainbow_oracle.price, 1000),
        Product("spread", "kirk", "KirkEngine", _spread, sp.spread.price, spread_oracle.price, 500,
                {"method": "kirk"}, {"method": "kirk"}),
        Product("spread", "quadrature", "PearsonSpreadEngine", _spread, sp.spread.price,
                spread_oracle.price, 200, {"method": "quadrature"}, {"method": "pearson"}),
    ]  # fmt: skip
    return tuple(rows)


def columns(contracts: list[Contract]) -> dict[str, Any]:
    """Contracts as columns of a batch."""
    return {name: np.array([row[name] for row in contracts]) for name in contracts[0]}


def measure(product: Product) -> dict[str, Any]:
    """The row of one product."""
    random = np.random.default_rng([20261124, len(product.name), len(product.method)])
    contracts = [product.draw(random) for _ in range(product.cases)]
    own, other = dict(product.own or {}), dict(product.other or {})
    begun = time.perf_counter()
    theirs = np.array([product.oracle(**row, **other) for row in contracts])
    oracle_ns = (time.perf_counter() - begun) * 1e9 / len(contracts)
    found = np.asarray(product.ours(**columns(contracts), **own))
    error = np.abs(found - theirs)
    batch = columns((contracts * (_TIMED // len(contracts) + 1))[:_TIMED])
    times = []
    for _ in range(_ROUNDS):
        begun = time.perf_counter()
        product.ours(**batch, **own, threads=1)
        times.append((time.perf_counter() - begun) * 1e9 / _TIMED)
    return {
        "product": product.name,
        "method": product.method,
        "reference": product.reference,
        "cases": product.cases,
        "worst_difference": float(error.max()),
        "median_difference": float(np.median(error)),
        "ns_per_option": float(np.median(times)),
        "reference_ns": oracle_ns,
        "ratio": oracle_ns / float(np.median(times)),
    }


def write_products(
    output: Path,
    *,
    inputs: Mapping[str, Path],  # noqa: ARG001 - the compiled core is imported
    config: Mapping[str, Any],  # noqa: ARG001 - one signature for all makers
    progress: Progress,
) -> None:
    """Measure every product and write the table."""
    every = products()
    rows = []
    for done, product in enumerate(every, start=1):
        rows.append(measure(product))
        progress(done, len(every))
    tables.write_table(pl.DataFrame(rows), output, optional_tables.ProductsTable)
