"""``strikeproof fit``: a model of the volatility surface, fitted to a file of quotes."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click
import numpy as np
import polars as pl

from strikeproof import bates, heston, quotes, ssvi, svi
from strikeproof.cli import text
from strikeproof.cli.columns import number_columns
from strikeproof.cli.files import Table, TableError, write
from strikeproof.cli.refusal import refusing

_PRICED = ("option_type", "bid", "ask", "rate")
_COMMON = ("strike", "time_to_expiry", "forward")
_BASIS_POINTS = 1e4


@click.command(context_settings={"max_content_width": 100})
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--model",
    type=click.Choice(("heston", "bates", "ssvi", "essvi", "svi")),
    default="essvi",
    show_default=True,
    help="SVI is one smile for each expiry.",
)
@click.option(
    "--weight",
    type=click.Choice(("equal", "spread")),
    default="equal",
    show_default=True,
    help="Errors of volatility count alike, or in bid-ask spreads.",
)
@click.option("--json", "as_json", is_flag=True, help="The fitted model with every digit.")
@click.option(
    "--errors",
    type=click.Path(path_type=Path),
    help="CSV or Parquet file to write: each quote, its volatility and the model's error.",
)
def fit(file: Path, model: str, weight: str, errors: Path | None, *, as_json: bool) -> None:
    """Fit a model to the quotes in FILE (.csv or .parquet).

    Columns: strike, time_to_expiry (years), forward, and either volatility (Black's), or
    option_type, bid, ask and rate. Quotes that have no volatility, are crossed or are in the money
    are left out and counted.

    \b
    Examples:
      strikeproof fit quotes.csv
      strikeproof fit quotes.csv --model heston --json > model.json
    """  # noqa: D301 - click wants the control character
    with refusing():
        kept, dropped = _quotes(file)
        scale = _scale(kept, weight)
        parameters, error, remarks = _MODELS[model](kept, scale)
        if errors is not None:
            table = pl.DataFrame({**kept, "error": error})
            write(errors, table.schema, lambda: [table])
    quality = _quality(kept, error)
    if as_json:
        click.echo(text.exact({"model": model, **parameters, "fit": {**quality, **dropped}}))
        return
    _show(parameters, quality, dropped)
    for remark in remarks:
        click.echo(f"warning: {remark}", err=True)


def _quotes(file: Path) -> tuple[dict[str, Any], dict[str, int]]:
    """Usable quotes by column, and how many of the others there were by reason."""
    table = Table(file)
    present = table.schema()
    quoted = "volatility" in present
    wanted = (*_COMMON, "volatility") if quoted else (*_COMMON, *_PRICED)
    missing = [name for name in wanted if name not in present]
    if missing:
        raise TableError(
            f"{file}: lacks column{'s' if len(missing) > 1 else ''} {', '.join(missing)}; needs "
            f"{', '.join(_COMMON)}, and volatility or {', '.join(_PRICED)}"
        )
    columns = number_columns(table, wanted)
    if not quoted:
        found = quotes.volatilities(**columns)
        return found.columns(), found.dropped
    usable = np.all([np.isfinite(column) & (column > 0.0) for column in columns.values()], axis=0)
    left_out = int((~usable).sum())
    kept = {name: column[usable] for name, column in columns.items()}
    return kept, {"out of domain": left_out} if left_out else {}


def _scale(kept: Mapping[str, Any], weight: str) -> Any:
    if weight == "equal":
        return np.ones(len(kept["strike"]))
    if "ask_volatility" not in kept:
        raise TableError("--weight spread needs the columns bid and ask instead of volatility")
    spread = kept["ask_volatility"] - kept["bid_volatility"]
    if not np.all(spread > 0.0):
        raise TableError("--weight spread: a quote has equal bid and ask; leave it out")
    return 1.0 / spread


Fit = tuple[dict[str, Any], Any, tuple[str, ...]]


def _parametric(calibrate: Callable[..., Any], kept: Mapping[str, Any], scale: Any) -> Fit:
    names = (*_COMMON, "volatility")
    found = calibrate(**{name: kept[name] for name in names}, weight=scale)
    return {"parameters": found.model}, found.errors, found.warnings


def _surface(calibrate: Callable[..., Any], kept: Mapping[str, Any], scale: Any) -> Fit:
    found = calibrate(
        log_moneyness=np.log(kept["strike"] / kept["forward"]),
        time_to_expiry=kept["time_to_expiry"],
        volatility=kept["volatility"],
        weight=scale,
    )
    surface = found.surface
    formula = {name: getattr(surface, name) for name in ("eta", "gamma")}
    known = {name: value for name, value in formula.items() if value is not None}
    slices = {
        name: list(getattr(surface, name)) for name in ("time_to_expiry", "theta", "rho", "psi")
    }
    return {"parameters": known, "expiries": slices}, found.errors, found.warnings


def _smiles(kept: Mapping[str, Any], scale: Any) -> Fit:
    errors = np.full(len(kept["strike"]), math.nan)
    slices: dict[str, list[float]] = {"time_to_expiry": []}
    remarks: list[str] = []
    for time in np.unique(kept["time_to_expiry"]).tolist():
        at = kept["time_to_expiry"] == time
        found = svi.calibrate(
            log_moneyness=np.log(kept["strike"][at] / kept["forward"][at]),
            volatility=kept["volatility"][at],
            time_to_expiry=time,
            weight=scale[at],
        )
        errors[at] = found.errors
        slices["time_to_expiry"].append(time)
        for name, value in found.model.items():
            slices.setdefault(name, []).append(value)
        remarks += [f"expiry {text.friendly(time)}: {remark}" for remark in found.warnings]
    return {"parameters": {}, "expiries": slices}, errors, tuple(remarks)


_MODELS: Mapping[str, Callable[[Mapping[str, Any], Any], Fit]] = {
    "heston": lambda kept, scale: _parametric(heston.calibrate, kept, scale),
    "bates": lambda kept, scale: _parametric(bates.calibrate, kept, scale),
    "ssvi": lambda kept, scale: _surface(ssvi.calibrate, kept, scale),
    "essvi": lambda kept, scale: _surface(ssvi.calibrate_essvi, kept, scale),
    "svi": _smiles,
}


def _quality(kept: Mapping[str, Any], error: Any) -> dict[str, float]:
    return {
        "quotes": len(kept["strike"]),
        "root_mean_square_error": float(np.sqrt(np.mean(error**2))),
        "largest_error": float(np.max(np.abs(error))),
    }


def _show(
    parameters: Mapping[str, Any], quality: Mapping[str, float], dropped: Mapping[str, int]
) -> None:
    single = parameters["parameters"]
    if single:
        click.echo(text.aligned((name, text.friendly(value)) for name, value in single.items()))
    slices = parameters.get("expiries")
    if slices:
        numbers = zip(*slices.values(), strict=True)
        rows = [tuple(text.friendly(value) for value in row) for row in numbers]
        click.echo(text.aligned([tuple(slices), *rows]))
    for name in ("root_mean_square_error", "largest_error"):
        click.echo(f"{name.replace('_', ' ')}: {quality[name] * _BASIS_POINTS:.3g} basis points")
    left_out = "".join(f"; {count} {reason}" for reason, count in dropped.items())
    click.echo(f"quotes: {quality['quotes']}{left_out}")
