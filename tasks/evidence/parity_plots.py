"""Pictures of the parity of all products: where the errors are, and how they are distributed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from tasks.evidence import parity_grid, parity_summary, plotting
from tasks.evidence.progress import Progress

_FLOOR = 1e-17  # where equal values are drawn
_COLUMNS = 6
_AXES = ("moneyness", "deviations", "log_moneyness", "strike", "distance", "above", "spot2")


def write_heat_maps(
    output: Path,
    *,
    inputs: Mapping[str, Path],
    config: Mapping[str, Any],
    progress: Progress,
) -> None:
    """Write a map for each product: largest error by time to expiry and its first other axis."""
    tables = parity_summary.by_product(inputs)
    rows = math.ceil(len(tables) / _COLUMNS)
    points = sum(t.select(parity_summary.names(t)).n_unique() for t in tables.values())
    title = (
        f"strikeproof against QuantLib: largest error over max(1, value), {len(tables)} products, "
        f"{points:,} points ({config['profile']} grid)"
    )
    with plotting.figure(output, 2.6 * _COLUMNS, 2.1 * rows, title) as drawn:
        drawn.set_layout_engine(None)  # solving for the places of 30 maps takes seconds
        edges = {"left": 0.04, "bottom": 0.05, "right": 0.9, "top": 0.94}
        places = drawn.subplots(
            rows, _COLUMNS, gridspec_kw={**edges, "wspace": 0.32, "hspace": 0.5}
        ).ravel()
        image: Any = None
        for axes, (name, table) in zip(places, tables.items(), strict=False):
            image = _map(axes, name, table)
        for axes in places[len(tables) :]:
            axes.set_visible(False)
        note = "log10; crosses: QuantLib is wrong, or has no answer, somewhere in the cell"
        drawn.colorbar(image, cax=drawn.add_axes((0.925, 0.2, 0.012, 0.6)), label=note)
    progress(1, 1)


def _map(axes: Any, name: str, table: pl.DataFrame) -> Any:
    other = next(column for column in _AXES if column in table.columns)
    cells = (
        table.with_columns(error=parity_summary.counted_error())
        .group_by(other, "days")
        .agg(error=pl.col("error").max(), lost=(pl.col("verdict") == "strikeproof").any())
    )
    across, up = sorted(table["days"].unique()), sorted(table[other].unique())
    grid = np.full((len(up), len(across)), np.nan)
    for row in cells.iter_rows(named=True):
        place = (up.index(row[other]), across.index(row["days"]))
        if row["error"] is not None:
            grid[place] = math.log10(max(row["error"], _FLOOR))
        if row["lost"]:
            axes.plot(place[1], place[0], "x", color=plotting.ORANGE, markersize=4)
    image = axes.imshow(
        grid, origin="lower", aspect="auto", cmap="viridis", vmin=math.log10(_FLOOR), vmax=-3.0
    )
    axes.set_xticks(range(len(across)), [f"{days}d" for days in across], rotation=60, fontsize=6)
    axes.set_yticks(range(len(up)), [f"{value:g}" for value in up], fontsize=6)
    axes.set_title(name.replace("_", " "), fontsize=9)
    axes.set_ylabel(other.replace("_", " "), fontsize=7)
    axes.grid(visible=False)
    return image


def write_distribution(
    output: Path,
    *,
    inputs: Mapping[str, Path],
    config: Mapping[str, Any],
    progress: Progress,
) -> None:
    """Write the distribution of the logarithm of the errors, one row a product."""
    tables = parity_summary.by_product(inputs)
    limits = parity_grid.limits()
    title = f"strikeproof against QuantLib: errors by product ({config['profile']} grid)"
    with plotting.figure(output, 11.0, 0.3 * len(tables) + 1.8, title) as drawn:
        axes = drawn.subplots()
        for place, (name, table) in enumerate(reversed(tables.items())):
            errors = table.select(error=parity_summary.counted_error()).to_series().drop_nulls()
            _strip(axes, place, errors.to_numpy())
            axes.plot(limits[name], place, "|", color=plotting.ORANGE, markersize=13, mew=2)
            lost = int((table["verdict"] == "strikeproof").sum())
            silent = table["quantlib"].null_count()
            text = f"{len(table):,}" + (f", QuantLib wrong in {lost - silent:,}" if lost else "")
            text += f", without answer in {silent:,}" if silent else ""
            axes.text(1e-2, place, text, va="center", fontsize=7, color="#50555e")
        labels = [name.replace("_", " ") for name in reversed(tables)]
        axes.set_yticks(range(len(tables)), labels)
        axes.set(xscale="log", xlim=(_FLOOR, 1e3), ylim=(-0.7, len(tables) - 0.3))
        axes.set_xlabel(f"error over max(1, value); equal values at {_FLOOR:g}")
        axes.set_title("Median (dot), 90 %, 99 % and largest (bars), tolerance (mark), rows")
    progress(1, 1)


def _strip(axes: Any, place: int, errors: Any) -> None:
    if not len(errors):
        return
    drawn = np.maximum(errors, _FLOOR)
    middle, most, nearly, largest = np.quantile(
        drawn, [0.5, 0.9, 0.99, 1.0], method="nearest"
    ).tolist()
    for end, width, colour in (
        (largest, 1.5, plotting.GREY),
        (nearly, 3.5, plotting.GREEN),
        (most, 6.0, plotting.BLUE),
    ):
        axes.plot([middle, end], [place, place], "-", color=colour, lw=width, solid_capstyle="butt")
    axes.plot(middle, place, "o", color=plotting.BLUE, markersize=5)
