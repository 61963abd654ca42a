"""The study's results of panels and dates as one file: a row a date, each table a column of rows.

One file, so that a date is whole or absent; nested, so that every table keeps its own columns.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from wrds_pipeline.study import SCHEMAS, DateResult
from wrds_pipeline.unreadable import UNREADABLE

Tables = dict[str, pl.DataFrame]
_DATE = "trade_date"
_KEY = ("panel", _DATE)


def combined(results: Iterable[tuple[dt.date, DateResult]], panel_id: str) -> Tables:
    """Tables of all dates of a panel, each with panel and trade date, in the order of dates."""
    parts: dict[str, list[pl.DataFrame]] = {name: [] for name in SCHEMAS}
    for day, result in sorted(results, key=lambda item: item[0]):
        for name, frame in result.items():
            dated = frame if _DATE in frame.columns else frame.with_columns(trade_date=pl.lit(day))
            parts[name].append(dated.select(pl.lit(panel_id).alias("panel"), pl.all()))
    return {name: pl.concat(frames) for name, frames in parts.items() if frames}


def joined(panels: Iterable[Tables]) -> Tables:
    """Tables of several panels as one."""
    parts = list(panels)
    return {name: pl.concat([part[name] for part in parts if part]) for name in SCHEMAS}


def write(tables: Tables, path: Path, metadata: Mapping[str, str]) -> None:
    """Write the tables of a study as one Parquet file."""
    nested = tables["dates"].select(_KEY)
    for name, frame in tables.items():
        columns = [column for column in frame.columns if column not in _KEY]
        rows = frame.group_by(_KEY, maintain_order=True).agg(pl.struct(columns).alias(name))
        nested = nested.join(rows, on=_KEY, how="left", maintain_order="left")
    nested.write_parquet(path, metadata=dict(metadata), compression="zstd")


def read(path: Path) -> tuple[Tables, dict[str, Any]]:
    """Tables of a study's file, and its metadata.

    Raises
    ------
    ValueError
        Not such a file.
    """
    try:
        metadata: Mapping[str, Any] = pl.read_parquet_metadata(path)
        nested = pl.read_parquet(path, hive_partitioning=False)
    except UNREADABLE as error:
        raise ValueError(f"not a Parquet file: {str(error).splitlines()[0]}") from None
    if missing := [name for name in (*_KEY, *SCHEMAS) if name not in nested.columns]:
        raise ValueError(f"not a study's results: no column {', '.join(missing)}")
    return {name: _table(nested, name) for name in SCHEMAS}, dict(metadata)


def _table(nested: pl.DataFrame, name: str) -> pl.DataFrame:
    schema = {"panel": pl.String, _DATE: pl.Date, **SCHEMAS[name]}
    rows = nested.select(*_KEY, name).drop_nulls(name).explode(name).unnest(name)
    if missing := [column for column in schema if column not in rows.columns]:
        raise ValueError(f"not a study's results: {name} has no column {', '.join(missing)}")
    order = list(SCHEMAS[name])
    return rows.select("panel", *(order if _DATE in order else [_DATE, *order]))
