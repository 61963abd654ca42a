"""Figures of the study on the sample; each says SYNTHETIC in its title and across its middle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.ticker
import numpy as np
import polars as pl

from tasks.evidence import plotting, tables
from tasks.evidence.progress import Progress
from wrds_pipeline import errors, results, schemas
from wrds_pipeline.aggregates import ALL
from wrds_pipeline.models import NAMES
from wrds_pipeline.synthetic import paths, truth

_COLOURS = dict(
    zip(
        NAMES,
        ("#8a8f98", "#4d4d4d", "#d9822b", "#7a5195", "#ef5675", "#2f5d8a", "#3a8f6b"),
        strict=True,
    )
)
_MONEYNESS = ("below 0.90", "to 0.97", "to 1.03", "above")
# The first panel, of the index: the stock's is for its exercise and dividends, its smiles are flat.
_FIRST = pl.col("panel") == pl.col("panel").first()
_SHOWN_EXPIRIES = 6
_SHOWN_MODELS = ("term_black_scholes", "svi_slices", "ssvi", "heston")
Inputs = Mapping[str, Path]
Config = Mapping[str, Any]


@contextmanager
def _figure(output: Path, size: tuple[float, float], title: str, config: Config) -> Iterator[Any]:
    with plotting.figure(output, *size, f"SYNTHETIC sample ({config['profile']}): {title}") as fig:
        yield fig
        mark: Any = {"fontsize": 90, "fontweight": "bold", "rotation": 20, "alpha": 0.06}
        fig.text(0.5, 0.5, "SYNTHETIC", ha="center", va="center", **mark)


def _study(inputs: Inputs) -> results.Tables:
    made, _ = results.read(inputs["study"])
    return {name: frame.filter(_FIRST) for name, frame in made.items()}


def _table(path: Path, schema: Any) -> pl.DataFrame:
    return tables.read_table(path, schema).filter(_FIRST)


def _said(model: str) -> str:
    return model.replace("_", " ")


def write_smiles(output: Path, *, inputs: Inputs, config: Config, progress: Progress) -> None:
    """Quotes of the first date with a next market, and the smiles of the fits."""
    made = _study(inputs)
    day = made["dates"].filter(pl.col("status") == "ok")["trade_date"][0]
    quotes = made["calibration"].filter(pl.col("trade_date") == day)
    kinds = (
        quotes.select("expiry", "am_settlement", "time_to_expiry").unique().sort("time_to_expiry")
    )
    place = np.unique(np.linspace(0, len(kinds) - 1, _SHOWN_EXPIRIES).round().astype(int))
    with _figure(output, (13.0, 7.6), f"smiles of {day} and the fits", config) as fig:
        grid = fig.subplots(2, 3)
        for axes, row in zip(grid.flat, place, strict=False):
            expiry, morning, _ = kinds.row(int(row))
            own = quotes.filter(
                (pl.col("expiry") == expiry) & (pl.col("am_settlement") == morning)
            ).sort("strike")
            moneyness = (own["strike"] / own["forward"]).to_numpy()
            for model in _SHOWN_MODELS:
                line = 100.0 * own[f"volatility_{model}"].to_numpy()
                axes.plot(moneyness, line, color=_COLOURS[model], lw=1.3, label=_said(model))
            quoted = 100.0 * own["implied_volatility"].to_numpy()
            axes.plot(moneyness, quoted, ".", ms=4, color="black", label="quotes")
            axes.set_title(f"{expiry} {'AM' if morning else 'PM'}, {len(own)} quotes")
            axes.set(xlabel="strike / forward", ylabel="implied volatility, %")
        grid.flat[0].legend(fontsize=8)
    progress(1, 1)


def write_error_map(output: Path, *, inputs: Inputs, config: Config, progress: Progress) -> None:
    """Out-of-sample errors by tenor and moneyness, a map for each model on one scale."""
    cells = _table(inputs["summary"], schemas.Summary)
    cells = cells.filter(pl.col("period") == "out_of_sample")
    title = "out-of-sample error of volatility, percentage points (root mean square)"
    with _figure(output, (13.0, 6.6), title, config) as fig:
        grid = fig.subplots(2, 4)
        norm = mpl.colors.LogNorm(0.2, 10.0)
        for axes, model in zip(grid.flat, NAMES, strict=False):
            own = cells.filter(pl.col("model") == model)
            values = {
                (row["tenor"], row["moneyness"]): row["rmse_volatility"]
                for row in own.iter_rows(named=True)
            }
            table = np.array(
                [[100.0 * values.get((t, m), np.nan) for m in errors.MONEYNESS]
                 for t in errors.TENORS]
            )  # fmt: skip
            axes.imshow(table, cmap="YlOrRd", norm=norm, aspect="auto")
            for (row, column), value in np.ndenumerate(table):
                told = f"{value:.2f}" if np.isfinite(value) else "few"
                dark = np.isfinite(value) and value > 3.0
                axes.text(column, row, told, ha="center", va="center", fontsize=9,
                          color="white" if dark else "black")  # fmt: skip
            whole = 100.0 * values[ALL, ALL]
            axes.set_title(f"{_said(model)}: {whole:.2f} in all")
            axes.set_xticks(range(4), list(_MONEYNESS), fontsize=7)
            axes.set_yticks(range(4), [t.replace("_", " ") for t in errors.TENORS], fontsize=7)
            axes.grid(visible=False)
        grid.flat[-1].axis("off")
        grid.flat[-1].text(
            0.0,
            0.5,
            "columns: strike / forward\nrows: days to expiry\ncells of fewer than ten\n"
            "contracts are not shown",
            va="center",
        )
    progress(1, 1)


def write_parameter_paths(
    output: Path, *, inputs: Inputs, config: Config, progress: Progress
) -> None:
    """Heston's parameters by date with twice their standard errors, beside the true ones."""
    rows = _table(inputs["parameters"], schemas.Parameters)
    rows = rows.filter(pl.col("model") == "heston").with_columns(
        day=pl.col("trade_date").str.to_date()
    )
    variances = {d.date: d.variance for d in paths.index_path(max(truth.TRADE_DATES.values()))}
    names = (
        "initial_variance", "long_run_variance", "mean_reversion", "volatility_of_variance",
        "correlation",
    )  # fmt: skip
    title = "Heston's parameters by date, twice their standard errors, and the truth"
    with _figure(output, (13.0, 7.2), title, config) as fig:
        grid = fig.subplots(2, 3)
        for axes, name in zip(grid.flat, names, strict=False):
            own = rows.filter(pl.col("parameter") == name).sort("day")
            days = own["day"].to_list()
            true = [variances[d] if name == names[0] else getattr(truth.INDEX, name) for d in days]
            width = 2.0 * own["standard_error"].fill_null(0.0).to_numpy()
            axes.errorbar(days, own["value"].to_numpy(), yerr=width, fmt=".", ms=4, lw=0.8,
                          color=plotting.BLUE, label="fit")  # fmt: skip
            axes.plot(days, true, color=plotting.ORANGE, lw=1.3, label="truth")
            axes.set_title(_said(name))
            axes.tick_params(axis="x", rotation=30, labelsize=7)
        grid.flat[0].legend()
        grid.flat[-1].axis("off")
    progress(1, 1)


def write_profit_and_loss(
    output: Path, *, inputs: Inputs, config: Config, progress: Progress
) -> None:
    """Distribution of one-day profit and loss, and its root mean square by model and rule."""
    made = _study(inputs)
    cells = _table(inputs["hedging"], schemas.Hedging)
    profits = errors.hedged(made)
    shown = (
        (errors.UNHEDGED, "unhedged", plotting.GREY),
        ("heston", "sticky_strike", plotting.BLUE),
        ("heston", "sticky_moneyness", plotting.ORANGE),
    )
    title = "one-day profit and loss of an option, delta-hedged"
    with _figure(output, (13.0, 5.6), title, config) as fig:
        left, right = fig.subplots(1, 2)
        edges = np.linspace(-60.0, 60.0, 81)
        for model, rule, colour in shown:
            own = profits.filter((pl.col("model") == model) & (pl.col("rule") == rule))["profit"]
            values = np.clip(own.to_numpy(), edges[0], edges[-1])
            label = _said(rule if model == errors.UNHEDGED else f"{model}, {rule}")
            left.hist(values, edges, histtype="step", color=colour, lw=1.4, density=True,
                      label=label)  # fmt: skip
        left.set(xlabel="basis points of the spot (what is beyond is in the last bar)",
                 ylabel="density", yscale="log")  # fmt: skip
        left.legend()
        whole = cells.filter((pl.col("tenor") == ALL) & (pl.col("moneyness") == ALL))
        size = {(r["model"], r["rule"]): r["rmse_bp"] for r in whole.iter_rows(named=True)}
        place = np.arange(len(NAMES))
        for shift, (_, rule, colour) in zip((-0.2, 0.2), shown[1:], strict=True):
            heights = [size[name, rule] for name in NAMES]
            right.bar(place + shift, heights, 0.38, color=colour, label=_said(rule))
        own_volatility = size[errors.OWN_VOLATILITY, "sticky_strike"]
        right.axhline(own_volatility, color="black", lw=1.0, ls="--",
                      label="Black's delta at the quote's own volatility")  # fmt: skip
        right.set_xticks(place, [_said(name) for name in NAMES], rotation=20, fontsize=8)
        tallest = max(size[name, rule] for name in NAMES for _, rule, _ in shown[1:])
        right.set(ylabel="root mean square, basis points of the spot", ylim=(0.0, 1.2 * tallest))
        right.grid(visible=False, axis="x")
        right.legend(fontsize=8)
    progress(1, 1)


def write_losing_dates(output: Path, *, inputs: Inputs, config: Config, progress: Progress) -> None:
    """Vega-weighted out-of-sample error of every model by date; dates without a market marked."""
    rows = _table(inputs["dates"], schemas.Dates).with_columns(
        day=pl.col("trade_date").str.to_date()
    )
    title = "out-of-sample error of volatility by trade date"
    with _figure(output, (13.0, 6.6), title, config) as fig:
        top, bottom = fig.subplots(2, 1, sharex=True, height_ratios=(2, 1))
        for model in NAMES:
            own = rows.filter(pl.col("model") == model).sort("day")
            loss = own["volatility"].to_numpy(allow_copy=True)
            error = 100.0 * np.sqrt(loss)
            top.plot(own["day"].to_list(), error, ".-", ms=4, lw=0.9, color=_COLOURS[model],
                     label=_said(model))  # fmt: skip
        top.set(ylabel="percentage points (vega-weighted)", yscale="log")
        top.yaxis.set_major_formatter(mpl.ticker.FormatStrFormatter("%g"))
        top.yaxis.set_minor_formatter(mpl.ticker.NullFormatter())
        top.set_yticks([0.1, 0.2, 0.5, 1.0, 2.0, 5.0])
        top.legend(ncols=4, fontsize=8)
        days = rows.unique("day").sort("day")
        for day in days.filter(pl.col("market") != "ok")["day"]:
            top.axvline(day, color=plotting.ORANGE, lw=1.0, ls=":")
        moves = 100.0 * days["spot_return"].to_numpy()
        bottom.bar(days["day"].to_list(), moves, color=plotting.GREY)
        bottom.set(ylabel="spot, % to the next date",
                   xlabel="trade date (dotted: no market on it or on the next)")  # fmt: skip
    progress(1, 1)
