"""Where the tables come from: one small interface, the same schemas whatever the source."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Protocol

import polars as pl


class Source(Protocol):
    """A source of IvyDB tables. It answers or raises; it never turns to another source."""

    @property
    def name(self) -> str:
        """``sample``, ``parquet`` or ``postgres``."""

    @property
    def label(self) -> str:
        """Mark of everything made from it: ``SYNTHETIC`` or ``WRDS``."""

    def scan(
        self, table: str, *, secids: Sequence[int], first: dt.date, last: dt.date
    ) -> pl.LazyFrame:
        """Rows of a table of `wrds_pipeline.ivydb.SCHEMAS`, its columns in its schema's order.

        Parameters
        ----------
        table : str
            Name of the table, without a year.
        secids : sequence of int
            Underlyings; the zero curve has none and ignores them.
        first, last : date
            Range of the table's date column, both ends included.

        Raises
        ------
        ValueError
            Unknown table, or the source lacks a year, a column or the table; says which.
        """

    def facts(self) -> dict[str, Any]:
        """What provenance records: no credential, no row, no path of this machine."""
