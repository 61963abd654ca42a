"""`qmc_efficiency`: error against wall time, pseudo-random paths beside Sobol's sequence.

For every product and method the number of paths is found that fits a budget of wall time, then
independent seeds are timed one by one on one thread: their errors against the exact value give the
root mean square at that time. Times are those of `monte_carlo.price` as it is called, so that
small budgets hold its overhead as well.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from tasks.evidence import tables
from tasks.evidence.convergence.simulated import Problem, by_name, problems
from tasks.evidence.convergence.tables import Efficiency, EfficiencyRuns, TimeToError
from tasks.evidence.progress import Progress

METHODS = ("plain", "control", "sobol", "sobol_control")
PAIRS = {"plain": "sobol", "control": "sobol_control"}  # pseudo-random, and its net
RELATIVE_ERROR = 1e-4
_REPLICATES = 32
_PILOTS = (2048, 2**15)
_MOST_PATHS = 2**26


def run(problem: Problem, method: str, seed: int, paths: int) -> dict[str, Any]:
    """One timed simulation: paths as simulated, wall seconds, estimate, standard error."""
    start = time.perf_counter()
    found = problem.run(method, paths=paths, seed=seed, threads=1)
    seconds = time.perf_counter() - start
    return {
        "paths": found.paths,
        "seconds": seconds,
        "value": found.value,
        "standard_error": found.standard_error,
    }


def plan(budgets: Sequence[float], seeds: int) -> Iterator[tuple[Problem, str, float, int]]:
    """Product, method, budget and seed of every row in order."""
    for problem in problems():
        for method in METHODS:
            for budget in budgets:
                for seed in range(1, seeds + 1):
                    yield problem, method, budget, seed


def plan_faults(table: pl.DataFrame, budgets: Sequence[float], seeds: int) -> Iterator[str]:
    """How the rows differ from those that the plan declares."""
    wanted = [(p.name, method, budget, seed) for p, method, budget, seed in plan(budgets, seeds)]
    if table.select("product", "method", "budget", "seed").rows() != wanted:
        yield f"rows are not the {len(wanted)} of the plan, in its order"


def _pace(problem: Problem, method: str) -> tuple[float, float]:
    """Seconds of a call, and of each path, from a small and a larger pilot: the least of three."""
    seconds = {
        paths: min(run(problem, method, seed, paths)["seconds"] for seed in (1, 2, 3))
        for paths in _PILOTS
    }
    small, large = _PILOTS
    each = max(seconds[large] - seconds[small], 0.1 * seconds[large]) / (large - small)
    return max(0.0, seconds[small] - each * small), each


def _fitting(method: str, budget: float, pace: tuple[float, float]) -> int:
    """Paths that take about the budget: a whole net of them by Sobol's sequence."""
    call, each = pace
    wanted = min(_MOST_PATHS, max(2048.0, (budget - call) / each))
    if method.startswith("sobol"):
        return _REPLICATES << max(6, round(math.log2(wanted / _REPLICATES)))
    return int(wanted)


def measured(budgets: Sequence[float], seeds: int, progress: Progress) -> pl.DataFrame:
    """All runs, columns of `EfficiencyRuns`."""
    rows = []
    every = [(p, method, budget) for p in problems() for method in METHODS for budget in budgets]
    paces = {(p.name, method): _pace(p, method) for p in problems() for method in METHODS}
    for done, (problem, method, budget) in enumerate(every):
        paths = _fitting(method, budget, paces[problem.name, method])
        key = {"product": problem.name, "method": method, "budget": budget}
        rows += [
            {**key, "seed": seed, "truth": problem.truth, **run(problem, method, seed, paths)}
            for seed in range(1, seeds + 1)
        ]
        progress(done + 1, len(every))
    return pl.DataFrame(rows)


def efficiency(table: pl.DataFrame) -> pl.DataFrame:
    """Root mean square errors with 95 % intervals, columns of `Efficiency`.

    A sum of n squared normal errors is a chi-square, whose logarithm has a standard deviation of
    about sqrt(2/n): that of the root mean square is half of it.
    """
    error = pl.col("value") - pl.col("truth")
    half = 1.96 / np.sqrt(2.0)
    grouped = table.group_by("product", "method", "budget", maintain_order=True).agg(
        paths=pl.col("paths").first(),
        runs=pl.len().cast(pl.Int64),
        median_seconds=pl.col("seconds").median(),
        lower_quartile_seconds=pl.col("seconds").quantile(0.25, "linear"),
        upper_quartile_seconds=pl.col("seconds").quantile(0.75, "linear"),
        rmse=(error**2).mean().sqrt(),
        truth=pl.col("truth").first(),
    )
    factor = (half / pl.col("runs").sqrt()).exp()
    return grouped.with_columns(
        rmse_low=pl.col("rmse") / factor,
        rmse_high=pl.col("rmse") * factor,
        relative_rmse=pl.col("rmse") / pl.col("truth").abs(),
    ).drop("truth")


def time_to_error(table: pl.DataFrame) -> pl.DataFrame:
    """Time to a relative error of 1e-4, from the table of `efficiency`.

    Between two budgets, or where the smallest is enough, it is measured (interpolated on
    logarithmic scales); beyond the largest it is extrapolated with the fitted slope, of -1/2 at the
    steepest for pseudo-random paths, whose law is known.
    """
    rows = []
    groups = table.partition_by("product", "method", maintain_order=True, as_dict=True)
    for (product, method), by_budget in groups.items():
        own = by_budget.sort("median_seconds")  # a busy machine may swap them
        x = np.log(own["median_seconds"].to_numpy())
        y = np.log(own["relative_rmse"].to_numpy())
        away = x - x.mean()
        slope = float(away @ y / (away @ away))
        seconds, extrapolated = _crossing(x, y, slope, str(method))
        rows.append(
            {
                "product": product,
                "method": method,
                "slope": slope,
                "seconds_measured": None if extrapolated else seconds,
                "seconds_extrapolated": seconds if extrapolated else None,
            }
        )
    types = {"seconds_measured": pl.Float64, "seconds_extrapolated": pl.Float64}
    return pl.DataFrame(rows, schema_overrides=types)


def _crossing(x: Any, y: Any, slope: float, method: str) -> tuple[float, bool]:
    """Seconds at which log error y over log time x meets the target, and whether beyond x."""
    goal = float(np.log(RELATIVE_ERROR))
    below = np.flatnonzero(y <= goal)
    if below.size and below[0] == 0:
        return float(np.exp(x[0])), False  # at most: the smallest budget is enough
    if below.size:
        k = int(below[0])
        share = (goal - y[k - 1]) / (y[k] - y[k - 1])
        return float(np.exp(x[k - 1] + share * (x[k] - x[k - 1]))), False
    known = -0.5 if not method.startswith("sobol") else min(slope, -0.5)
    return float(np.exp(x[-1] + (goal - y[-1]) / known)), True


def figures(grouped: pl.DataFrame, target: pl.DataFrame) -> dict[str, Any]:
    """Pseudo-random beside Sobol at the largest budget, and times to the target."""
    last = grouped.filter(pl.col("budget") == pl.col("budget").max())
    rmse = {(r["product"], r["method"]): r for r in last.iter_rows(named=True)}
    times = {(r["product"], r["method"]): r for r in target.iter_rows(named=True)}
    products = last["product"].unique(maintain_order=True).to_list()
    ratios = {
        name: {
            f"{net}_over_{pseudo}": rmse[name, net]["rmse"] / rmse[name, pseudo]["rmse"]
            * (rmse[name, net]["median_seconds"] / rmse[name, pseudo]["median_seconds"]) ** 0.5
            for pseudo, net in PAIRS.items()
        }
        for name in products
    }  # fmt: skip
    return {
        "largest_budget_seconds": last["budget"][0],
        "runs": int(grouped["runs"].to_numpy().min()),
        "worst_error_ratio": max(max(row.values()) for row in ratios.values()),
        "error_ratio_at_equal_time": ratios,
        "seconds_to_1e-4": {
            name: {method: _seconds(times[name, method]) for method in METHODS} for name in products
        },
        "extrapolated": sorted(
            f"{name} {method}"
            for (name, method), row in times.items()
            if row["seconds_measured"] is None
        ),
    }


def _seconds(row: Mapping[str, Any]) -> Any:
    return row["seconds_measured"] or row["seconds_extrapolated"]


def replayed(row: Mapping[str, Any]) -> dict[str, Any]:
    """The same simulation again; its value must be the stored one."""
    return run(by_name()[row["product"]], row["method"], row["seed"], row["paths"])


def write_runs(
    output: Path,
    *,
    inputs: Mapping[str, Path],  # noqa: ARG001 - the compiled core is imported
    config: Mapping[str, Any],
    progress: Progress,
) -> None:
    """Time every product by every method at every budget from every seed."""
    frame = measured(config["budgets"], config["seeds"], progress)
    tables.write_table(frame, output, EfficiencyRuns)


def write_efficiency(
    output: Path,
    *,
    inputs: Mapping[str, Path],
    config: Mapping[str, Any],  # noqa: ARG001 - one signature for all makers
    progress: Progress,
) -> None:
    """Write errors by budget, from the runs."""
    table = tables.read_table(inputs["runs"], EfficiencyRuns)
    tables.write_table(efficiency(table), output, Efficiency)
    progress(1, 1)


def write_time_to_error(
    output: Path,
    *,
    inputs: Mapping[str, Path],
    config: Mapping[str, Any],  # noqa: ARG001 - one signature for all makers
    progress: Progress,
) -> None:
    """Write times to the target, from the errors by budget."""
    table = tables.read_table(inputs["efficiency"], Efficiency)
    tables.write_table(time_to_error(table), output, TimeToError)
    progress(1, 1)
