"""Folder of pulled partitions: one per table, underlying and month or year, each with a receipt.

    table=opprcd/year=2014/month=03/secid=108105/<sha256>.parquet
    table=opprcd/year=2014/month=03/secid=108105/receipt.json

A partition holds its whole month, year or table, whatever range was asked for, so that two pulls
never overlap. The file is named by its content; the receipt names the file, is written last, and
carries a digest of itself. Killed at any moment, a pull leaves the old partition or the new one.
"""

from __future__ import annotations

import calendar
import contextlib
import datetime as dt
import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wrds_pipeline import ivydb
from wrds_pipeline.sources import columns

RECEIPT = "receipt.json"
FORMAT = 1
_EARLIEST, _LATEST = dt.date(1900, 1, 1), dt.date(2100, 12, 31)
# Quotes are cut by month: a year of them for one index is some 10 million rows. Names and
# distributions are few, and early ones matter late, so that they are taken whole.
_BY_MONTH = ("opprcd",)
_WHOLE = ("distrd", "secnmd")


class DamagedPartitionError(ValueError):
    """A receipt or its partition is not what was written; says which and how."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What one query gives: a table's rows of one underlying in one month, year, or at all."""

    table: str
    secid: int | None
    first: dt.date
    last: dt.date

    @property
    def folder(self) -> str:
        """Place below the root of the partitions."""
        parts = [f"table={self.table}"]
        if self.table not in _WHOLE:
            parts.append(f"year={self.first.year}")
        if self.table in _BY_MONTH:
            parts.append(f"month={self.first.month:02}")
        if self.secid is not None:
            parts.append(f"secid={self.secid}")
        return "/".join(parts)


def pieces(table: str, secids: Sequence[int], first: dt.date, last: dt.date) -> list[Piece]:
    """Pieces that hold a range of dates, in order of dates, then of underlyings.

    Raises
    ------
    ValueError
        Unknown table, no underlying where the table has them, or the range is empty.
    """
    if first > last:
        raise ValueError(f"first={first} is after last={last}")
    owners: list[int | None] = [None]
    if columns.has_secid(table):
        if not secids:
            raise ValueError(f"{table}: needs at least one secid")
        owners = list(dict.fromkeys(secids))
    return [
        Piece(table, secid, begin, end)
        for begin, end in _units(table, first, last)
        for secid in owners
    ]


def _units(table: str, first: dt.date, last: dt.date) -> Iterator[tuple[dt.date, dt.date]]:
    if table in _WHOLE:
        yield _EARLIEST, _LATEST
        return
    for year in range(first.year, last.year + 1):
        if table not in _BY_MONTH:
            yield dt.date(year, 1, 1), dt.date(year, 12, 31)
            continue
        low = first.month if year == first.year else 1
        high = last.month if year == last.year else 12
        for month in range(low, high + 1):
            end = calendar.monthrange(year, month)[1]
            yield dt.date(year, month, 1), dt.date(year, month, end)


def schema_digest(table: str) -> str:
    """SHA-256 of a table's column names and types, in order."""
    text = "\n".join(f"{name} {dtype}" for name, dtype in columns.wanted(table).items())
    return hashlib.sha256(text.encode()).hexdigest()


def file_digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _self_digest(body: Mapping[str, Any]) -> str:
    kept = {key: value for key, value in body.items() if key != "receipt_sha256"}
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()


def read_receipt(folder: Path, name: str) -> dict[str, Any] | None:
    """Receipt of a partition once it and the file it names hold; None where there is none.

    Parameters
    ----------
    folder : Path
        Folder of the partition.
    name : str
        What messages call it: its place below the root.

    Raises
    ------
    DamagedPartitionError
        The receipt was edited or cut, or its partition is missing, cut or edited.
    """
    try:
        text = (folder / RECEIPT).read_bytes()
    except FileNotFoundError:
        return None
    try:
        body = json.loads(text)
        sound = body["format"] == FORMAT and body["receipt_sha256"] == _self_digest(body)
        file, size, digest = str(body["file"]), int(body["bytes"]), str(body["sha256"])
    except (ValueError, KeyError, TypeError):
        sound = False
    if not sound:
        raise DamagedPartitionError(f"{name}/{RECEIPT}: not as it was written; pull it again")
    path = folder / file
    if not path.is_file():
        raise DamagedPartitionError(f"{name}: its partition is missing; pull it again")
    if path.stat().st_size != size or file_digest(path) != digest:
        raise DamagedPartitionError(f"{name}: its partition was changed or cut; pull it again")
    return dict(body)


def is_final(receipt: Mapping[str, Any], piece: Piece, today: dt.date) -> bool:
    """Whether a partition is kept by a pull of `today`.

    Rows may still come to a month that was not over, and to one that had none: such a
    partition is kept for the day of its pull only.
    """
    pulled = dt.date.fromisoformat(receipt["pulled_on"])
    closed: bool = receipt["rows"] > 0 and piece.last < pulled
    same: bool = receipt["schema_sha256"] == schema_digest(piece.table)
    return same and (closed or pulled == today)


@contextlib.contextmanager
def writing(root: Path, piece: Piece) -> Iterator[Path]:
    """Temporary file for a piece; one process at a time has a piece's folder.

    What an earlier process left unfinished there is removed first.
    """
    folder = root / piece.folder
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        for left in folder.glob("*.part"):
            left.unlink()
        temporary = folder / f"{os.getpid()}.part"
        try:
            yield temporary
        finally:
            temporary.unlink(missing_ok=True)
    finally:
        os.close(descriptor)


def commit(root: Path, piece: Piece, temporary: Path, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Move a finished file in place and write its receipt; returns the receipt.

    The order is: contents on disk, name by content, receipt, removal of the partition before.
    """
    folder = root / piece.folder
    digest = file_digest(temporary)
    body: dict[str, Any] = {
        "format": FORMAT,
        "table": piece.table,
        "bound": {
            "secid": piece.secid,
            "first": piece.first.isoformat(),
            "last": piece.last.isoformat(),
        },
        "date_column": ivydb.DATE_COLUMN[piece.table],
        "file": f"{digest}.parquet",
        "sha256": digest,
        "bytes": temporary.stat().st_size,
        "schema_sha256": schema_digest(piece.table),
        **facts,
    }
    body["receipt_sha256"] = _self_digest(body)
    _on_disk(temporary)
    temporary.replace(folder / body["file"])
    _on_disk(folder)
    part = folder / f"{os.getpid()}.receipt.part"
    part.write_text(json.dumps(body, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    _on_disk(part)
    part.replace(folder / RECEIPT)
    _on_disk(folder)
    for old in folder.glob("*.parquet"):
        if old.name != body["file"]:
            old.unlink()
    return body


def _on_disk(path: Path) -> None:
    """Wait until a file's contents, or a folder's names, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
