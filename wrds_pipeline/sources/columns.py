"""Columns that a source must give, and the types that are taken for them.

Vintages of IvyDB differ in columns. A column that the study does not read is passed over and named
in the source's facts; one that it reads and that is missing, or has another type, is an error.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from wrds_pipeline import ivydb

# Types of the server (`information_schema.columns.data_type`) by the type that the study reads.
_SERVER_TYPES: Mapping[str, tuple[str, ...]] = {
    "Float64": (
        "double precision",
        "numeric",
        "real",
        "bigint",
        "integer",
        "smallint",
    ),
    "Date": ("date",),
    "String": ("character varying", "text", "character"),
}
_SERVER_CASTS: Mapping[str, str] = {"Float64": "float8", "Date": "date", "String": "text"}


def wanted(table: str) -> dict[str, pl.DataType]:
    """Columns of a table of `ivydb.SCHEMAS` in order, with their types.

    Raises
    ------
    ValueError
        There is no such table.
    """
    if table not in ivydb.SCHEMAS:
        raise ValueError(f"table {table!r}: must be one of {', '.join(ivydb.SCHEMAS)}")
    return {name: column.dtype for name, column in ivydb.SCHEMAS[table].columns().items()}


def has_secid(table: str) -> bool:
    """Whether the rows of a table belong to underlyings; the zero curve's do not."""
    return "secid" in wanted(table)


def names_checked(table: str, found: Sequence[str], place: str) -> list[str]:
    """Columns at `place` that the study does not read, once all that it reads are there.

    Raises
    ------
    ValueError
        Columns are missing; says which, and which unknown ones are there instead.
    """
    needed = wanted(table)
    unread = [name for name in found if name not in needed]
    if missing := [name for name in needed if name not in set(found)]:
        beside = f"; not known: {', '.join(unread)}" if unread else ""
        raise ValueError(f"{place}: lacks columns {', '.join(missing)}{beside}")
    return unread


def as_wanted(table: str, found: Mapping[str, pl.DataType], place: str) -> list[pl.Expr]:
    """Expressions that give a table's columns in order, each cast to its type.

    Decimals and whole numbers become float64, moments become dates, categories become text; any
    other change of type is refused, since it would change or lose values.

    Raises
    ------
    ValueError
        A column is missing or of a type that is not taken for it; says which.
    """
    names_checked(table, list(found), place)
    wrong = [
        f"{name} is {found[name]}, must be {dtype}"
        for name, dtype in wanted(table).items()
        if not _is_taken(found[name], dtype)
    ]
    if wrong:
        raise ValueError(f"{place}: {'; '.join(wrong)}")
    return [pl.col(name).cast(dtype) for name, dtype in wanted(table).items()]


def _is_taken(found: pl.DataType, dtype: pl.DataType) -> bool:
    if found == dtype or found == pl.Null():
        return True
    if dtype == pl.Float64():
        return found.is_numeric()
    if dtype == pl.Date():
        return isinstance(found, pl.Datetime)
    return isinstance(found, (pl.Categorical, pl.Enum))


def selected(table: str, found: Mapping[str, str], place: str) -> str:
    """List of a SELECT that gives a table's columns in order, each cast on the server.

    `NUMERIC` has no counterpart among the driver's Arrow types, hence the cast to float8.

    Parameters
    ----------
    table : str
        Name in `ivydb.SCHEMAS`.
    found : mapping
        `information_schema.columns`: column to data type.
    place : str
        Relation, for the message.

    Raises
    ------
    ValueError
        A column is missing or of a type that is not taken for it; says which.
    """
    names_checked(table, list(found), place)
    parts, wrong = [], []
    for name, dtype in wanted(table).items():
        kind = str(dtype)
        if found[name] not in _SERVER_TYPES[kind]:
            wrong.append(
                f"{name} is {found[name]}, must be one of {', '.join(_SERVER_TYPES[kind])}"
            )
        parts.append(f'"{name}"::{_SERVER_CASTS[kind]} AS "{name}"')
    if wrong:
        raise ValueError(f"{place}: {'; '.join(wrong)}")
    return ", ".join(parts)


def within(table: str, secids: Sequence[int], first: Any, last: Any) -> pl.Expr:
    """Rows of the underlyings, if the table has them, from `first` to `last`."""
    column = pl.col(ivydb.DATE_COLUMN[table])
    dates = column.is_between(pl.lit(first, pl.Date), pl.lit(last, pl.Date))
    if not has_secid(table):
        return dates
    return dates & pl.col("secid").is_in([float(secid) for secid in secids])
