"""Pictures of the market fit: smiles by expiry, errors by model, and one surface."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from tasks.evidence import market_tables, plotting, tables
from tasks.evidence.market_models import MODELS, Fitted, every
from tasks.evidence.progress import Progress

TITLES = {
    "black_scholes": "Black-Scholes",
    "svi": "SVI",
    "ssvi": "SSVI",
    "essvi": "eSSVI",
    "heston": "Heston",
    "bates": "Bates",
}
_LINES = {
    "black_scholes": (plotting.GREY, ":"),
    "svi": (plotting.BLUE, "-"),
    "ssvi": (plotting.GREEN, "--"),
    "heston": (plotting.ORANGE, "-"),
    "bates": ("#8a4f9e", "-."),
}
_POINTS = 81
_YEARS = (0.05, 0.1, 0.2, 0.5, 1.0, 1.5)  # ticks
_MOST_SHOWN = 5.0  # volatility points, end of the colour scale


def _fitted(inputs: Mapping[str, Path]) -> tuple[pl.DataFrame, dict[str, Fitted]]:
    quotes = tables.read_table(inputs["quotes"], market_tables.MarketFitQuotes)
    parameters = tables.read_table(inputs["parameters"], market_tables.MarketFitParameters)
    return quotes, every(parameters, quotes)


def write_smiles(
    output: Path,
    *,
    inputs: Mapping[str, Path],
    config: Mapping[str, Any],  # noqa: ARG001 - one signature for all makers
    progress: Progress,
) -> None:
    """Write the smiles and their fits, a panel an expiry."""
    quotes, models = _fitted(inputs)
    expiries = quotes["expiry"].unique(maintain_order=True).to_list()
    rows = -(-len(expiries) // 4)
    title = "DAX implied volatilities of 5 July 2002 and the models fitted to them"
    with plotting.figure(output, 13.0, 1.0 + 2.8 * rows, title) as drawn:
        panels = drawn.subplots(rows, 4, sharex=True, sharey="row", squeeze=False).ravel()
        for axes, expiry in zip(panels, expiries, strict=False):
            _draw_smile(axes, quotes.filter(pl.col("expiry") == expiry), models, expiry)
        for axes in panels[len(expiries) :]:
            axes.set_visible(False)
        handles, labels = panels[0].get_legend_handles_labels()
        drawn.legend(handles, labels, loc="outside lower center", ncols=len(labels), fontsize=9)
        drawn.supylabel("implied volatility, %", fontsize=9)
        for axes in panels[-4:]:
            axes.set_xlabel("strike")
    progress(1, 1)


def _draw_smile(axes: Any, smile: pl.DataFrame, models: Mapping[str, Fitted], expiry: str) -> None:
    strike = smile["strike"].to_numpy()
    forward = smile["forward"][0]
    fine = np.linspace(strike[0], strike[-1], _POINTS)
    for model, (colour, line) in _LINES.items():
        volatility = 100.0 * models[model].volatility(expiry, np.log(fine / forward))
        axes.plot(fine, volatility, line, color=colour, linewidth=1.4, label=TITLES[model])
    market = 100.0 * smile["market_volatility"].to_numpy()
    axes.plot(strike, market, "o", ms=3.5, color="#20242b", label="market", zorder=5)
    axes.axvline(forward, color=plotting.GREY, linewidth=0.8, linestyle=":")
    axes.set_title(expiry)


def write_errors(
    output: Path,
    *,
    inputs: Mapping[str, Path],
    config: Mapping[str, Any],  # noqa: ARG001 - one signature for all makers
    progress: Progress,
) -> None:
    """Write the errors by expiry and strike, a map a model on one scale."""
    table = tables.read_table(inputs["fits"], market_tables.MarketFits)
    title = "Fitted less market volatility, in volatility points"
    with plotting.figure(output, 13.0, 6.2, title) as drawn:
        panels = drawn.subplots(2, 3, sharex=True, sharey=True)
        for axes, model in zip(panels.ravel(), MODELS, strict=True):
            shown = _draw_errors(axes, table.filter(pl.col("model") == model), model)
        bar = drawn.colorbar(shown, ax=panels, shrink=0.8, extend="both")
        bar.set_label("volatility points")
    progress(1, 1)


def _draw_errors(axes: Any, table: pl.DataFrame, model: str) -> Any:
    expiries = table["expiry"].unique(maintain_order=True).to_list()
    strikes = table["strike"].unique(maintain_order=True).sort().to_list()
    error = 100.0 * table["volatility_error"].to_numpy().reshape(len(expiries), len(strikes))
    shown = axes.imshow(error, cmap="RdBu_r", vmin=-_MOST_SHOWN, vmax=_MOST_SHOWN, aspect="auto")
    axes.grid(visible=False)
    axes.set_yticks(range(len(expiries)), expiries)
    every_third = range(0, len(strikes), 3)
    axes.set_xticks(every_third, [f"{strikes[k]:.0f}" for k in every_third])
    rmse = float(np.sqrt(np.mean(error**2)))
    axes.set_title(f"{TITLES[model]}   rmse {rmse:.2f}, worst {np.max(np.abs(error)):.1f}")
    return shown


def write_surface(
    output: Path,
    *,
    inputs: Mapping[str, Path],
    config: Mapping[str, Any],  # noqa: ARG001 - one signature for all makers
    progress: Progress,
) -> None:
    """Write the eSSVI surface: implied volatility and the local volatility that it implies."""
    quotes, models = _fitted(inputs)
    surface = dataclasses.replace(models["essvi"].surface, interpolation="smooth")
    moneyness = np.log(quotes["strike"].to_numpy() / quotes["forward"].to_numpy())
    time = quotes["time_to_expiry"].to_numpy()
    grid_time = np.geomspace(float(time.min()), float(time.max()), 121)[:, None]
    grid_moneyness = np.linspace(float(moneyness.min()), float(moneyness.max()), 121)
    where: dict[str, Any] = {"log_moneyness": grid_moneyness, "time_to_expiry": grid_time}
    title = "The eSSVI surface of the DAX, 5 July 2002: free of static arbitrage"
    panels = (
        ("implied volatility, %; points: quotes", surface.implied_volatility(**where)),
        ("local volatility, %", surface.local_volatility(**where)),
    )
    with plotting.figure(output, 13.0, 5.2, title) as drawn:
        for axes, (name, values) in zip(drawn.subplots(1, 2, sharey=True), panels, strict=True):
            levels = np.linspace(15.0, 70.0, 23)
            shown = axes.contourf(
                grid_moneyness, grid_time[:, 0], 100.0 * values, levels, cmap="viridis",
                extend="both",
            )  # fmt: skip
            axes.set_title(name)
            axes.set_xlabel("log of strike over forward")
            drawn.colorbar(shown, ax=axes)
            if axes.get_subplotspec().is_first_col():
                axes.plot(moneyness, time, ".", color="white", ms=3, clip_on=False)
                axes.set_ylabel("years to expiry")
                axes.set_yscale("log")
                axes.set_yticks(_YEARS, [f"{year:g}" for year in _YEARS], minor=False)
                axes.minorticks_off()
    progress(1, 1)
