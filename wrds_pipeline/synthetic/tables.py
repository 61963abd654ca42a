"""The seven tables of a sample, by name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from wrds_pipeline import calendar, ivydb
from wrds_pipeline.synthetic import paths, truth
from wrds_pipeline.synthetic.index_options import index_options, vendor_forwards
from wrds_pipeline.synthetic.paths import IndexDay, StockDay
from wrds_pipeline.synthetic.stock_options import stock_options
from wrds_pipeline.unreadable import UNREADABLE

PREFIX = "SYNTHETIC_"


def tables(profile: str) -> dict[str, pl.DataFrame]:
    """Every table of a profile, each in its schema.

    Parameters
    ----------
    profile : {"fast", "full"}

    Raises
    ------
    ValueError
        `profile` is not declared.
    """
    return {name: table(name, profile) for name in ivydb.SCHEMAS}


def table(name: str, profile: str) -> pl.DataFrame:
    """One table of a profile; see `tables`."""
    index, stock = _paths(profile)
    makers: Mapping[str, Callable[[], pl.DataFrame]] = {
        "opprcd": lambda: pl.concat([index_options(index), stock_options(stock)]),
        "secprd": lambda: pl.concat([*map(_security, index), *map(_security, stock)]),
        "zerocd": lambda: pl.concat([_zero_curve(day.date) for day in index]),
        "idxdvd": lambda: _index_dividends(index),
        "distrd": _distributions,
        "fwdprd": lambda: vendor_forwards(index),
        "secnmd": _names,
    }
    return ivydb.validate(name, makers[name]().select(ivydb.SCHEMAS[name].column_names()))


def _paths(profile: str) -> tuple[tuple[IndexDay, ...], tuple[StockDay, ...]]:
    if profile not in truth.TRADE_DATES:
        known = ", ".join(truth.TRADE_DATES)
        raise ValueError(f"profile {profile!r}: must be one of {known}")
    count = truth.TRADE_DATES[profile]
    return paths.index_path(count), paths.stock_path(min(count, truth.STOCK_DATES))


def _security(day: IndexDay | StockDay) -> pl.DataFrame:
    is_index = isinstance(day, IndexDay)
    moves = paths.sorted_moves(day.date)
    opening = day.opening if isinstance(day, IndexDay) else day.spot * float(np.exp(moves.mean()))
    return pl.DataFrame(
        {
            "secid": [float(truth.INDEX_SECID if is_index else truth.STOCK_SECID)],
            "date": [day.date],
            "open": [round(opening, 2)],
            "high": [round(max(day.spot, opening) * float(np.exp(abs(moves[1]))), 2)],
            "low": [round(min(day.spot, opening) * float(np.exp(-abs(moves[0]))), 2)],
            "close": [day.spot],
            "volume": [0.0 if is_index else 2.5e6],
            "cfadj": [1.0 if isinstance(day, IndexDay) else day.ratio],
            "shrout": [0.0 if is_index else 1.2e5],
        }
    )


def _zero_curve(day: dt.date) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "date": [day] * len(truth.CURVE_DAYS),
            "days": truth.CURVE_DAYS,
            "rate": truth.curve(day),
        }
    )


def _index_dividends(days: tuple[IndexDay, ...]) -> pl.DataFrame:
    rows = [
        (day.date, day.date + dt.timedelta(days=int(ahead)))
        for day in days
        for ahead in (30, 91, 182, 365)
    ]
    dates, expirations = zip(*rows, strict=True)
    return pl.DataFrame(
        {
            "secid": [float(truth.INDEX_SECID)] * len(rows),
            "date": dates,
            "expiration": expirations,
            "rate": [100.0 * truth.INDEX.dividend_yield] * len(rows),
        }
    )


def _distributions() -> pl.DataFrame:
    split_date = calendar.trade_dates(truth.FIRST_DATE, truth.SPLIT_DAY + 1)[-1]
    cash: list[dict[str, Any]] = [
        {
            "record_date": calendar.next_trade_date(day),
            "ex_date": day,
            "amount": amount,
            "adj_factor": 1.0,
            "declare_date": paths.declared(day),
            "payment_date": day + dt.timedelta(days=21),
            "distr_type": "1",
        }
        for day, amount in paths.dividends()
    ]
    split: dict[str, Any] = {
        "record_date": split_date,
        "ex_date": split_date,
        "amount": 0.0,
        "adj_factor": truth.SPLIT_RATIO,
        "declare_date": split_date - dt.timedelta(days=30),
        "payment_date": split_date,
        "distr_type": "2",
    }
    texts = {"frequency": "4", "currency": "USD", "approx_flag": "0", "cancel_flag": "0"}
    rows = sorted([*cash, split], key=lambda row: row["ex_date"])
    schema = {name: column.dtype for name, column in ivydb.Distributions.columns().items()}
    return pl.DataFrame(
        [
            {"secid": float(truth.STOCK_SECID), "seq_num": float(place + 1), **row, **texts}
            for place, row in enumerate(rows)
        ],
        schema=schema,
    )


def _names() -> pl.DataFrame:
    """Names; the stock's ticker had been another company's."""
    other = 999001.0
    rows: list[tuple[float, dt.date, str, str]] = [
        (float(truth.INDEX_SECID), dt.date(1996, 1, 2), "SYNX", "SYNTHETIC INDEX"),
        (other, dt.date(1996, 1, 2), "SYNE", "SYNTHETIC EARLIER BEARER"),
        (other, dt.date(2010, 3, 1), "OLDE", "SYNTHETIC EARLIER BEARER"),
        (float(truth.STOCK_SECID), dt.date(2012, 5, 18), "SYNE", "SYNTHETIC COMPANY"),
    ]
    names = ("secid", "effect_date", "ticker", "issuer")
    frame = pl.DataFrame(rows, schema=names, orient="row")
    return frame.with_columns(issue=pl.lit(None, dtype=pl.String)).sort("secid", "effect_date")


def write(name: str, profile: str, output: Path) -> None:
    """Write one table of a profile as Parquet, marked SYNTHETIC in its metadata."""
    metadata = {"synthetic": "true", "seed": str(truth.SEED), "table": name, "profile": profile}
    table(name, profile).write_parquet(output, metadata=metadata, compression="zstd")


def read(path: Path) -> pl.DataFrame:
    """Table of a Parquet file that `write` made.

    Raises
    ------
    ValueError
        Not Parquet, not marked as synthetic, made with another seed, or broken.
    """
    try:
        metadata: Mapping[str, Any] = pl.read_parquet_metadata(path)
        frame = pl.read_parquet(path, hive_partitioning=False)
    except UNREADABLE as error:
        raise ValueError(f"not a Parquet file: {str(error).splitlines()[0]}") from None
    if metadata.get("synthetic") != "true":
        raise ValueError("not marked synthetic=true in its metadata: refused as a sample")
    if metadata.get("seed") != str(truth.SEED):
        raise ValueError(f"made with seed {metadata.get('seed')}, the sample's is {truth.SEED}")
    if metadata.get("table") not in ivydb.SCHEMAS:
        raise ValueError(f"unknown table {metadata.get('table')!r} in its metadata")
    return ivydb.validate(str(metadata["table"]), frame)
