"""What Polars raises of a file that it cannot read as Parquet: a panic is no `Exception`."""

from __future__ import annotations

from polars.exceptions import PanicException, PolarsError

UNREADABLE = (PolarsError, PanicException, OSError)
