"""The study's published tables, each an aggregate of the results contract by contract.

A cell of fewer contracts than `minimum` is left out and counted; live results take ten.
"""

from __future__ import annotations

import polars as pl

from wrds_pipeline import errors, hedging
from wrds_pipeline.models import NAMES
from wrds_pipeline.results import Tables
from wrds_pipeline.schemas import MINIMUM_CONTRACTS

ALL = "all"
# Losses by which models are compared; the last three are of profit and loss.
LOSSES = ("volatility", "price", *(f"hedging_{rule}" for rule in hedging.RULES))

_EXPIRY = ("panel", "source", "trade_date", "expiry", "am_settlement", "model")
_DATE = ("panel", "trade_date")
_TEXT_DATE = "%Y-%m-%d"
_TEXT_TIME = "%Y-%m-%dT%H:%M:%S"


def _statistics() -> dict[str, pl.Expr]:
    """Errors of a cell: plain, weighted by vega, in currency, and in spreads of the quote."""
    error, vega = pl.col("volatility_error"), pl.col("vega")
    return {
        "contracts": pl.len().cast(pl.Int64),
        "rmse_volatility": (error**2).mean().sqrt(),
        "rmse_volatility_by_vega": ((vega * error**2).sum() / vega.sum()).sqrt(),
        "mean_volatility_error": error.mean(),
        "rmse_price": (pl.col("price_error") ** 2).mean().sqrt(),
        "rmse_spreads": ((pl.col("price_error") / pl.col("spread")) ** 2).mean().sqrt(),
    }


def _told(frame: pl.DataFrame) -> pl.DataFrame:
    """Dates and moments as text, as a CSV has them."""
    dates = [name for name, kind in frame.schema.items() if kind == pl.Date]
    moments = [name for name, kind in frame.schema.items() if kind == pl.Datetime]
    return frame.with_columns(
        *(pl.col(name).dt.to_string(_TEXT_DATE) for name in dates),
        *(pl.col(name).dt.to_string(_TEXT_TIME) for name in moments),
    )


def calibration(tables: Tables, minimum: int = 1) -> pl.DataFrame:
    """In-sample errors by trade date, expiry and model."""
    rows = errors.volatility_errors(tables, "in_sample")
    return _by_expiry(rows, ("quote_date",), minimum)


def oos_pricing(tables: Tables, minimum: int = 1) -> pl.DataFrame:
    """Out-of-sample errors by trade date, expiry and model."""
    rows = errors.volatility_errors(tables, "out_of_sample")
    return _by_expiry(rows, ("quote_date", "next_trade_date"), minimum)


def _by_expiry(rows: pl.DataFrame, dates: tuple[str, ...], minimum: int) -> pl.DataFrame:
    same = ("time_to_expiry", "forward", "discount")
    found = rows.group_by(*_EXPIRY, maintain_order=True).agg(
        *(pl.col(name).max() for name in (*dates, "known_at")),
        *(pl.col(name).first() for name in same),
        **_statistics(),
    )
    return _told(found.filter(pl.col("contracts") >= minimum))


def parameters(tables: Tables) -> pl.DataFrame:
    """Parameters by trade date, model and expiry, with the moment from which they are known."""
    known = tables["dates"].select("source", *_DATE, "known_at")
    rows = tables["parameters"].join(known, on=_DATE, maintain_order="left")
    return _told(rows)


def summary(tables: Tables, minimum: int = MINIMUM_CONTRACTS) -> pl.DataFrame:
    """Errors by period, model, tenor and moneyness; each marginal and the whole as well."""
    parts = []
    for period in errors.PERIODS:
        rows = errors.volatility_errors(tables, period).with_columns(period=pl.lit(period))
        parts += _cells(rows, ("panel", "source", "period", "model"), _statistics())
    return _published(pl.concat(parts), ("panel", "period", "model"), minimum)


def regimes(tables: Tables, minimum: int = MINIMUM_CONTRACTS) -> pl.DataFrame:
    """Errors as in `summary` by regime, the label of a stretch of the panel's dates.

    The regimes of a cell are shown together or not at all: beside the cell of all dates one that
    is left out could be told from the others.
    """
    labels = tables["dates"].select(*_DATE, regime="period")
    parts = []
    for period in errors.PERIODS:
        rows = errors.volatility_errors(tables, period).with_columns(period=pl.lit(period))
        dated = rows.join(labels, on=_DATE, how="left", maintain_order="left")
        parts += _cells(dated, ("panel", "source", "regime", "period", "model"), _statistics())
    together = ("panel", "period", "model", "tenor", "moneyness")
    cells = pl.concat(parts).with_columns(
        fewest=pl.col("contracts").min().over(together),
    )
    told = _published(cells, ("panel", "regime", "period", "model"), minimum, fewest="fewest")
    return told.drop("fewest")


def hedges(tables: Tables, minimum: int = MINIMUM_CONTRACTS) -> pl.DataFrame:
    """Hedged profit and loss by model, rule, tenor and moneyness.

    ``gain`` is one less the ratio of sums of squares to that under the delta at the quotes' own
    volatilities (Hull and White 2017); negative where the model's delta hedges worse.
    """
    rows = errors.hedged(tables)
    profit = pl.col("profit")
    numbers = {
        "contracts": pl.len().cast(pl.Int64),
        "mean_bp": profit.mean(),
        "rmse_bp": (profit**2).mean().sqrt(),
        "mean_absolute_bp": profit.abs().mean(),
    }
    cells = pl.concat(_cells(rows, ("panel", "source", "model", "rule"), numbers))
    cell = ("panel", "tenor", "moneyness")
    yardstick = cells.filter(pl.col("model") == errors.OWN_VOLATILITY).select(
        *cell, own=pl.col("rmse_bp")
    )
    gained = cells.join(yardstick, on=cell, how="left", maintain_order="left")
    gain = 1.0 - (pl.col("rmse_bp") / pl.col("own")) ** 2
    told = gained.with_columns(gain=gain).drop("own")
    return _published(told, ("panel", "model", "rule"), minimum)


def _cells(
    rows: pl.DataFrame, key: tuple[str, ...], numbers: dict[str, pl.Expr]
) -> list[pl.DataFrame]:
    parts = []
    for cell in (("tenor", "moneyness"), ("tenor",), ("moneyness",), ()):
        whole = [pl.lit(ALL).alias(name) for name in ("tenor", "moneyness") if name not in cell]
        grouped = rows.group_by(*key, *cell, maintain_order=True).agg(**numbers)
        names = [*key, "tenor", "moneyness", *numbers]
        parts.append(grouped.with_columns(*whole).select(names))
    return parts


def _published(
    cells: pl.DataFrame, within: tuple[str, ...], minimum: int, fewest: str = "contracts"
) -> pl.DataFrame:
    """Cells with enough contracts; those of the finest cells that are left out are counted."""
    small = pl.col(fewest) < minimum
    fine = (pl.col("tenor") != ALL) & (pl.col("moneyness") != ALL)
    hidden = pl.when(small & fine).then(pl.col("contracts")).otherwise(0).sum().over(within)
    return cells.with_columns(suppressed_contracts=hidden.cast(pl.Int64)).filter(~small)


def losses(tables: Tables) -> pl.DataFrame:
    """Mean loss by trade date and model: volatility, price in spreads, hedges in basis points."""
    rows = errors.volatility_errors(tables, "out_of_sample")
    error, vega = pl.col("volatility_error"), pl.col("vega")
    key = (*_DATE, "model")
    priced = rows.group_by(key, maintain_order=True).agg(
        contracts=pl.len().cast(pl.Int64),
        volatility=(vega * error**2).sum() / vega.sum(),
        price=((pl.col("price_error") / pl.col("spread")) ** 2).mean(),
    )
    profits = errors.hedged(tables).filter(pl.col("model").is_in(NAMES))
    for rule in hedging.RULES:
        mean = (
            profits.filter(pl.col("rule") == rule)
            .group_by(key, maintain_order=True)
            .agg((pl.col("profit") ** 2).mean().alias(f"hedging_{rule}"))
        )
        priced = priced.join(mean, on=key, how="left", maintain_order="left")
    return priced


def dates(tables: Tables) -> pl.DataFrame:
    """Every trade date and model: how the fit went, the losses, and its place among the models.

    Dates without a market, and models without a fit, have their rows too.
    """
    days = tables["dates"].select(
        "panel", "source", "period", "trade_date", "next_trade_date", "known_at", "next_known_at",
        market="status", selected="selected", priced="priced", expired="expired",
        no_believable_quote="no_believable_quote",
        spot_return=(pl.col("next_spot") / pl.col("spot")).log(),
    )  # fmt: skip
    fits = tables["fits"].select(
        *_DATE, "model", fit="status", loss_in_sample=pl.col("objective") / pl.col("quotes")
    )
    every = days.join(pl.DataFrame({"model": NAMES}), how="cross", maintain_order="left")
    key = (*_DATE, "model")
    rows = every.join(fits, on=key, how="left", maintain_order="left").join(
        losses(tables).drop("contracts"), on=key, how="left", maintain_order="left"
    )
    place = pl.col("volatility").rank("min").over(_DATE).cast(pl.Int64)
    return _told(rows.with_columns(pl.col("fit").fill_null("none"), place=place))
