"""Schemas of the CSV artifacts, and a reader that repairs nothing.

dataframely checks types, ranges, keys and derived columns; this module adds what a CSV can hide
from it: a byte-order mark, CRLF, a missing last newline, repeated or reordered columns, blank
cells, another way of writing a number. Every fault found is told, rows counted from 1 for the
first data row.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import dataframely as dy
import polars as pl

from tasks.evidence import benchmark_tables, market_tables, optional_tables, parity_tables
from tasks.evidence.convergence.tables import SCHEMAS as CONVERGENCE
from tasks.evidence.faults import EvidenceFault
from tasks.evidence.strict_json import text_of
from wrds_pipeline import schemas as wrds
from wrds_pipeline.csv_form import csv_text

_MOST_ROWS_NAMED = 5


class TableFault(EvidenceFault):
    """A table that cannot be believed: `faults` lists every reason, the message names the file."""

    def __init__(self, path: Path, faults: Iterable[str]) -> None:
        super().__init__(faults)
        self.args = ("\n".join(f"{path.name}: {fault}" for fault in self.faults),)


SCHEMAS: Mapping[str, type[dy.Schema]] = {
    **parity_tables.SCHEMAS,
    **benchmark_tables.SCHEMAS,
    **market_tables.SCHEMAS,
    **optional_tables.SCHEMAS,
    **{f"wrds_{name}": schema for name, schema in wrds.TABLES.items()},
    **CONVERGENCE,
}

# Tables whose rows are in the order of their key; the others have an order of their own, which
# their makers declare.
_SORTED = (
    benchmark_tables.BenchmarkRegression,
    benchmark_tables.InstructionCounts,
    market_tables.MarketFitByExpiry,
    market_tables.MarketFitParameters,
    market_tables.MarketFitQuotes,
    market_tables.MarketFits,
    market_tables.MarketFitsByExpiry,
    *wrds.TABLES.values(),
)


def write_table(frame: pl.DataFrame, path: Path, schema: type[dy.Schema]) -> None:
    """Write a table that keeps its schema, in its schema's column order.

    Raises
    ------
    TableFault
        The table breaks its schema, or has no rows.
    """
    names = schema.column_names()
    faults = list(_header_faults(frame.columns, names, ordered=False))
    if frame.is_empty():
        faults.append("0 rows")
    if not faults:
        frame = frame.select(names)
        faults = list(content_faults(frame, schema))
    if faults:
        raise TableFault(path, faults)
    path.write_text(csv_text(frame), encoding="utf-8", newline="\n")


def read_table(path: Path, schema: type[dy.Schema]) -> pl.DataFrame:
    """Table of a CSV artifact.

    Raises
    ------
    TableFault
        The file is missing, is not what `write_table` writes, or its content breaks the schema.
    """
    try:
        text = text_of(path.read_bytes())
        frame = _parsed(text, schema)
    except FileNotFoundError:
        raise TableFault(path, ["missing"]) from None
    except EvidenceFault as error:
        raise TableFault(path, error.faults) from None
    except ValueError as error:
        raise TableFault(path, [str(error)]) from None
    faults = list(content_faults(frame, schema))
    if not faults and (row := _other_form(text, frame)) is not None:
        faults = [f"row {row} is not in the canonical form: edited by hand, or resaved?"]
    if faults:
        raise TableFault(path, faults)
    return frame


def _other_form(text: str, frame: pl.DataFrame) -> int | None:
    """First row whose text is not the one that these values are written as; None for none."""
    written = csv_text(frame)
    if written == text:
        return None
    pairs = zip(text.split("\n"), written.split("\n"), strict=False)
    return next((row for row, (found, canonical) in enumerate(pairs) if found != canonical), 0)


def _header_faults(names: list[str], expected: list[str], *, ordered: bool) -> Iterator[str]:
    for name in sorted(set(names)):
        if names.count(name) > 1:
            yield f"duplicate column {name}"
        if name not in expected:
            yield f"unknown column {name!r}: column not on allow-list"
    for name in expected:
        if name not in names:
            yield f"missing column {name}"
    if ordered and names != expected and sorted(names) == sorted(expected):
        yield "columns are in another order"


def _parsed(text: str, schema: type[dy.Schema]) -> pl.DataFrame:
    header, _, body = text.partition("\n")
    faults = list(_header_faults(header.split(","), schema.column_names(), ordered=True))
    if not body:
        faults.append("0 rows")
    if faults:
        raise EvidenceFault(faults)
    try:
        raw = pl.read_csv(io.BytesIO(text.encode("utf-8")), infer_schema=False, quote_char=None)
    except pl.exceptions.PolarsError as error:
        first = str(error).splitlines()[0]
        raise EvidenceFault([f"rows do not fit the header: {first}"]) from None
    return _typed(raw.fill_null(""), schema)


def _typed(raw: pl.DataFrame, schema: type[dy.Schema]) -> pl.DataFrame:
    faults = []
    columns = []
    for name, column in schema.columns().items():
        text = raw[name]
        typed = text if column.dtype == pl.String else text.cast(column.dtype, strict=False)
        if column.nullable:
            typed = typed.set(text == "", None)
        else:
            faults += [f"blank cell in column {name} at row {row}" for row in _rows(text == "")]
        for row in _rows(typed.is_null() & (text != "")):
            faults.append(f"{name} at row {row} is {text[row - 1]!r}, not a number")
        columns.append(typed)
    if faults:
        raise EvidenceFault(faults)
    return pl.DataFrame(columns)


def _rows(mask: pl.Series) -> list[int]:
    """Numbers, from 1, of the first few rows where a mask holds."""
    return [int(row) + 1 for row in mask.arg_true()[:_MOST_ROWS_NAMED].to_list()]


def content_faults(frame: pl.DataFrame, schema: type[dy.Schema]) -> Iterator[str]:
    """What is wrong with a table's values, by column and row; finiteness is looked at first."""
    finite = True
    for column in frame.get_columns():
        if column.dtype == pl.Float64 and not column.is_finite().all():
            finite = False
            for row in _rows(~column.is_finite()):
                yield f"non-finite {column.name} at row {row}"
    key = schema.primary_key()
    repeated = frame.select(pl.struct(key).is_duplicated()).to_series()
    for row in _rows(repeated):
        shown = ", ".join(f"{name}={frame[name][row - 1]}" for name in key)
        yield f"duplicate key at row {row} ({shown})"
    if finite:
        yield from _rule_faults(frame, schema)
    if schema in _SORTED and not frame.equals(frame.sort(key)):
        yield f"row order: rows must be sorted by {', '.join(key)}"


def _rule_faults(frame: pl.DataFrame, schema: type[dy.Schema]) -> Iterator[str]:
    """Rules of the schema that rows break, with the first rows and what they hold."""
    try:
        _, failure = schema.filter(frame)
    except dy.exc.SchemaError as error:
        yield str(error).splitlines()[0]
        return
    if not failure.counts():
        return
    key = schema.primary_key()
    numbered = frame.select(key).with_row_index("row", offset=1).unique(key, keep="first")
    details = failure.details().join(numbered, on=key, how="left", maintain_order="left")
    for rule in failure.counts():
        if rule == "primary_key":  # told above, with the key
            continue
        broken = details.filter(pl.col(rule).cast(pl.String) == "invalid")
        for row in broken.head(_MOST_ROWS_NAMED).iter_rows(named=True):
            yield _broken_rule(rule, row, schema)


def _broken_rule(rule: str, row: Mapping[str, Any], schema: type[dy.Schema]) -> str:
    name, _, kind = rule.partition("|")
    if not kind:
        return f"{rule.replace('_', ' ')}: not so at row {row['row']}"
    limit = getattr(schema.columns()[name], kind, None)
    if kind == "min" and limit == 0:
        return f"{name} < 0 at row {row['row']}"
    return f"{name} at row {row['row']} is {row[name]!r}: breaks {kind} {limit}"
