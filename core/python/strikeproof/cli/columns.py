"""Whole columns of a file, for commands that need all rows at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from strikeproof.cli.files import Table, TableError

_OPTION_TYPE = "option_type"


def number_columns(table: Table, names: Sequence[str]) -> dict[str, Any]:
    """Columns as float64 arrays, empty entries as NaN; option types as signs.

    Raises
    ------
    TableError
        An entry is no number, or no option type: named by line and column.
    """
    numbers = [name for name in names if name != _OPTION_TYPE]
    pieces: list[pl.DataFrame] = []
    for first, piece in table.batches(numbers):
        chosen = piece.select(names)
        if _OPTION_TYPE in names:
            chosen = chosen.with_columns(option_signs(table, chosen[_OPTION_TYPE], first))
        pieces.append(chosen)
    if not pieces:
        raise TableError(f"{table.path}: has no rows")
    whole = pl.concat(pieces)
    return {
        name: whole[name].cast(pl.Float64).fill_null(float("nan")).to_numpy().astype(np.float64)
        for name in names
    }


def option_signs(table: Table, column: pl.Series, first: int) -> pl.Series:
    """Option types as +1 and -1; `first` is the row of the file at which the column starts."""
    if column.dtype.is_numeric():
        wrong = (column.abs() != 1).fill_null(value=True).arg_true()
        signs = column.cast(pl.Float64)
    else:
        words = column.cast(pl.String).str.strip_chars()
        known = {"call": 1.0, "put": -1.0, "1": 1.0, "-1": -1.0}
        signs = words.replace_strict(known, default=None, return_dtype=pl.Float64)
        wrong = signs.is_null().arg_true()
    if len(wrong):
        row = int(wrong[0])
        raise TableError(
            f"{table.path}, {table.place(first + row)}, column {column.name}: "
            f'{column[row]!r} must be "call" or "put"'
        )
    return signs.alias(column.name)
