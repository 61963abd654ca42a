"""Nanoseconds per price from a Google Benchmark report: table, plot, headline figures.

Times are wall time per option row: the median over repetitions, with the median absolute
deviation over the median as spread. Memory is what one untimed call holds on the heap at its peak,
its outputs included and its inputs not. What makes a report believable is in `benchmark_report`.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl
from pydantic import ValidationError

from tasks.evidence import benchmark_report, benchmark_tables, plotting, tables
from tasks.evidence.benchmark_report import Report, Row
from tasks.evidence.faults import EvidenceFault
from tasks.evidence.progress import Progress
from tasks.evidence.tolerances import validation_messages

_NS = {"ns": 1.0, "us": 1e3, "ms": 1e6, "s": 1e9}
_MODIFIERS = ("process_time", "real_time")
# Aggregates are sums of the same doubles in another order; an edited row is far outside.
_SAME = 1e-6
_COLUMNS = benchmark_tables.BenchmarkTable.column_names()


def parse(report: Mapping[str, Any]) -> pl.DataFrame:
    """Benchmark table of a report as Google Benchmark's JSON reads.

    Raises
    ------
    EvidenceFault
        Not a report, or one that `table` refuses.
    """
    try:
        parsed = Report.model_validate(report)
    except ValidationError as error:
        raise EvidenceFault(validation_messages(error)) from None
    if faults := list(benchmark_report.implausible(parsed)):
        raise EvidenceFault(faults)
    return table(parsed)


def table(report: Report) -> pl.DataFrame:
    """One row per benchmark by engine, operation, batch and threads (a report's order is random).

    Raises
    ------
    EvidenceFault
        No benchmarks, no repetitions or no median row of one, or rows that contradict each other;
        every fault found is listed.
    """
    if not report.benchmarks:
        raise EvidenceFault(["0 benchmarks in the report"])
    if faults := [fault for name in report.names() for fault in _contradictions(report, name)]:
        raise EvidenceFault(faults)
    rows = [_summary(name, report.repetitions(name)) for name in report.names()]
    return pl.DataFrame(rows).select(_COLUMNS).sort("engine", "operation", "batch", "threads")


def _summary(name: str, rows: list[Row]) -> dict[str, Any]:
    times = [_ns_per_price(row) for row in rows]
    median = statistics.median(times)
    engine, operation, batch, threads = _parts(name)
    return {
        "name": name,
        "engine": engine,
        "operation": operation,
        "batch": batch,
        "threads": threads,
        "repetitions": len(rows),
        "iterations": sum(row.iterations for row in rows),
        "ns_per_price": median,
        "spread": statistics.median(abs(time - median) for time in times) / median,
        "peak_bytes": _bytes(rows),
        "bytes_per_option": _bytes(rows) / batch,
    }


def _bytes(rows: list[Row]) -> int:
    assert rows[0].peak_bytes is not None  # `implausible` refuses such a row
    return int(rows[0].peak_bytes)


def _ns_per_price(row: Row) -> float:
    assert row.items_per_second is not None  # `implausible` refuses such a row
    return 1e9 / row.items_per_second


def _parts(name: str) -> tuple[str, str, int, int]:
    """Engine, operation, batch and threads of ``engine/operation/batch[/pool:n][/real_time]``."""
    words = [word for word in name.split("/") if word not in _MODIFIERS]
    threads = 1
    if words[-1].startswith("pool:"):
        threads = int(words.pop().removeprefix("pool:"))
    if len(words) != 3 or not words[2].isdecimal():
        problem = f"benchmark name {name!r} is not engine/operation/batch: rename the benchmark"
        raise EvidenceFault([problem])
    return words[0], words[1], int(words[2]), threads


def _contradictions(report: Report, name: str) -> Iterator[str]:
    rows = report.repetitions(name)
    medians = [
        row for row in report.benchmarks if row.run_name == name and row.aggregate_name == "median"
    ]
    if not rows:
        yield f"{name} has no repetitions: run without --benchmark_report_aggregates_only"
        return
    if len(medians) != 1:
        yield f"{name} has {len(medians)} median rows, want 1: run with repetitions"
    batch = _parts(name)[2]
    for row in rows:
        if row.items_per_second is None or row.items_per_second <= 0.0 or row.real_time <= 0.0:
            yield f"implausible: {name} holds a time or rate that is not above 0"
            return
        per_price = row.real_time * _NS[row.time_unit] / batch
        if not math.isclose(per_price, _ns_per_price(row), rel_tol=_SAME):
            yield (
                f"{name} repetition {row.repetition_index}: {per_price:.6g} ns per price by time, "
                f"{_ns_per_price(row):.6g} by rate"
            )
    if len({row.peak_bytes for row in rows}) != 1 or rows[0].peak_bytes is None:
        yield f"{name} holds another number of bytes in each repetition, or none"
    median = statistics.median(row.real_time for row in rows)
    for row in medians:
        if not math.isclose(row.real_time, median, rel_tol=_SAME):
            yield f"{name} median row says {row.real_time:.6g}, its repetitions {median:.6g}"


def figures(report: Report) -> dict[str, Any]:
    """Headline figures: how the binary was built, and ns per price of every benchmark."""
    context = report.context
    rows = table(report).iter_rows(named=True)
    shown = ("ns_per_price", "spread", "bytes_per_option", "batch", "threads", "repetitions")
    return {
        "compiler": context.strikeproof_compiler,
        "flags": context.strikeproof_flags,
        "build_type": context.strikeproof_build_type,
        "simd": context.strikeproof_simd,
        "cores": context.num_cpus,
        "mhz_per_cpu": context.mhz_per_cpu,
        "noisy": context.cpu_scaling_enabled,
        "by_benchmark": {row["name"]: {key: row[key] for key in shown} for row in rows},
    }


def write_benchmark_table(
    output: Path,
    *,
    inputs: Mapping[str, Path],
    config: Mapping[str, Any],  # noqa: ARG001 - one signature for all makers
    progress: Progress,
) -> None:
    """Write the table of the report at ``inputs["report"]``."""
    frame = table(benchmark_report.read(inputs["report"]))
    tables.write_table(frame, output, benchmark_tables.BenchmarkTable)
    progress(1, 1)


def write_benchmark_plot(
    output: Path,
    *,
    inputs: Mapping[str, Path],
    config: Mapping[str, Any],
    progress: Progress,
) -> None:
    """Write the plot of ns per price, from the table at ``inputs["table"]``.

    All operations on the left; on the right how those with many sizes of batches scale.
    """
    frame = tables.read_table(inputs["table"], benchmark_tables.BenchmarkTable)
    repetitions = frame["repetitions"].min()
    title = f"Nanoseconds per price, median of {repetitions!r} repetitions ({config['profile']})"
    rows = frame.select("engine", "operation").unique(maintain_order=True).rows()
    sizes = frame.group_by("engine", "operation", maintain_order=True).agg(
        pl.col("batch").n_unique()
    )
    many = sizes.filter(pl.col("batch") >= _MANY_SIZES)
    scaling = many["engine"].unique(maintain_order=True).to_list()
    with plotting.figure(output, 15.0, 2.0 + 0.19 * len(rows), title) as drawn:
        grid = drawn.add_gridspec(max(len(scaling), 1), 2)
        _draw_all(drawn.add_subplot(grid[:, 0]), frame, rows)
        for place, engine in enumerate(scaling):
            axes = drawn.add_subplot(grid[place, 1])
            _draw_engine(axes, frame.filter(pl.col("engine") == engine), engine)
    progress(1, 1)


_MANY_SIZES = 4


def _draw_all(axes: Any, frame: pl.DataFrame, rows: list[tuple[str, str]]) -> None:
    """One line an operation: the smallest batch, and the largest one by one thread and by more."""
    kinds: dict[str, list[tuple[float, float, int]]] = {}
    for place, (engine, operation) in enumerate(rows):
        of = frame.filter((pl.col("engine") == engine) & (pl.col("operation") == operation))
        one = of.filter(pl.col("threads") == 1).sort("batch").to_dicts()
        more = of.filter(pl.col("threads") > 1).sort("batch").to_dicts()
        shown = {"smallest batch": one[0], "largest batch": one[-1]}
        if more:
            shown["largest batch, more threads"] = more[-1]
        for kind, row in shown.items():
            error = row["ns_per_price"] * row["spread"]
            kinds.setdefault(kind, []).append((row["ns_per_price"], error, place))
        if place > 0 and rows[place - 1][0] != engine:
            axes.axhline(place - 0.5, color="#b8bdc6", linewidth=0.6)
    looks = (("o", plotting.GREY), ("s", plotting.BLUE), ("<", plotting.ORANGE))
    for (kind, points), (marker, colour) in zip(kinds.items(), looks, strict=False):
        times, errors, places = zip(*points, strict=True)
        axes.errorbar(
            times, places, xerr=errors, linestyle="", marker=marker, markersize=5, color=colour,
            capsize=2, label=kind,
        )  # fmt: skip
    names = [f"{engine}: {operation}".replace("_", " ") for engine, operation in rows]
    axes.set_yticks(range(len(rows)), names, fontsize=8)
    axes.set(xscale="log", xlabel="ns per price, number, path step or quote")
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3)


def _draw_engine(axes: Any, frame: pl.DataFrame, engine: str) -> None:
    for (operation, threads), rows in frame.group_by("operation", "threads", maintain_order=True):
        ordered = rows.sort("batch")
        times = ordered["ns_per_price"].to_numpy()
        label = str(operation).replace("_", " ") + (f", {threads} threads" if threads != 1 else "")
        error = times * ordered["spread"].to_numpy()
        axes.errorbar(ordered["batch"].to_numpy(), times, error, marker="o", capsize=3, label=label)
        for batch, time in zip(ordered["batch"], times, strict=True):
            place = {"textcoords": "offset points", "xytext": (0, 6), "ha": "center"}
            text = f"{time:,.0f}" if time >= 100.0 else f"{time:.3g}"
            axes.annotate(text, (batch, time), fontsize=8, **place)
    axes.set(xscale="log", yscale="log", xlabel="options per call", ylabel="ns per price")
    axes.margins(x=0.08, y=0.18)
    axes.set_title(engine.replace("_", " "))
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
