"""Figure of the SYNTHETIC study: smiles of the trade date, flat fits, out-of-sample errors."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from tasks.evidence import plotting, tables
from tasks.evidence.progress import Progress
from wrds_pipeline import schemas

_EXPIRY = ("expiry", "am_settlement")


def write_wrds_plot(
    output: Path,
    *,
    inputs: Mapping[str, Path],
    config: Mapping[str, Any],
    progress: Progress,
) -> None:
    """Write the figure from the calibration and the out-of-sample table."""
    calibration = tables.read_table(inputs["calibration"], schemas.Calibration)
    oos = tables.read_table(inputs["oos_pricing"], schemas.OosPricing)
    days = f"{calibration['trade_date'][0]}, priced again on {oos['next_trade_date'][0]}"
    title = f"SYNTHETIC sample ({config['profile']}): one flat volatility per expiry of {days}"
    with plotting.figure(output, 13.0, 5.4, title) as drawn:
        left, right = drawn.subplots(1, 2)
        _draw_smiles(left, calibration)
        _draw_errors(right, calibration, oos)
        drawn.text(
            0.5,
            0.5,
            "SYNTHETIC",
            alpha=0.08,
            fontsize=90,
            fontweight="bold",
            ha="center",
            va="center",
            rotation=20,
        )
    progress(1, 1)


def _draw_smiles(axes: Any, calibration: pl.DataFrame) -> None:
    for (expiry, morning), quotes in calibration.group_by(_EXPIRY, maintain_order=True):
        moneyness = (quotes["strike"] / quotes["forward"]).to_numpy()
        volatility = 100.0 * quotes["implied_volatility"].to_numpy()
        label = f"{expiry} {'AM' if morning else 'PM'}"
        (line,) = axes.plot(moneyness, volatility, ".", ms=4, label=label)
        flat = 100.0 * quotes["flat_volatility"][0]
        ends = [moneyness.min(), moneyness.max()]
        axes.plot(ends, [flat, flat], color=line.get_color(), linewidth=1.0, alpha=0.7)
    axes.set(xlabel="strike / forward", ylabel="implied volatility, %")
    axes.set_title("SYNTHETIC quotes of the trade date, and the flat fits")
    axes.legend(fontsize=8)


def _draw_errors(axes: Any, calibration: pl.DataFrame, oos: pl.DataFrame) -> None:
    expiries = calibration.select(_EXPIRY).unique(maintain_order=True)
    place = np.arange(len(expiries))
    bars = (
        (calibration, "residual", "in sample", plotting.BLUE, -0.2),
        (oos, "volatility_error", "out of sample, next trade date", plotting.ORANGE, 0.2),
    )
    for table, name, label, colour, shift in bars:
        errors = table.group_by(_EXPIRY, maintain_order=True).agg(
            rmse=(pl.col(name) ** 2).mean().sqrt()
        )
        heights = expiries.join(errors, on=_EXPIRY, how="left", maintain_order="left")["rmse"]
        percent = 100.0 * heights.fill_null(0.0).to_numpy()
        axes.bar(place + shift, percent, 0.38, color=colour, label=label)
    names = [f"{expiry}\n{'AM' if morning else 'PM'}" for expiry, morning in expiries.iter_rows()]
    axes.set_xticks(place, names)
    axes.set_ylabel("root mean square error of volatility, %")
    axes.set_title("SYNTHETIC errors by expiry")
    axes.grid(visible=False, axis="x")
    axes.legend()
