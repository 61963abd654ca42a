"""Parity tables of the products as Parquet: written with fixed settings, read without repair."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from tasks.evidence.faults import EvidenceFault
from tasks.evidence.parity_grid import Declared
from wrds_pipeline.unreadable import UNREADABLE

_KINDS = {str: pl.String, int: pl.Int64, float: pl.Float64}
# Columns beside the key; those that may be empty: QuantLib gave no number, or nobody had to decide.
RESULTS: Mapping[str, Any] = {
    "quantity": pl.String,
    "strikeproof": pl.Float64,
    "quantlib": pl.Float64,
    "abs_error": pl.Float64,
    "rel_error": pl.Float64,
    "error_in_tolerances": pl.Float64,
    "engine": pl.String,
    "verdict": pl.String,
    "third": pl.Float64,
    "third_method": pl.String,
    "quantlib_says": pl.String,
}
_NULLABLE = ("quantlib", "abs_error", "rel_error", "error_in_tolerances", "third", "third_method")
VERDICTS = ("agree", "strikeproof", "quantlib")
_MOST_ROWS_NAMED = 5


def schema(declared: Declared) -> dict[str, Any]:
    """Columns of a product's table and their types."""
    key = {name: _KINDS[type(values[0])] for name, values in declared.axes}
    return key | dict(RESULTS)


def write(path: Path, declared: Declared, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write a product's rows in their order."""
    frame = pl.DataFrame(rows, schema=schema(declared), orient="row")
    save(frame, path)


def save(frame: pl.DataFrame, path: Path | io.BytesIO) -> None:
    """Write a table with the settings of all of them."""
    frame.write_parquet(path, compression="zstd", compression_level=9, statistics=False)


def rewritten(data: bytes, change: Callable[[list[dict[str, Any]]], None]) -> bytes:
    """Bytes of a table after its rows were changed."""
    frame = pl.read_parquet(io.BytesIO(data))
    rows = frame.to_dicts()
    change(rows)
    stream = io.BytesIO()
    save(pl.DataFrame(rows, schema=frame.schema, orient="row"), stream)
    return stream.getvalue()


def read(path: Path) -> pl.DataFrame:
    """A product's table, its result columns checked by themselves.

    Raises
    ------
    EvidenceFault
        Not Parquet, other columns, empty or not finite cells, errors or verdicts that are not
        those of the values beside them; the grid is another matter.
    """
    try:
        frame = pl.read_parquet(path, glob=False)
    except UNREADABLE as error:
        raise EvidenceFault([f"not Parquet: {str(error).splitlines()[0]}"]) from None
    names = list(RESULTS)
    if frame.columns[-len(names) :] != names or not frame.columns[: -len(names)]:
        raise EvidenceFault([f"columns are {', '.join(frame.columns)}: must end in {names}"])
    if frame.is_empty():
        raise EvidenceFault(["0 rows"])
    if faults := [*_type_faults(frame), *_cell_faults(frame)]:
        raise EvidenceFault(faults)
    if faults := list(_rule_faults(frame)):
        raise EvidenceFault(faults)
    return frame


def _type_faults(frame: pl.DataFrame) -> Iterator[str]:
    for name, kind in RESULTS.items():
        if frame.schema[name] != kind:
            yield f"{name} is {frame.schema[name]}: must be {kind}"


def _cell_faults(frame: pl.DataFrame) -> Iterator[str]:
    for column in frame.get_columns():
        free = column.name in (*_NULLABLE, "quantlib_says")
        if not free and column.null_count():
            yield f"blank cell in column {column.name} at row {_first(column.is_null())}"
        if column.dtype == pl.Float64 and not column.is_finite().fill_null(value=True).all():
            yield f"non-finite {column.name} at row {_first(~column.is_finite())}"


def _first(mask: pl.Series) -> int:
    return int(mask.fill_null(value=False).arg_true()[0]) + 1


def scaled_error() -> pl.Expr:
    """Difference of the libraries in units of the larger of 1 and both values."""
    size = pl.max_horizontal(1.0, pl.col("strikeproof").abs(), pl.col("quantlib").abs())
    return (pl.col("strikeproof") - pl.col("quantlib")).abs() / size


def _rule_faults(frame: pl.DataFrame) -> Iterator[str]:
    difference = (pl.col("strikeproof") - pl.col("quantlib")).abs()
    size = pl.max_horizontal(pl.col("strikeproof").abs(), pl.col("quantlib").abs())
    relative = pl.when(difference == 0.0).then(0.0).otherwise(difference / size)
    absent = pl.col("quantlib").is_null()
    far = absent | (pl.col("error_in_tolerances") > 1.0)
    agree = pl.col("verdict") == "agree"
    rules = {
        "abs error is the difference": pl.col("abs_error").eq_missing(difference),
        "rel error is the difference": pl.col("rel_error").eq_missing(
            pl.when(absent).then(None).otherwise(relative)
        ),
        "error in tolerances is there with the error": (
            pl.col("error_in_tolerances").is_null() == absent
        ),
        "verdict is known": pl.col("verdict").is_in(VERDICTS),
        "verdict agree is within the tolerance": agree != far,
        "a third value decides where the libraries differ": pl.col("third").is_null() == agree,
        "the third method is named": pl.col("third_method").is_null() == agree,
        "QuantLib's words stand where it gave no number": (
            pl.col("quantlib_says").is_not_null() == absent
        ),
    }
    for rule, expression in rules.items():
        kept = frame.select(expression.fill_null(value=False)).to_series()
        for row in (~kept).arg_true()[:_MOST_ROWS_NAMED].to_list():
            yield f"{rule}: not so at row {row + 1}"


def key_text(row: Mapping[str, Any], names: Sequence[str]) -> str:
    """A row's key for people."""
    return ", ".join(f"{name}={row[name]}" for name in (*names, "quantity"))
