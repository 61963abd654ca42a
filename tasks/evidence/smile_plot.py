"""Picture of the `smile_models` tables: accuracy against pace, and recovery of random models."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.ticker import NullFormatter

from tasks.evidence import optional_tables, plotting, smile_calibration, smile_surfaces, tables
from tasks.evidence.progress import Progress

_ENGINES = {
    smile_surfaces.OURS: ("strikeproof", plotting.BLUE),
    "ExponentialFittingHestonEngine": ("QuantLib, exponential fitting", plotting.GREEN),
    "AnalyticHestonEngine": ("QuantLib, default", plotting.ORANGE),
    "COSHestonEngine": ("QuantLib, COS", plotting.GREY),
}
_MARKERS = ("o", "s", "D", "^", "v")
_LEAST_ERROR = 1e-17  # where an error of 0 is drawn
_COLOURS = {
    smile_calibration.OURS: plotting.BLUE,
    smile_calibration.BY_VOLATILITY: plotting.ORANGE,
    smile_calibration.BY_PRICE: plotting.GREY,
}


def _legend(axes: Axes) -> None:
    axes.legend(fontsize=7.5, loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=2)


def _draw_surfaces(axes: Axes, surfaces: pl.DataFrame) -> None:
    cases = surfaces["case"].unique(maintain_order=True).to_list()
    one = surfaces.filter((pl.col("threads") == 1) & pl.col("max_error").is_not_null())
    for row in one.iter_rows(named=True):
        error = max(row["max_error"], _LEAST_ERROR)
        _, colour = _ENGINES[row["engine"]]
        marker = _MARKERS[cases.index(row["case"])]
        axes.plot(row["surfaces_per_second"], error, marker, color=colour, markersize=7)
    for label, colour in _ENGINES.values():
        axes.plot([], [], "-", color=colour, linewidth=4, label=label)
    for case, marker in zip(cases, _MARKERS, strict=True):
        axes.plot([], [], marker, color="#30343b", label=case)
    axes.set(
        xscale="log",
        yscale="log",
        title="Surfaces of 10 expiries by 20 strikes, one thread",
        xlabel="surfaces per second",
        ylabel="largest error of a call on a forward of 1",
    )
    axes.xaxis.set_minor_formatter(NullFormatter())
    _legend(axes)


def _draw_recovery(axes: Axes, sets: pl.DataFrame) -> None:
    groups = sets.filter(pl.col("recovery_error").is_not_null()).group_by(
        "library", "quotes", "noise", maintain_order=True
    )
    for (library, quotes, noise), group in groups:
        errors = np.sort(np.maximum(group["recovery_error"].to_numpy(), _LEAST_ERROR))
        share = np.arange(1, len(errors) + 1) / len(errors)
        points = f"{100.0 * float(noise):g} vol points" if noise else "no noise"
        axes.plot(
            errors,
            100.0 * share,
            "-" if quotes == min(sets["quotes"]) else "--",
            color=_COLOURS[str(library)],
            alpha=0.6 if noise else 1.0,
            linewidth=3.5 if library == smile_calibration.OURS else 1.5,
            label=f"{library}, {quotes} quotes, {points}, {len(errors)} sets",
        )
    axes.set(
        xscale="log",
        title="Calibration of random models",
        xlabel="largest error of the five parameters (relative; correlation absolute)",
        ylabel="sets with at most that error, %",
    )
    _legend(axes)


def write_smile_plot(
    output: Path,
    *,
    inputs: Mapping[str, Path],
    config: Mapping[str, Any],  # noqa: ARG001 - one signature for all makers
    progress: Progress,
) -> None:
    """Draw the tables at ``inputs["surfaces"]`` and ``inputs["sets"]``."""
    surfaces = tables.read_table(inputs["surfaces"], optional_tables.SmileSurfaces)
    sets = tables.read_table(inputs["sets"], optional_tables.SmileCalibrationSets)
    with plotting.figure(output, 13.0, 6.4, "Heston's model beside QuantLib") as drawn:
        left, right = drawn.subplots(1, 2)
        _draw_surfaces(left, surfaces)
        _draw_recovery(right, sets)
    progress(1, 1)
