"""The `smile_models` table of surfaces: Heston's model beside QuantLib's engines.

Five cases of tests/data/heston_reference.csv. Errors are those of its nine calls, on a forward of 1
and against 30 digits; times are those of surfaces of 10 expiries by 20 strikes under the same
model, all engines in turn in every round, medians. QuantLib's options and engine are built
beforehand, only the pricing is timed; ours takes columns, several surfaces a call.
"""

from __future__ import annotations

import csv
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from strikeproof import heston
from tasks.evidence import optional_tables, tables
from tasks.evidence.oracles import heston as oracle
from tasks.evidence.progress import Progress

CASES = ("base", "one day", "feller violated", "tiny variance, one day", "ten years")
MODEL = (
    "initial_variance",
    "long_run_variance",
    "mean_reversion",
    "volatility_of_variance",
    "correlation",
)
OURS = "strikeproof"
_EXPIRIES, _STRIKES = 10, 20
_DAYS = 365
_WIDEST = 2.0  # standard deviations of the strikes of a surface
_STACKED = 16  # surfaces of one timed call of ours

Floats = NDArray[np.float64]


class Case:
    """A model, its reference prices and its surface."""

    def __init__(self, rows: list[dict[str, str]]) -> None:
        self.model: dict[str, Any] = {name: float(rows[0][name]) for name in MODEL}
        # whole days, as QuantLib's dates want
        days = round(float(rows[0]["time_to_expiry"]) * _DAYS)
        self.time = days / _DAYS
        self.strike = np.exp([float.fromhex(row["log_strike"]) for row in rows])
        self.call = np.array([float(row["call"]) for row in rows])
        expiries = np.arange(1, _EXPIRIES + 1) * max(days // _EXPIRIES, 1) / _DAYS
        self.expiries = np.repeat(expiries, _STRIKES)
        variance = 0.5 * (self.model["initial_variance"] + self.model["long_run_variance"])
        steps = np.tile(np.linspace(-_WIDEST, _WIDEST, _STRIKES), _EXPIRIES)
        self.strikes = np.exp(np.clip(steps * np.sqrt(variance * self.expiries), -1.5, 1.5))


def cases(reference: Path) -> dict[str, Case]:
    """The five cases, by name.

    Raises
    ------
    ValueError
        The reference table lacks one.
    """
    with reference.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = {name: [row for row in rows if row["case"] == name] for name in CASES}
    missing = [name for name, of_case in found.items() if not of_case]
    if missing:
        raise ValueError(f"{reference.name} has no case {missing}")
    return {name: Case(of_case) for name, of_case in found.items()}


def our_calls(case: Case, strike: Floats, expiry: Floats | float, threads: int) -> Floats:
    """Calls on a forward of 1."""
    found = heston.price(
        option_type=1.0, spot=1.0, strike=strike, time_to_expiry=expiry, rate=0.0,
        threads=threads, on_failure="nan", **case.model,
    )  # fmt: skip
    return np.asarray(found)


def seconds(work: Callable[[], object]) -> float:
    """Of one call."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def measure(case: Case, rounds: int) -> list[dict[str, Any]]:
    """Rows of one case, without its name."""
    stacked = np.tile(case.strikes, _STACKED), np.tile(case.expiries, _STACKED)
    theirs = [
        (engine, oracle.Surface(engine, case.model, case.strikes.tolist(), case.expiries.tolist()))
        for engine in oracle.ENGINES
    ]
    times: dict[tuple[str, int], list[float]] = {}
    for _ in range(rounds):
        for threads in (1, 2):
            taken = seconds(partial(our_calls, case, *stacked, threads)) / _STACKED
            times.setdefault((OURS, threads), []).append(taken)
        for engine, surface in theirs:
            times.setdefault((engine, 1), []).append(seconds(surface.prices))
    same_expiry = [case.time] * len(case.strike)
    calls = {OURS: our_calls(case, case.strike, case.time, 1)}
    for engine in oracle.ENGINES:
        surface = oracle.Surface(engine, case.model, case.strike.tolist(), same_expiry)
        calls[engine] = np.array(surface.prices())
    rows = []
    for (engine, threads), measured in times.items():
        error = np.abs(calls[engine] - case.call)
        finite = error[np.isfinite(error)]
        rows.append(
            {
                "engine": engine,
                "threads": threads,
                "rounds": rounds,
                "surfaces_per_second": 1.0 / float(np.median(measured)),
                "priced": int(finite.size),
                "failures": int(error.size - finite.size),
                "max_error": float(finite.max()) if finite.size else None,
                "median_error": float(np.median(finite)) if finite.size else None,
            }
        )
    return rows


def write_surfaces(
    output: Path,
    *,
    inputs: Mapping[str, Path],
    config: Mapping[str, Any],  # noqa: ARG001 - one signature for all makers
    progress: Progress,
    rounds: int = 7,
) -> None:
    """Measure the five cases and write the table."""
    rows = []
    for done, (name, case) in enumerate(cases(inputs["reference"]).items(), start=1):
        rows += [{"case": name.replace(",", "")} | row for row in measure(case, rounds)]
        progress(done, len(CASES))
    tables.write_table(pl.DataFrame(rows), output, optional_tables.SmileSurfaces)
