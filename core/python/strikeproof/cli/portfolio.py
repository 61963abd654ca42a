"""``strikeproof portfolio``: value, Greeks and scenarios of a file of positions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import numpy as np
import polars as pl

from strikeproof import portfolio as engine
from strikeproof.cli import text
from strikeproof.cli.columns import number_columns
from strikeproof.cli.files import Table, TableError, write
from strikeproof.cli.refusal import refusing

_NEEDED = ("option_type", "spot", "strike", "time_to_expiry", "rate", "volatility", "quantity")
_OPTIONAL = "dividend_yield"
_TOTAL = "total"


@click.command(context_settings={"max_content_width": 100})
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--rate", type=float, help="For all positions, instead of the column rate.")
@click.option("--by", metavar="COLUMN", help="Column whose values group the positions: underlying.")
@click.option(
    "--spot-return",
    type=float,
    multiple=True,
    help="A scenario: -0.1 is a fall of 10 %; give it several times.",
)
@click.option(
    "--volatility-shock",
    type=float,
    default=0.0,
    show_default=True,
    help="Added to every volatility in all scenarios.",
)
@click.option(
    "--positions",
    type=click.Path(path_type=Path),
    help="CSV or Parquet file to write: value and Greeks of each position.",
)
@click.option("--json", "as_json", is_flag=True, help="Totals with every digit.")
def portfolio(
    file: Path,
    rate: float | None,
    by: str | None,
    spot_return: tuple[float, ...],
    volatility_shock: float,
    positions: Path | None,
    *,
    as_json: bool,
) -> None:
    """Value, Greeks and scenarios of the positions in FILE (.csv or .parquet).

    Columns: option_type, spot, strike, time_to_expiry, rate, volatility, quantity (negative where
    sold), and dividend_yield if it is not 0. European options under Black-Scholes-Merton; each is
    priced again in full in every scenario.

    \b
    Examples:
      strikeproof portfolio positions.csv --by underlying
      strikeproof portfolio positions.csv --spot-return -0.1 --spot-return 0.1
    """  # noqa: D301 - click wants the control character
    with refusing():
        terms, keys = _positions(file, rate, by)
        risk = engine.risk(**terms, underlying=keys, on_failure="raise")
        shocks: dict[str, Any] = {
            "spot_return": np.array(spot_return),
            "volatility_shock": volatility_shock,
        }
        moved = engine.scenarios(**terms, **shocks, on_failure="raise") if spot_return else None
        if positions is not None:
            table = pl.DataFrame(risk.positions._asdict())
            write(positions, table.schema, lambda: [table])
    outcome = dict(zip(map(text.friendly, spot_return), moved.total, strict=True)) if moved else {}
    if as_json:
        click.echo(text.exact(_exact(risk, outcome)))
    else:
        _show(risk, by, outcome)


def _positions(file: Path, rate: float | None, by: str | None) -> tuple[dict[str, Any], Any]:
    table = Table(file)
    present = table.schema()
    wanted = [name for name in _NEEDED if rate is None or name != "rate"]
    missing = [name for name in (*wanted, *([by] if by else [])) if name not in present]
    if missing:
        raise TableError(f"{file}: lacks {', '.join(missing)}; its columns are {list(present)}")
    names = [*wanted, *([_OPTIONAL] if _OPTIONAL in present else [])]
    terms = number_columns(table, names)
    if rate is not None:
        terms["rate"] = np.array(rate)
    keys = None
    if by is not None:
        column = table.scan().select(by).collect()[by].cast(pl.String)
        if column.null_count():
            row = int(column.is_null().arg_true()[0])
            raise TableError(f"{file}, {table.place(row)}, column {by}: is empty")
        keys = column.to_numpy().astype(str)
    return terms, keys


def _exact(risk: engine.Risk, outcome: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {_TOTAL: risk.total._asdict()}
    if risk.by_underlying is not None:
        columns = risk.by_underlying._asdict()
        found["by"] = {
            str(key): {name: column[place] for name, column in columns.items()}
            for place, key in enumerate(risk.underlyings)
        }
    return found | ({"scenarios": outcome} if outcome else {})


def _show(risk: engine.Risk, by: str | None, outcome: dict[str, Any]) -> None:
    rows: list[tuple[str, ...]] = [(by or "", *engine.Totals._fields)]
    if risk.by_underlying is not None:
        for key, *values in zip(risk.underlyings, *risk.by_underlying, strict=True):
            rows.append((str(key), *(text.friendly(float(value)) for value in values)))
    rows.append((_TOTAL, *(text.friendly(float(value)) for value in risk.total)))
    click.echo(text.aligned(rows))
    if outcome:
        click.echo()
        told = [(name, text.friendly(float(value))) for name, value in outcome.items()]
        click.echo(text.aligned([("spot return", "profit and loss"), *told]))
