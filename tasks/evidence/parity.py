"""Parity with QuantLib: European prices and five Greeks on a declared grid, at identical times.

QuantLib is asked through `BlackCalculator`, the formula that its `AnalyticEuropeanEngine` calls
after turning dates into a year fraction. Given forward, standard deviation and discount directly
it takes our year fraction to the bit; no date is rounded. A test compares both routes where whole
days give the same fraction.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import QuantLib as ql  # noqa: N813 - the name in QuantLib's own documents

from strikeproof import black_scholes
from tasks.evidence import parity_tables, plotting, tables
from tasks.evidence.digest import sha256_bytes
from tasks.evidence.progress import Progress
from wrds_pipeline.csv_form import csv_text

SPOT = 100.0  # errors of prices are in this unit
QUANTITIES = ("price", "delta", "gamma", "vega", "theta", "rho")
ENGINE = f"QuantLib {ql.__version__} BlackCalculator"
POINT = ("option_type", "moneyness", "time_to_expiry", "volatility", "rate", "dividend_yield")
KEY = (*POINT, "quantity")

# Axes by profile, in canonical order; moneyness is strike over spot. A day and ten years, strikes
# at half and twice the spot, a negative rate and yields above it are the edges.
GRID: Mapping[str, Mapping[str, tuple[Any, ...]]] = {
    "full": {
        "option_type": ("call", "put"),
        "moneyness": (0.5, 0.7, 0.8, 0.9, 0.95, 1.0, 1.05, 1.1, 1.25, 1.5, 2.0),
        "time_to_expiry": (1 / 365, 7 / 365, 1 / 12, 0.25, 0.5, 1.0, 3.0, 10.0),
        "volatility": (0.05, 0.15, 0.3, 0.8),
        "rate": (-0.01, 0.0, 0.05),
        "dividend_yield": (0.0, 0.02, 0.06),
    },
    "fast": {
        "option_type": ("call", "put"),
        "moneyness": (0.5, 0.8, 1.0, 1.25, 2.0),
        "time_to_expiry": (1 / 365, 0.25, 1.0, 10.0),
        "volatility": (0.05, 0.3, 0.8),
        "rate": (-0.01, 0.0, 0.05),
        "dividend_yield": (0.0, 0.06),
    },
}

_MOST_KEYS_NAMED = 5


def grid(profile: str) -> pl.DataFrame:
    """Points of a profile's grid in canonical order, one row a point, columns `POINT`.

    Raises
    ------
    ValueError
        `profile` is not declared.
    """
    if profile not in GRID:
        raise ValueError(f"profile {profile!r}: must be one of {', '.join(GRID)}")
    points = itertools.product(*(GRID[profile][name] for name in POINT))
    return pl.DataFrame(list(points), schema=list(POINT), orient="row")


def grid_sha256(profile: str) -> str:
    """SHA-256 of a profile's grid as CSV text."""
    return sha256_bytes(csv_text(grid(profile)).encode())


def write_parity(
    output: Path,
    *,
    inputs: Mapping[str, Path],  # noqa: ARG001 - the compiled core, imported as strikeproof
    config: Mapping[str, Any],
    progress: Progress,
) -> None:
    """Write the parity table of the grid of ``config["profile"]``."""
    compared = compare(grid(config["profile"]), progress)
    tables.write_table(compared, output, parity_tables.ParityTable)


def compare(points: pl.DataFrame, progress: Progress) -> pl.DataFrame:
    """Values of both libraries and their distance, a row for each point and quantity."""
    ours = _strikeproof_values(points)
    reference = _quantlib_values(points, progress)
    quantities = pl.DataFrame({"quantity": QUANTITIES})
    return (
        points.join(quantities, how="cross", maintain_order="left_right")
        .with_columns(
            product=pl.lit("european"),
            strikeproof=pl.Series(ours.ravel()),
            quantlib=pl.Series(reference.ravel()),
            engine=pl.lit(ENGINE),
        )
        .with_columns(
            abs_error=parity_tables.absolute_error(), rel_error=parity_tables.relative_error()
        )
    )


def reprice(rows: pl.DataFrame) -> pl.DataFrame:
    """Price chosen rows of a parity table anew with both libraries.

    Parameters
    ----------
    rows : DataFrame
        Any rows of a parity table, repeated or not, with the columns `KEY`.

    Returns
    -------
    DataFrame
        The same rows in the same order: `KEY`, ``strikeproof``, ``quantlib``.
    """
    keys = rows.select(KEY)
    points = keys.select(POINT).unique(maintain_order=True)
    values = compare(points, lambda _done, _total: None).select(*KEY, "strikeproof", "quantlib")
    return keys.join(values, on=KEY, how="left", maintain_order="left")


def _strikeproof_values(points: pl.DataFrame) -> np.ndarray[Any, np.dtype[np.float64]]:
    greeks = black_scholes.greeks(
        option_type=points["option_type"].to_list(),
        spot=SPOT,
        strike=SPOT * points["moneyness"].to_numpy(),
        time_to_expiry=points["time_to_expiry"].to_numpy(),
        volatility=points["volatility"].to_numpy(),
        rate=points["rate"].to_numpy(),
        dividend_yield=points["dividend_yield"].to_numpy(),
        on_failure="raise",
    )
    return np.stack([getattr(greeks, name) for name in QUANTITIES], axis=1)


def _quantlib_values(
    points: pl.DataFrame, progress: Progress
) -> np.ndarray[Any, np.dtype[np.float64]]:
    values = np.empty((len(points), len(QUANTITIES)))
    for index, point in enumerate(points.iter_rows(named=True)):
        values[index] = quantlib_values(**point)
        progress(index + 1, len(points))
    return values


def quantlib_values(
    *,
    option_type: str,
    moneyness: float,
    time_to_expiry: float,
    volatility: float,
    rate: float,
    dividend_yield: float,
) -> tuple[float, ...]:
    """QuantLib's price, delta, gamma, vega, theta (per year) and rho of one point.

    Raises
    ------
    ValueError
        An input that QuantLib prices without complaint although it has no price (it accepts
        negative volatilities and infinities).
    """
    numbers = {"moneyness": moneyness, "time_to_expiry": time_to_expiry, "volatility": volatility}
    for name, value in numbers.items():
        if not (math.isfinite(value) and value > 0.0):
            raise ValueError(f"{name} = {value}: must be finite and above 0; correct the grid")
    for name, value in {"rate": rate, "dividend_yield": dividend_yield}.items():
        if not math.isfinite(value):
            raise ValueError(f"{name} = {value}: must be finite; correct the grid")
    kinds = {"call": ql.Option.Call, "put": ql.Option.Put}
    if option_type not in kinds:
        raise ValueError(f"option_type = {option_type!r}: must be 'call' or 'put'")
    discount = math.exp(-rate * time_to_expiry)
    forward = SPOT * math.exp(-dividend_yield * time_to_expiry) / discount
    payoff = ql.PlainVanillaPayoff(kinds[option_type], SPOT * moneyness)
    black = ql.BlackCalculator(payoff, forward, volatility * math.sqrt(time_to_expiry), discount)
    return (
        black.value(),
        black.delta(SPOT),
        black.gamma(SPOT),
        black.vega(time_to_expiry),
        black.theta(SPOT, time_to_expiry),
        black.rho(time_to_expiry),
    )


def grid_faults(table: pl.DataFrame, profile: str) -> Iterator[str]:
    """How a parity table differs from the declared grid of a profile, row by row."""
    quantities = pl.DataFrame({"quantity": QUANTITIES})
    declared = grid(profile).join(quantities, how="cross", maintain_order="left_right").select(KEY)
    found = table.select(KEY)
    if len(found) != len(declared):
        yield f"rows {len(found)}, grid declares {len(declared)} ({profile} profile)"
    missing = declared.join(found, on=KEY, how="anti", maintain_order="left")
    unknown = found.join(declared, on=KEY, how="anti", maintain_order="left")
    for kind, rows in (("missing grid key", missing), ("key not in the grid", unknown)):
        for row in rows.head(_MOST_KEYS_NAMED).iter_rows(named=True):
            yield f"{kind} {key_text(row)}"
        if len(rows) > _MOST_KEYS_NAMED:
            yield f"{kind}: {len(rows) - _MOST_KEYS_NAMED} more"
    if missing.is_empty() and unknown.is_empty() and not found.equals(declared):
        yield "row order: rows are not in the order of the declared grid"
    for engine in sorted(set(table["engine"].to_list()) - {ENGINE}):
        yield f"engine {engine!r} is not the one that is installed, {ENGINE!r}"


def key_text(row: Mapping[str, Any]) -> str:
    """A row's key for people."""
    return ", ".join(f"{name}={row[name]}" for name in KEY)


def parity_figures(table: pl.DataFrame) -> dict[str, Any]:
    """Headline figures of a parity table, over all rows and by quantity.

    Raises
    ------
    ValueError
        No rows, or an error that is not finite: a maximum would hide it.
    """
    if table.is_empty():
        raise ValueError("parity table has 0 rows")
    if not table["abs_error"].is_finite().all() or not table["rel_error"].is_finite().all():
        raise ValueError("parity table holds an error that is not finite")
    by_quantity = {
        name: _error_figures(table.filter(pl.col("quantity") == name))
        for name in QUANTITIES
        if name in table["quantity"]
    }
    points = table.select(POINT).n_unique()
    engine = ", ".join(sorted(set(table["engine"].to_list())))
    head = {"points": points, "engine": engine, "spot": SPOT}
    return head | _error_figures(table) | {"by_quantity": by_quantity}


def _error_figures(rows: pl.DataFrame) -> dict[str, Any]:
    errors = rows["abs_error"]
    worst = errors.arg_max() or 0
    return {
        "count": len(rows),
        "max_abs_error": errors.max(),
        "median_abs_error": errors.median(),
        "p99_abs_error": errors.quantile(0.99, "nearest"),
        "worst": key_text(rows.row(worst, named=True)),
    }


def write_parity_plot(
    output: Path,
    *,
    inputs: Mapping[str, Path],
    config: Mapping[str, Any],
    progress: Progress,
) -> None:
    """Write the distribution of the errors by quantity and their map over moneyness and tenor."""
    table = tables.read_table(inputs["parity"], parity_tables.ParityTable)
    points = table.select(POINT).n_unique()
    title = f"strikeproof against QuantLib: {points:,} European options ({config['profile']} grid)"
    with plotting.figure(output, 13.0, 5.2, title) as drawn:
        left, right = drawn.subplots(1, 2, width_ratios=(1.0, 1.25))
        _draw_distribution(left, table)
        _draw_map(drawn, right, table)
    progress(1, 1)


def _draw_distribution(axes: Any, table: pl.DataFrame) -> None:
    floor = 1e-18
    for name in QUANTITIES:
        errors = np.sort(table.filter(pl.col("quantity") == name)["abs_error"].to_numpy())
        share = np.arange(1, len(errors) + 1) / len(errors)
        axes.step(np.maximum(errors, floor), share, where="post", label=name, linewidth=1.6)
    axes.set(xscale="log", xlim=(floor, None), ylim=(0.0, 1.02))
    axes.set_title("Share of options with an error of at most x")
    axes.set_xlabel(f"absolute error, spot {SPOT:g} (equal values at {floor:g})")
    axes.legend(loc="lower right")


def _draw_map(drawn: Any, axes: Any, table: pl.DataFrame) -> None:
    prices = table.filter(pl.col("quantity") == "price")
    worst = prices.pivot(
        on="time_to_expiry", index="moneyness", values="abs_error", aggregate_function="max"
    )
    errors = worst.drop("moneyness").to_numpy()
    image = axes.imshow(
        np.log10(np.maximum(errors, 1e-18)), origin="lower", aspect="auto", cmap="viridis"
    )
    tenors = [_tenor(float(name)) for name in worst.columns[1:]]
    axes.set_xticks(range(len(tenors)), tenors)
    axes.set_yticks(range(len(worst)), [f"{m:g}" for m in worst["moneyness"]])
    axes.set(xlabel="time to expiry", ylabel="strike / spot")
    axes.set_title("Largest error of a price, log10")
    axes.grid(visible=False)
    drawn.colorbar(image, ax=axes, pad=0.02)


def _tenor(years: float) -> str:
    days = years * 365.0
    if years >= 1.0:
        return f"{years:g}y"
    return f"{days:.0f}d" if days < 28.0 else f"{years * 12.0:.0f}m"
