"""The SYNTHETIC sample as a source: made anew, or read from the files that the graph made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl

from wrds_pipeline import ivydb
from wrds_pipeline.synthetic import tables, truth

_NO_SECID = ("zerocd",)


@dataclass(frozen=True, slots=True)
class SampleSource:
    """Tables of a profile; with `files`, those of the Parquet files by table."""

    profile: str
    files: Mapping[str, Path] | None = None

    @property
    def name(self) -> str:
        """``sample``."""
        return "sample"

    @property
    def label(self) -> str:
        """``SYNTHETIC``."""
        return "SYNTHETIC"

    def scan(
        self, table: str, *, secids: Sequence[int], first: dt.date, last: dt.date
    ) -> pl.LazyFrame:
        """Rows of a table; see `wrds_pipeline.sources.Source`."""
        if table not in ivydb.SCHEMAS:
            raise ValueError(f"unknown table {table!r}: must be among {', '.join(ivydb.SCHEMAS)}")
        frame = self._table(table).lazy()
        frame = frame.filter(pl.col(ivydb.DATE_COLUMN[table]).is_between(first, last))
        if table in _NO_SECID:
            return frame
        return frame.filter(pl.col("secid").is_in([float(secid) for secid in secids]))

    def _table(self, table: str) -> pl.DataFrame:
        if self.files is None:
            return _made(self.profile)[table]
        if table not in self.files:
            raise ValueError(f"the sample's file of {table} is not given")
        return tables.read(self.files[table])

    def facts(self) -> dict[str, Any]:
        """Seed, profile and rows of each table."""
        names = ivydb.SCHEMAS if self.files is None else self.files
        return {
            "source": self.name,
            "label": self.label,
            "profile": self.profile,
            "seed": truth.SEED,
            "rows": {name: len(self._table(name)) for name in names},
        }


@lru_cache(maxsize=2)
def _made(profile: str) -> dict[str, pl.DataFrame]:
    return tables.tables(profile)
