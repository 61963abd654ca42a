"""The `benchmark_regression` table: this run of the benchmarks beside the last one, as ratios.

The table holds what it was made from, so that the next one finds its last run in it: the run
before, if machine, compiler, flags and profile are the same. Made again from the same report it
keeps the run that it was compared with. Times decide nothing; the gate bounds instruction counts
instead.

Runs of other minutes differ by more than the repetitions of one run tell [1], and by a factor that
all benchmarks share (clock, load). That factor, `drift`, is the median of all ratios; the scatter
around it, by its median absolute deviation times 1.4826 (normal noise), is what two runs of one
program differ by here and now, and a benchmark's own repetitions add to it. A ratio over the drift
is noise while it lies within 1 / band to band, where

    log(band) = t sqrt(scatter^2 + own^2 + last^2)

with t the quantile of Student's distribution of 6 degrees (rests of a loaded machine have heavy
tails) at which all benchmarks of a run together, in both directions, give a false alarm with
probability 0.05: Bonferroni's, the first step of Holm's [2]. A slowdown of every kernel at once is
drift; counts of instructions [`instruction_counts`, those of AVX2] do not drift. Where both runs
have a kernel's count, it decides: a slower time with a count that did not grow is "unconfirmed"
(noise, or memory, which is not counted), and a count that grew by more than 1 % is "instructions"
even where the time hides it.

[1] Kalibera, T. and Jones, R. (2013), Rigorous benchmarking in reasonable time, ISMM, 63-74.
[2] Holm, S. (1979), Scandinavian Journal of Statistics 6(2), 65-70.
[3] Abramowitz, M. and Stegun, I. A. (1964), Handbook of Mathematical Functions, 26.7.4.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from tasks.evidence import benchmark_report, benchmark_tables, benchmarks, digest, machine, tables
from tasks.evidence.benchmark_report import Context
from tasks.evidence.progress import Progress

_FALSE_ALARM = 0.05  # of a whole run
_LEAST_SCATTER = 0.01
_FEWEST = 10  # benchmarks that show a drift
_NORMAL = 1.4826
_DEGREES = 6
MORE_INSTRUCTIONS = 1.01
NAME = "benchmark_regression.csv"


def key(context: Context) -> str:
    """Hash of what must be the same for two runs to be comparable."""
    facts = {
        "machine": machine.machine(),
        "compiler": context.strikeproof_compiler,
        "flags": context.strikeproof_flags,
        "simd": context.strikeproof_simd,
        "profile": context.strikeproof_profile,
    }
    return digest.sha256_bytes(digest.canonical_json(facts))[:16]


def student_tail(x: float) -> float:
    """Probability beyond `x` under Student's distribution of 6 degrees [3]."""
    angle = math.atan(x / math.sqrt(_DEGREES))
    squared = math.cos(angle) ** 2
    return 0.5 - 0.5 * math.sin(angle) * (1.0 + 0.5 * squared + 0.375 * squared**2)


def deviations(comparisons: int) -> float:
    """Deviations that noise exceeds in none of so many comparisons, but for one run in twenty."""
    low, high = 0.0, 1e3
    for _ in range(60):
        middle = 0.5 * (low + high)
        beyond = student_tail(middle) > 0.5 * _FALSE_ALARM / comparisons
        low, high = (middle, high) if beyond else (low, middle)
    return high


def noise(ratios: list[float]) -> tuple[float, float]:
    """Factor that two runs share, and the scatter of the logarithms of their ratios around it."""
    if len(ratios) < _FEWEST:
        return 1.0, _LEAST_SCATTER
    logs = [math.log(ratio) for ratio in ratios]
    shared = statistics.median(logs)
    scatter = _NORMAL * statistics.median(abs(one - shared) for one in logs)
    return math.exp(shared), max(scatter, _LEAST_SCATTER)


def compare(
    table: pl.DataFrame,
    report: str,
    comparable: str,
    last: pl.DataFrame | None,
    counts: Mapping[str, float] | None = None,
) -> pl.DataFrame:
    """One row per benchmark.

    Parameters
    ----------
    table : DataFrame
        Benchmark table of this run.
    report : str
        Digest of its report.
    comparable : str
        Its `key`.
    last : DataFrame or None
        The table made before this one.
    counts : mapping, optional
        Instructions by ``engine/operation``, as `instructions` gives them.
    """
    known = {row["name"]: row for row in last.iter_rows(named=True)} if last is not None else {}
    rows = []
    for new in table.to_dicts():
        count = (counts or {}).get("/".join(new["name"].split("/")[:2]))
        rows.append(_row(new | {"instructions": count}, report, comparable, known.get(new["name"])))
    compared = [row for row in rows if row["last_ns"] is not None]
    drift, scatter = noise([row["ratio"] for row in compared])
    most = deviations(max(len(compared), 1))
    for row in compared:
        own = _NORMAL * math.hypot(row["spread"], row["last_spread"])
        row |= {"drift": drift, "band": math.exp(most * math.hypot(scatter, own))}
        row["verdict"] = _verdict(row)
    types = {n: c.dtype for n, c in benchmark_tables.BenchmarkRegression.columns().items()}
    return pl.DataFrame(rows, schema=types).sort("name")


_LAST = {
    "last_report": "report",
    "last_ns": "ns_per_price",
    "last_spread": "spread",
    "last_instructions": "instructions",
}


def _row(
    new: Mapping[str, Any], report: str, comparable: str, old: Mapping[str, Any] | None
) -> dict[str, Any]:
    """Row of a run and its last: the old row, or the one before it where that is of this report."""
    row = {"name": new["name"], "report": report, "comparable": comparable, "verdict": "first"}
    row |= {name: new[name] for name in ("ns_per_price", "spread", "instructions")}
    row |= dict.fromkeys((*_LAST, "ratio", "drift", "band"))
    if old is None or old["comparable"] != comparable:
        return row
    again = old["report"] == report
    row |= {last: old[last if again else this] for last, this in _LAST.items()}
    if row["last_ns"] is not None:
        row["ratio"] = row["ns_per_price"] / row["last_ns"]
    return row


def _verdict(row: Mapping[str, Any]) -> str:
    """The rule that the table's schema computes anew."""
    now, before = row["instructions"], row["last_instructions"]
    counted = now is not None and before is not None
    more = counted and now / before > MORE_INSTRUCTIONS
    own = row["ratio"] / row["drift"]
    if own > row["band"]:
        return "slower" if more or not counted else "unconfirmed"
    if more:
        return "instructions"
    return "faster" if own < 1.0 / row["band"] else "same"


def instructions(table: pl.DataFrame) -> dict[str, float]:
    """Instructions per unit of each kernel: of AVX2 where it has that, else of its one row."""
    rows = table.filter(pl.col("instruction_set") != "baseline")
    rows = rows.filter(pl.col("instructions").is_not_null())
    return dict(rows.select("kernel", "instructions").iter_rows())


def write_regression(
    output: Path,
    *,
    inputs: Mapping[str, Path],
    config: Mapping[str, Any],  # noqa: ARG001 - one signature for all makers
    progress: Progress,
) -> None:
    """Compare the report at ``inputs["report"]`` with the table that `output` is to replace."""
    report = benchmark_report.read(inputs["report"])
    made = digest.sha256_file(inputs["report"])
    counted = tables.read_table(inputs["instructions"], benchmark_tables.InstructionCounts)
    found = compare(
        benchmarks.table(report),
        made,
        key(report.context),
        _last(output.parent),
        instructions(counted),
    )
    tables.write_table(found, output, benchmark_tables.BenchmarkRegression)
    progress(1, 1)


def _last(folder: Path) -> pl.DataFrame | None:
    """The table made before; one that cannot be read is none."""
    try:
        return tables.read_table(folder / NAME, benchmark_tables.BenchmarkRegression)
    except tables.TableFault:
        return None


def note(table: pl.DataFrame) -> str:
    """What the comparison says, in one line."""
    compared = table.filter(pl.col("verdict") != "first")
    if compared.is_empty():
        return "benchmarks: no comparable run before this one"
    told = compared.filter(pl.col("verdict").is_in(["slower", "instructions"]))
    text = f"benchmarks: {len(told)} of {len(compared)} slower than the last run"
    if unconfirmed := len(compared.filter(pl.col("verdict") == "unconfirmed")):
        text += f", {unconfirmed} slower by time alone (noise or memory)"
    drift, band = float(compared["drift"][0]), np.median(compared["band"].to_numpy())
    text += f"; drift between the runs {drift:.2f}, median band {band:.2f}"
    if told.is_empty():
        return text
    row = told.sort(pl.col("ratio"), descending=True).row(0, named=True)
    return f"{text}; worst {row['name']} ({row['verdict']}): {row['ratio'] / drift:.2f} times"
