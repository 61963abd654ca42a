"""What may be published of licensed data: aggregates over enough rows, by listed columns only.

A column passes because a list names its kind, never because no list forbids it. Cells with few
rows are refused, since a mean of two prices and one of the prices tell the other.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

MINIMUM_COUNT = 10

# Columns that say which cell a row is.
_KEYS = frozenset(
    {
        "panel",
        "period",
        "regime",
        "secid",
        "year",
        "month",
        "date",
        "trade_date",
        "next_trade_date",
        "model",
        "other_model",
        "delta",
        "hedge",
        "weighting",
        "tenor",
        "moneyness",
        "option_type",
        "rule",
        "parameter",
        "quantity",
    }
)
# Statistics over a cell's rows: ``mean_spread``, ``rmse_volatility``. No extremes, medians or
# quantiles: those are some row's own value.
_STATISTICS = (
    "mean",
    "standard_deviation",
    "standard_error",
    "bias",
    "rmse",
    "mae",
    "share",
    "coverage",
    "lower",
    "upper",
    "p_value",
    "statistic",
)


class NotPublishableError(ValueError):
    """A table would show rows of licensed data, or a cell of too few; says which column or cell."""


def publishable(
    frame: pl.DataFrame,
    *,
    keys: Sequence[str],
    count: str = "count",
    minimum: int = MINIMUM_COUNT,
) -> pl.DataFrame:
    """The table itself, once it may be published.

    Parameters
    ----------
    frame : DataFrame
        One row per cell.
    keys : sequence of str
        Columns that name a cell, all of the allow-list; text, dates or whole numbers.
    count : str
        Column with the number of licensed rows behind a cell.
    minimum : int, >= MINIMUM_COUNT
        Least such number.

    Raises
    ------
    NotPublishableError
        A column is not of the lists, a key is of floating point, two rows name one cell, or a cell
        has fewer rows than `minimum` or does not say how many.
    ValueError
        `minimum` is below MINIMUM_COUNT, or a column is missing.
    """
    _check_columns(frame, keys, count, minimum)
    few = _few(frame, count, minimum)
    if not few.is_empty():
        raise NotPublishableError(
            f"{few.height} cell(s) of fewer than {minimum} rows, first "
            f"{few.select(keys).row(0, named=True)}"
        )
    return frame


def without_small_cells(
    frame: pl.DataFrame,
    *,
    keys: Sequence[str],
    count: str = "count",
    minimum: int = MINIMUM_COUNT,
) -> tuple[pl.DataFrame, int]:
    """The cells of enough rows, and how many were left out.

    Totals over cells must not stand beside them: a total less the others tells what was left out.

    Raises
    ------
    NotPublishableError, ValueError
        As `publishable` does for columns and keys.
    """
    _check_columns(frame, keys, count, minimum)
    few = _few(frame, count, minimum)
    kept = frame.filter(pl.col(count).fill_null(0) >= minimum)
    return publishable(kept, keys=keys, count=count, minimum=minimum), few.height


def _few(frame: pl.DataFrame, count: str, minimum: int) -> pl.DataFrame:
    return frame.filter(pl.col(count).fill_null(0) < minimum)


def _check_columns(frame: pl.DataFrame, keys: Sequence[str], count: str, minimum: int) -> None:
    if minimum < MINIMUM_COUNT:
        raise ValueError(f"minimum={minimum}: must be at least {MINIMUM_COUNT}")
    if missing := [name for name in (*keys, count) if name not in frame.columns]:
        raise ValueError(f"lacks columns {', '.join(missing)}")
    if wrong := [name for name in keys if name not in _KEYS]:
        raise NotPublishableError(f"not of the columns that may name a cell: {', '.join(wrong)}")
    if wrong := [name for name in frame.columns if name not in (*keys, count) and not _told(name)]:
        raise NotPublishableError(f"not of the statistics to be published: {', '.join(wrong)}")
    floats = [name for name in keys if frame.schema[name].is_float()]
    nested = [name for name, dtype in frame.schema.items() if dtype.is_nested()]
    if floats or nested:
        raise NotPublishableError(
            f"columns of a type that may hold rows' own values: {', '.join(floats + nested)}"
        )
    if not frame.schema[count].is_integer():
        raise NotPublishableError(f"{count} is {frame.schema[count]}, must be whole numbers")
    if frame.select(keys).is_duplicated().any():
        raise NotPublishableError("two rows name one cell: not an aggregate by its keys")


def _told(name: str) -> bool:
    return any(name == word or name.startswith(f"{word}_") for word in _STATISTICS)
