"""Pictures of the convergence studies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from tasks.evidence import plotting, tables
from tasks.evidence.convergence import tables as schemas
from tasks.evidence.convergence.efficiency import RELATIVE_ERROR
from tasks.evidence.progress import Progress

_PURPLE = "#8a4f9e"
_KINDS = {"qmc": plotting.BLUE, "pde": plotting.ORANGE, "tree": plotting.GREEN}
_KIND_WORDS = {
    "qmc": "quasi-Monte Carlo, in standard errors",
    "pde": "finite differences, in their estimated errors",
    "tree": "tree, in its estimated errors",
}
_METHODS = {
    "plain": (plotting.GREY, "plain"),
    "antithetic": ("#c9a227", "antithetic"),
    "control": (plotting.ORANGE, "control variates"),
    "antithetic_control": (_PURPLE, "antithetic and control"),
    "sobol": (plotting.BLUE, "Sobol"),
    "sobol_control": (plotting.GREEN, "Sobol and control"),
}
_SCHEMES = {
    "full_truncation": (plotting.GREY, 0.96),
    "quadratic_exponential": (plotting.BLUE, 1.0),
    "almost_exact": (plotting.GREEN, 1.04),
}


def _words(name: str) -> str:
    return name.replace("_", " ")


def write_agreement_plot(
    output: Path,
    *,
    inputs: Mapping[str, Path],
    config: Mapping[str, Any],  # noqa: ARG001 - one signature for all makers
    progress: Progress,
) -> None:
    """Every disagreement, in stated errors and absolute, a line of dots a product."""
    table = tables.read_table(inputs["rows"], schemas.MethodAgreement)
    products = table["product"].unique(maintain_order=True).to_list()
    title = f"Independent methods on {table['contract'].n_unique()} contracts"
    with plotting.figure(output, 13.0, 8.0, title) as drawn:
        left, right = drawn.subplots(1, 2, sharey=True)
        for kind, colour in _KINDS.items():
            own = table.filter(pl.col("method") == kind)
            shift = {"qmc": -0.25, "pde": 0.0, "tree": 0.25}[kind]
            place = np.array([products.index(name) for name in own["product"]]) + shift
            style = {"marker": "o", "ms": 3.0, "alpha": 0.6, "ls": "", "mew": 0.0}
            label = _KIND_WORDS[kind]
            left.plot(own["in_errors"].to_numpy(), place, color=colour, label=label, **style)
            absolute = np.maximum(own["difference"].abs().to_numpy(), 1e-13)
            right.plot(absolute, place, color=colour, **style)
        for end in (-2.0, 2.0):
            left.axvline(end, color=plotting.GREY, linewidth=0.8, linestyle=":")
        left.set_yticks(range(len(products)), [_words(name) for name in products])
        left.invert_yaxis()
        left.set_xlim(-6.0, 6.0)
        left.set_title("Difference over stated error")
        left.set_xlabel("stated errors (dotted: 2)")
        right.set_xscale("log")
        right.set_title("Absolute difference, spots of about 100")
        right.set_xlabel("currency (1e-13 stands for less)")
        drawn.legend(loc="outside lower center", ncols=3, fontsize=9, markerscale=2.0)
    progress(1, 1)


def write_order_plot(
    output: Path,
    *,
    inputs: Mapping[str, Path],
    config: Mapping[str, Any],  # noqa: ARG001 - one signature for all makers
    progress: Progress,
) -> None:
    """Errors on the nested grids, and the orders that they show with their intervals."""
    errors = tables.read_table(inputs["errors"], schemas.PdeErrors)
    orders = tables.read_table(inputs["orders"], schemas.PdeOrders)
    height = 1.5 + 0.27 * len(orders)
    with plotting.figure(output, 13.0, height, "Order of the finite-difference engines") as drawn:
        left, right = drawn.subplots(1, 2, width_ratios=(1.0, 1.15))
        _draw_errors(left, errors)
        _draw_orders(right, orders)
    progress(1, 1)


def _scheme_colour(scheme: str) -> str:
    colours = {"tr_bdf2": plotting.BLUE, "crank_nicolson": plotting.ORANGE}
    colours |= {"modified_craig_sneyd": plotting.GREEN, "hundsdorfer_verwer": _PURPLE}
    return colours[scheme]


def _draw_errors(axes: Any, errors: pl.DataFrame) -> None:
    seen: set[str] = set()
    for (_, scheme), own in errors.partition_by(
        "product", "scheme", maintain_order=True, as_dict=True
    ).items():
        word = str(scheme)
        label = "" if word in seen else _words(word)
        seen.add(word)
        steps = own["steps"].to_numpy()
        axes.loglog(
            steps,
            own["error"].abs().to_numpy(),
            "o-",
            ms=3.0,
            linewidth=1.0,
            color=_scheme_colour(word),
            alpha=0.7,
            label=label or None,
        )
    steps = np.array([12.0, 192.0])
    axes.loglog(steps, 0.3 * (steps / 12.0) ** -2.0, "k--", linewidth=1.0, label="order 2")
    ticks = [12, 24, 48, 96, 192]
    axes.set_xticks(ticks, [str(t) for t in ticks])
    axes.minorticks_off()
    axes.set_xlabel("steps in time; cells of the spot in proportion")
    axes.set_ylabel("absolute error, currency")
    axes.set_title("Error on nested grids, one line a product")
    axes.legend(fontsize=8)


def _draw_orders(axes: Any, orders: pl.DataFrame) -> None:
    most = 0.5  # longer intervals are cut
    for place, row in enumerate(orders.iter_rows(named=True)):
        half, colour = min(row["half_width"], most), _scheme_colour(row["scheme"])
        axes.errorbar(row["order"], place, xerr=half, fmt="o", ms=4.0, color=colour, capsize=2.0)
        axes.plot(row["declared"], place, "|", color="#20242b", ms=9.0, mew=1.4)
        if row["half_width"] > most:
            axes.annotate(
                f"interval ±{row['half_width']:.1f}",
                (row["order"] + half, place),
                textcoords="offset points",
                xytext=(5, -3),
                fontsize=7,
            )
    names = [f"{row['product']}, {_words(row['scheme'])}" for row in orders.iter_rows(named=True)]
    axes.set_yticks(range(len(orders)), names, fontsize=7)
    axes.invert_yaxis()
    axes.set_xlim(0.9, 2.6)
    axes.set_xlabel("order (bar: declared)")
    axes.set_title("Observed order and 95 % interval")


def write_coverage_plot(
    output: Path,
    *,
    inputs: Mapping[str, Path],
    config: Mapping[str, Any],  # noqa: ARG001 - one signature for all makers
    progress: Progress,
) -> None:
    """Coverage by product and method with binomial intervals."""
    table = tables.read_table(inputs["coverage"], schemas.Coverage)
    methods = table["method"].unique(maintain_order=True).to_list()
    products = table["product"].unique(maintain_order=True).to_list()
    title = f"95 % intervals that hold the truth, {table['seeds'][0]} seeds each"
    with plotting.figure(output, 11.0, 6.5, title) as drawn:
        axes = drawn.subplots()
        for k, method in enumerate(methods):
            own = table.filter(pl.col("method") == method)
            share = own["coverage"].to_numpy()
            ends = np.stack([share - own["low"].to_numpy(), own["high"].to_numpy() - share])
            place = np.arange(len(products)) + 0.18 * (k - (len(methods) - 1) / 2.0)
            colour, words = _METHODS[method]
            axes.errorbar(
                100.0 * share, place, xerr=100.0 * ends, fmt="o", ms=4.0, color=colour, label=words
            )
        axes.axvline(95.0, color="#20242b", linewidth=1.0, linestyle="--")
        axes.set_yticks(range(len(products)), [_words(name) for name in products])
        axes.invert_yaxis()
        axes.set_xlabel("percent of the seeds, and its 95 % binomial interval (each by itself)")
        drawn.legend(loc="outside lower center", ncols=len(methods), fontsize=9)
    progress(1, 1)


def write_efficiency_plot(
    output: Path,
    *,
    inputs: Mapping[str, Path],
    config: Mapping[str, Any],  # noqa: ARG001 - one signature for all makers
    progress: Progress,
) -> None:
    """Relative error against wall time, a panel a product."""
    table = tables.read_table(inputs["efficiency"], schemas.Efficiency)
    products = table["product"].unique(maintain_order=True).to_list()
    title = "Relative error against wall time of one thread, with 95 % intervals"
    with plotting.figure(output, 13.0, 6.4, title) as drawn:
        panels = drawn.subplots(2, -(-len(products) // 2), sharex=True, sharey=True).ravel()
        for axes, product in zip(panels, products, strict=False):
            _draw_efficiency(axes, table.filter(pl.col("product") == product), product)
        for axes in panels[len(products) :]:
            axes.set_visible(False)
        handles, labels = panels[0].get_legend_handles_labels()
        drawn.legend(handles, labels, loc="outside lower center", ncols=len(labels), fontsize=9)
        ticks = [1e3 * budget for budget in table["budget"].unique().sort()]
        panels[0].set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        panels[0].minorticks_off()
        for axes in panels[len(panels) // 2 :]:
            axes.set_xlabel("wall time, ms")
        drawn.supylabel("root mean square error over value", fontsize=9)
    progress(1, 1)


def _draw_efficiency(axes: Any, own: pl.DataFrame, product: str) -> None:
    methods = own.partition_by("method", maintain_order=True, as_dict=True)
    for (method,), by_budget in methods.items():
        line = by_budget.sort("median_seconds")
        colour, words = _METHODS[str(method)]
        scale = (line["relative_rmse"] / line["rmse"]).to_numpy()
        centre = line["relative_rmse"].to_numpy()
        low, high = line["rmse_low"].to_numpy() * scale, line["rmse_high"].to_numpy() * scale
        axes.errorbar(
            1e3 * line["median_seconds"].to_numpy(),
            centre,
            yerr=np.stack([centre - low, high - centre]),
            fmt="o-",
            ms=3.0,
            linewidth=1.2,
            color=colour,
            label=words,
        )
    axes.axhline(RELATIVE_ERROR, color="#20242b", linewidth=0.8, linestyle=":")
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.minorticks_off()
    axes.set_title(_words(product))


def write_bias_plot(
    output: Path,
    *,
    inputs: Mapping[str, Path],
    config: Mapping[str, Any],  # noqa: ARG001 - one signature for all makers
    progress: Progress,
) -> None:
    """Worst bias against steps a year by scheme, a panel a case."""
    table = tables.read_table(inputs["bias"], schemas.SchemeBias)
    cases = table["case"].unique(maintain_order=True).to_list()
    title = "Bias of Heston's schemes: European calls, spot 100, worst of the strikes"
    with plotting.figure(output, 13.0, 6.6, title) as drawn:
        panels = drawn.subplots(2, -(-len(cases) // 2), sharex=True, sharey=True).ravel()
        for axes, case in zip(panels, cases, strict=False):
            _draw_bias(axes, table.filter(pl.col("case") == case), case)
        steps = table["steps_per_year"].unique().sort().to_list()
        panels[0].set_xticks(steps, [str(count) for count in steps])
        panels[0].minorticks_off()
        for axes in panels[len(panels) // 2 :]:
            axes.set_xlabel("steps a year")
        drawn.supylabel("absolute bias (bar: two standard errors)", fontsize=9)
        handles, labels = panels[0].get_legend_handles_labels()
        drawn.legend(handles, labels, loc="outside lower center", ncols=len(labels), fontsize=9)
    progress(1, 1)


def _draw_bias(axes: Any, own: pl.DataFrame, case: str) -> None:
    least = 1e-4  # what is below is drawn there
    for scheme, (colour, shift) in _SCHEMES.items():
        worst = (
            own.filter(pl.col("scheme") == scheme)
            .with_columns(size=pl.col("bias").abs())
            .sort("size")
            .unique("steps_per_year", keep="last")
            .sort("steps_per_year")
        )
        size, error = worst["size"].to_numpy(), 2.0 * worst["standard_error"].to_numpy()
        axes.errorbar(
            worst["steps_per_year"].to_numpy() * shift,
            np.maximum(size, least),
            yerr=np.stack([np.minimum(error, np.maximum(size - least, 0.0)), error]),
            fmt="o-",
            ms=3.5,
            linewidth=1.2,
            color=colour,
            label=_words(scheme),
        )
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.minorticks_off()
    axes.set_title(case)


def write_variance_plot(
    output: Path,
    *,
    inputs: Mapping[str, Path],
    config: Mapping[str, Any],  # noqa: ARG001 - one signature for all makers
    progress: Progress,
) -> None:
    """Variance ratios at equal paths and at equal time."""
    table = tables.read_table(inputs["table"], schemas.VarianceReduction)
    products = table["product"].unique(maintain_order=True).to_list()
    with plotting.figure(output, 13.0, 6.8, "Variance of plain paths over that of a method") as d:
        left, right = d.subplots(1, 2, sharey=True, sharex=True)
        methods = [name for name in _METHODS if name != "plain"]
        for k, method in enumerate(methods):
            own = table.filter(pl.col("method") == method)
            place = np.arange(len(products)) + 0.16 * (k - (len(methods) - 1) / 2.0)
            colour, words = _METHODS[method]
            ratio = own["variance_ratio"].to_numpy()
            ends = [ratio - own["ratio_low"].to_numpy(), own["ratio_high"].to_numpy() - ratio]
            left.barh(place, ratio, 0.16, color=colour, label=words)
            left.errorbar(ratio, place, xerr=ends, fmt="none", color="#20242b", linewidth=0.8)
            right.barh(place, own["efficiency"].to_numpy(), 0.16, color=colour)
        for axes, words in ((left, "At equal paths"), (right, "At equal time")):
            _finish(axes, products, words)
        d.legend(loc="outside lower center", ncols=len(methods), fontsize=9)
    progress(1, 1)


def _finish(axes: Any, products: Sequence[str], words: str) -> None:
    axes.axvline(1.0, color="#20242b", linewidth=0.8)
    axes.set_xscale("log")
    axes.set_title(words)
    axes.set_xlabel("times less variance")
    axes.set_yticks(range(len(products)), [_words(name) for name in products])
    axes.set_ylim(len(products) - 0.4, -0.6)
