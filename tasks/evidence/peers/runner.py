"""Measures every package in one interleaved run; started by `artifact` in the peers' environment.

``python -m tasks.evidence.peers.runner OUTPUT --threads 1 --rows 1000000 --rounds 5 --exact 300``
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import math
import random
import statistics
import sys
import time
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tasks.evidence.peers import adapters, exact, quotes
from tasks.evidence.peers.adapters import ADAPTERS, GREEKS, PRICE, VOLATILITY
from tasks.evidence.peers.quotes import Quotes

# Kind of work and the set of quotes it is done on; a tenth of the rows for all sets but the first.
WORKS = (
    (PRICE, "random"),
    (PRICE, "tail"),
    (GREEKS, "random"),
    (VOLATILITY, "random"),
    (VOLATILITY, "out_of_the_money"),
    (VOLATILITY, "in_the_money"),
)
_SINGLE = 20_000  # quotes for a package that answers one option a call
_FAILED = 1e-3  # relative error of a volatility that counts as none


def sets(rows: int) -> dict[str, Quotes]:
    """Every set of quotes with its prices, which are strikeproof's."""
    found = {}
    for name in quotes.DISTANCES:
        columns = quotes.draw(name, rows if name == "random" else rows // 10)
        unpriced = Quotes(**columns, price=np.zeros(len(columns["spot"])))
        price = adapters.strikeproof(unpriced, 1)[PRICE]()
        found[name] = Quotes(**columns, price=np.asarray(price))
    return found


def truth(work: str, given: Quotes, rows: int) -> list[Any]:
    """Exact answers for the first rows; None where there is none."""
    if work == VOLATILITY:
        return [exact.volatility(given, k) for k in range(rows)]
    wanted = slice(None) if work == GREEKS else slice(1)
    return [exact.greeks(given, k)[wanted] for k in range(rows)]


def errors(work: str, found: Any, answers: list[Any]) -> tuple[int, list[float]]:
    """Failures, and relative errors of the others, worst of the quantities of a row."""
    parts = (found,) if work != GREEKS else tuple(found)
    columns = [np.asarray(part, dtype=float)[: len(answers)] for part in parts]
    failures, kept = 0, []
    for k, answer in enumerate(answers):
        if answer is None:
            continue
        wanted = answer if isinstance(answer, tuple) else (answer,)
        worst = max(
            _relative(float(column[k]), value)
            for column, value in zip(columns, wanted, strict=True)
            if value != 0
        )
        if not math.isfinite(worst) or (work == VOLATILITY and worst > _FAILED):
            failures += 1
        else:
            kept.append(worst)
    return failures, kept


def _relative(value: float, wanted: Any) -> float:
    return float(abs(value - wanted) / abs(wanted)) if math.isfinite(value) else math.inf


def failures_of_all(work: str, found: Any, given: Quotes, vega: NDArray[np.float64]) -> int:
    """Quotes of all rows with no answer, or a volatility off by a thousandth though recoverable."""
    if work != VOLATILITY:
        parts = (found,) if work == PRICE else tuple(found)
        bad = [~np.isfinite(np.asarray(part, dtype=float)) for part in parts]
        return int(np.logical_or.reduce(bad).sum())
    values = np.asarray(found, dtype=float)
    wanted = given.volatility[: len(values)]
    # four units of the last place of the price move the volatility by less than a thousandth
    margin = 4.0 * np.spacing(given.price[: len(values)])
    recoverable = vega[: len(values)] * wanted * _FAILED > margin
    with np.errstate(invalid="ignore"):
        good = np.abs(values / wanted - 1.0) <= _FAILED
    return int((recoverable & ~good).sum())


def _version(distribution: str) -> str:
    if distribution == "strikeproof":  # staged as files, without metadata
        return str(importlib.import_module("strikeproof").__version__)
    return importlib.metadata.version(distribution)


class Contest:
    """Packages that can do one kind of work on one set of quotes."""

    def __init__(self, work: str, name: str, given: Quotes, threads: int) -> None:
        self.work, self.name, self.given = work, name, given
        self.entries: dict[str, tuple[adapters.Work, int]] = {}
        self.notes: dict[str, str] = {}
        self.times: dict[str, list[float]] = {}
        for package, _, adapter, single in ADAPTERS:
            own = given.head(min(_SINGLE, len(given))) if single else given
            try:
                works = adapter(own, threads)
                if work not in works:
                    self.notes[package] = "has no such function for columns"
                    continue
                works[work]()  # first call: compilers, pools, caches
            except Exception as error:  # whatever a package does is its result
                self.notes[package] = f"{type(error).__name__}: {error}"[:200]
                continue
            self.entries[package] = (works[work], len(own))
            self.times[package] = []

    def round(self, order: list[str]) -> None:
        """One timed call of each package."""
        for package in order:
            if package in self.entries:
                work, rows = self.entries[package]
                begun = time.perf_counter()
                work()
                self.times[package].append((time.perf_counter() - begun) * 1e9 / rows)

    def results(self, threads: int, answers: list[Any]) -> list[dict[str, Any]]:
        """One row for each package."""
        engine = importlib.import_module("strikeproof").black_scholes
        terms = vars(self.given)
        vega = engine.greeks(
            option_type=terms["sign"], spot=terms["spot"], strike=terms["strike"],
            time_to_expiry=terms["time"], rate=terms["rate"], volatility=terms["volatility"],
            dividend_yield=terms["dividend_yield"], select=("vega",),
        ).vega  # fmt: skip
        rows = []
        for package, distribution, _, _ in ADAPTERS:
            row: dict[str, Any] = {
                "work": self.work,
                "quotes": self.name,
                "package": package,
                "version": _version(distribution),
                "threads": threads,
                "note": self.notes.get(package, ""),
            }
            if package in self.entries:
                work, count = self.entries[package]
                found = work()
                _, kept = errors(self.work, found, answers)
                times = self.times[package]
                median = statistics.median(times)
                row |= {
                    "rows": count,
                    "ns_per_option": median,
                    "spread": statistics.median(abs(t - median) for t in times) / median,
                    "failures": failures_of_all(self.work, found, self.given, vega),
                    "max_relative_error": max(kept, default=None),
                    "median_relative_error": statistics.median(kept) if kept else None,
                }
            rows.append(row)
        return rows


def scalar_calls(rounds: int) -> dict[str, float]:
    """Microseconds of one call for one option from Python, median of rounds."""
    engine = importlib.import_module("strikeproof").black_scholes
    bs = importlib.import_module("pyvolr").bs
    lbr = importlib.import_module("py_lets_be_rational")
    terms = {"option_type": "call", "spot": 100.0, "strike": 105.0, "time_to_expiry": 0.5}
    terms |= {"rate": 0.03, "dividend_yield": 0.01, "volatility": 0.2}
    calls: dict[str, Callable[[], Any]] = {
        "strikeproof": lambda: engine.price(**terms),
        "pyvolr": lambda: bs.price("c", 100.0, 105.0, 0.5, 0.03, 0.2, 0.01),
        "py-lets-be-rational": lambda: lbr.black(101.0, 105.0, 0.2, 0.5, 1.0),
    }
    times: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(max(rounds, 3)):
        for name, call in calls.items():
            begun = time.perf_counter()
            for _ in range(5000):
                call()
            times[name].append((time.perf_counter() - begun) / 5000 * 1e6)
    return {name: statistics.median(values) for name, values in times.items()}


def measure(settings: Mapping[str, int]) -> dict[str, Any]:
    """Rows of every contest, and the scalar calls."""
    warnings.simplefilter("ignore")
    given = sets(settings["rows"])
    shuffled = random.Random(20261124)
    names = [package for package, *_ in ADAPTERS]
    rows: list[dict[str, Any]] = []
    for work, name in WORKS:
        contest = Contest(work, name, given[name], settings["threads"])
        for _ in range(settings["rounds"]):
            shuffled.shuffle(names)
            contest.round(names)
        rows += contest.results(
            settings["threads"], truth(work, given[name], min(settings["exact"], len(given[name])))
        )
        sys.stdout.write(f"{work} {name}\n")
        sys.stdout.flush()
    return {"rows": rows, "scalar": scalar_calls(settings["rounds"])}


def main() -> None:
    """Measure and write the report as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("output", type=Path)
    for name in ("threads", "rows", "rounds", "exact"):
        parser.add_argument(f"--{name}", type=int, required=True)
    settings = vars(parser.parse_args())
    output = settings.pop("output")
    output.write_text(json.dumps(measure(settings), allow_nan=False), encoding="utf-8")


if __name__ == "__main__":
    main()
