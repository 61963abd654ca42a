"""A researcher's own extracts of IvyDB as Parquet files, scanned lazily.

Two layouts, told apart for each table:

* hive: ``table=opprcd/year=2019/.../*.parquet``; levels ``month=`` and ``secid=`` may follow and
  save reading what was not asked for; tables without a year may leave that level out;
* plain: ``opprcd2019.parquet``, and ``zerocd.parquet`` for the tables without a year.

Folders that `wrds_pipeline.pull` wrote are of the hive layout with receipts, which are checked. The
root may be a URL that polars reads (``s3://``, ``gs://``, ``az://``, ``file://``): hive layout by
year, or plain; receipts are not read there.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from wrds_pipeline import ivydb
from wrds_pipeline.sources import columns, partitions
from wrds_pipeline.unreadable import UNREADABLE

# Tables whose rows of a year stand in that year's partition and nowhere else.
_DATED = ("opprcd", "secprd", "fwdprd", "zerocd", "idxdvd")


class ParquetSource:
    """Tables of a folder, or of object storage.

    Parameters
    ----------
    root : Path or str
        Folder, or a URL.
    storage_options : mapping, optional
        For URLs: handed to polars, never shown.
    """

    name = "parquet"
    label = "WRDS"

    def __init__(
        self, root: Path | str, *, storage_options: Mapping[str, Any] | None = None
    ) -> None:
        self._url = str(root).rstrip("/") if "://" in str(root) else None
        self._root = Path(root)
        self._options = dict(storage_options) if storage_options else None
        self._read: dict[str, dict[str, Any]] = {}
        self._unread: dict[str, list[str]] = {}
        if self._url is None and not self._root.is_dir():
            raise ValueError("the folder of extracts does not exist or is not a folder")

    def scan(
        self, table: str, *, secids: Sequence[int], first: dt.date, last: dt.date
    ) -> pl.LazyFrame:
        """Rows of a table, see `wrds_pipeline.sources.Source`.

        Raises
        ------
        ValueError
            Unknown table, a year or partition is missing, a column is missing or of a wrong type,
            both layouts are there; says which.
        partitions.DamagedPartitionError
            A receipt or its partition does not hold.
        """
        partitions.pieces(table, secids, first, last)  # refuses a wrong question
        if self._url is not None:
            frames = list(self._remote(table, self._url, first, last))
        else:
            frames = [
                self._checked(table, self._scan(self._root / name), name)
                for name in self._local(table, secids, first, last)
            ]
        return pl.concat(frames).filter(columns.within(table, secids, first, last))

    def facts(self) -> dict[str, Any]:
        """Files read so far with size and SHA-256, and the columns that were passed over.

        Files without a receipt are hashed here, which reads them whole; those of a URL are not.
        """
        files = {}
        for name in sorted(self._read):
            known = self._read[name]
            if not known and self._url is None:
                path = self._root / name
                known = {"bytes": path.stat().st_size, "sha256": partitions.file_digest(path)}
            files[name] = known
        return {"source": self.name, "files": files, "unread_columns": dict(self._unread)}

    def _scan(self, place: Path | str) -> pl.LazyFrame:
        options = self._options if isinstance(place, str) else None
        return pl.scan_parquet(
            place, glob=isinstance(place, str), hive_partitioning=False, storage_options=options
        )

    def _checked(self, table: str, frame: pl.LazyFrame, name: str) -> pl.LazyFrame:
        try:
            found = frame.collect_schema()
        except UNREADABLE:
            found = None
        if found is None:
            raise ValueError(f"{name}: cannot be read as Parquet")
        if unread := columns.names_checked(table, found.names(), name):
            self._unread[table] = sorted({*self._unread.get(table, []), *unread})
        self._read.setdefault(name, {})
        return frame.select(columns.as_wanted(table, found, name))

    def _remote(
        self, table: str, url: str, first: dt.date, last: dt.date
    ) -> Iterator[pl.LazyFrame]:
        """Storage is not listed: the first pattern that polars finds files at is taken."""
        by_year = table in ivydb.BY_YEAR
        years = [str(year) for year in range(first.year, last.year + 1)] if by_year else [""]
        for year in years:
            level = f"/year={year}" if year else ""
            names = (f"table={table}{level}/**/*.parquet", f"{table}{year}.parquet")
            there = [name for name in names if self._is_there(f"{url}/{name}")]
            if not there:
                raise ValueError(
                    f"{table}{' of ' + year if year else ''}: missing, or storage not readable; "
                    f"looked for {' and '.join(names)}"
                )
            yield self._checked(table, self._scan(f"{url}/{there[0]}"), there[0])

    def _is_there(self, place: str) -> bool:
        try:
            self._scan(place).collect_schema()
        except UNREADABLE:
            return False
        return True

    def _local(self, table: str, secids: Sequence[int], first: dt.date, last: dt.date) -> list[str]:
        """Names below the root of the files that hold what is asked for."""
        base = self._root / f"table={table}"
        years = range(first.year, last.year + 1) if table in ivydb.BY_YEAR else [""]
        plain = [f"{table}{year}.parquet" for year in years]
        flat = [name for name in plain if (self._root / name).is_file()]
        if base.is_dir() and flat:
            raise ValueError(f"{table}: both table={table} and {flat[0]} are there; keep one")
        if base.is_dir():
            names = list(self._walk(base, _levels(table, secids, first, last), table))
            if not names:
                raise ValueError(f"{table}: table={table} holds no Parquet file for what is asked")
            return names
        if missing := [name for name in plain if name not in flat]:
            raise ValueError(f"{table}: missing {', '.join(missing)} (and no folder table={table})")
        return flat

    def _walk(self, folder: Path, wanted: Mapping[str, list[str]], table: str) -> Iterator[str]:
        name = folder.relative_to(self._root).as_posix()
        receipt = partitions.read_receipt(folder, name)
        if receipt is not None:
            found = f"{name}/{receipt['file']}"
            self._read[found] = {key: receipt[key] for key in ("bytes", "sha256")}
            yield found
            return
        levels: dict[str, dict[str, Path]] = {}
        for path in sorted(folder.iterdir()):
            if path.is_dir():
                key, _, value = path.name.partition("=")
                levels.setdefault(key, {})[value.lstrip("0") or "0"] = path
            elif path.suffix == ".parquet":
                yield path.relative_to(self._root).as_posix()
        for key, values in levels.items():
            chosen = wanted.get(key, list(values))
            # Months are asked for within their year.
            if key == "month" and (year := folder.name.partition("=")[2]):
                chosen = wanted.get(f"month of {year}", chosen)
            gaps = [value for value in chosen if value not in values]
            if gaps and (key == "secid" or table in _DATED):
                raise ValueError(f"{table}: missing {key}={', '.join(gaps)} in {name}")
            for value in chosen:
                if value in values:
                    yield from self._walk(values[value], wanted, table)


def _levels(
    table: str, secids: Sequence[int], first: dt.date, last: dt.date
) -> dict[str, list[str]]:
    """Values of the hive's levels that a request needs, by level."""
    found: dict[str, dict[str, None]] = {}
    if columns.has_secid(table):
        found["secid"] = dict.fromkeys(map(str, secids))
    if table in _DATED:
        # The cut by months serves as the calendar, whatever the table itself is cut by.
        for month in partitions.pieces("opprcd", [0], first, last):
            found.setdefault("year", {})[str(month.first.year)] = None
            found.setdefault(f"month of {month.first.year}", {})[str(month.first.month)] = None
    return {key: list(values) for key, values in found.items()}
