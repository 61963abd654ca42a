"""Tables of options in CSV or Parquet: streamed in, checked by line and column, written whole.

CSV is read as text, so that columns that no engine needs come out as they went in. A result takes
its file's place only when it is complete.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from polars.io.plugins import register_io_source

ROWS_AT_ONCE = 100_000
_FORMATS = (".csv", ".parquet")


class TableError(ValueError):
    """A table cannot be used; names file, line and column."""


@dataclass(frozen=True, slots=True)
class Table:
    """A file of options, one in each row."""

    path: Path

    @property
    def is_csv(self) -> bool:
        """CSV rather than Parquet."""
        return self.path.suffix == ".csv"

    def scan(self) -> pl.LazyFrame:
        """The file as a lazy frame; every column of a CSV is text."""
        if self.path.suffix not in _FORMATS:
            raise TableError(f"{self.path}: must end in {' or '.join(_FORMATS)}")
        if not self.path.is_file():
            raise TableError(f"{self.path}: there is no such file")
        if self.is_csv:
            return pl.scan_csv(self.path, infer_schema=False, raise_if_empty=False)
        return pl.scan_parquet(self.path, hive_partitioning=False)

    def schema(self) -> pl.Schema:
        """Columns and their types."""
        with _named(self.path):
            found = self.scan().collect_schema()
        if not found:
            raise TableError(f"{self.path}: is empty; its first line must name the columns")
        return found

    def rows(self) -> int:
        """Rows in the file: exact for Parquet, an estimate from its lines for CSV."""
        if not self.is_csv:
            return int(self.scan().select(pl.len()).collect().item())
        with self.path.open("rb") as stream:
            lines = sum(block.count(b"\n") for block in iter(lambda: stream.read(1 << 20), b""))
        return max(lines - 1, 0)

    def place(self, row: int) -> str:
        """Where row `row`, counted from 0, stands, in words."""
        return f"line {row + 2}" if self.is_csv else f"row {row + 1}"

    def batches(self, numbers: Sequence[str]) -> Iterator[tuple[int, pl.DataFrame]]:
        """Pieces in order, each with the number of its first row and the named columns as numbers.

        Raises
        ------
        TableError
            An entry of those columns is no number; names line, column and entry.
        """
        first = 0
        with _named(self.path):
            pieces = self.scan().collect_batches(chunk_size=ROWS_AT_ONCE, maintain_order=True)
            for piece in pieces:
                if len(piece):
                    yield first, self._with_numbers(piece, first, numbers)
                first += len(piece)

    def _with_numbers(
        self, piece: pl.DataFrame, first: int, numbers: Sequence[str]
    ) -> pl.DataFrame:
        for name in numbers:
            column = piece[name]
            if column.dtype.is_numeric():
                continue
            if column.dtype != pl.String:
                raise TableError(f"{self.path}: column {name} is {column.dtype}: must be numbers")
            stripped = column.str.strip_chars()
            found = stripped.cast(pl.Float64, strict=False)
            wrong = (found.is_null() & column.is_not_null()).arg_true()
            if len(wrong):
                row = int(wrong[0])
                raise TableError(
                    f"{self.path}, {self.place(first + row)}, column {name}: "
                    f"{column[row]!r} is not a number"
                )
            piece = piece.with_columns(found.alias(name))
        return piece


@contextlib.contextmanager
def _named(path: Path) -> Iterator[None]:
    """What Polars says of a file, with its name and without the advice to programmers."""
    try:
        yield
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        raise TableError(f"{path}: {str(error).strip().splitlines()[0]}") from None


def write(path: Path, schema: Any, pieces: Callable[[], Iterable[pl.DataFrame]]) -> None:
    """Write pieces as one file of the kind that its name says; nothing of it before it is whole.

    Raises
    ------
    TableError
        The name says neither CSV nor Parquet, or the folder is missing or cannot be written.
    """
    if path.suffix not in _FORMATS:
        raise TableError(f"{path}: must end in {' or '.join(_FORMATS)}")
    if not path.parent.is_dir():
        raise TableError(f"{path}: there is no folder {path.parent}")
    descriptor, name = tempfile.mkstemp(suffix=path.suffix, prefix=".", dir=path.parent)
    os.close(descriptor)
    temporary = Path(name)
    try:
        _sink(temporary, schema, pieces)
        temporary.chmod(0o666 & ~_umask())
        with temporary.open("rb") as stream:
            os.fsync(stream.fileno())
        temporary.replace(path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            temporary.unlink()


def _umask() -> int:
    present = os.umask(0)
    os.umask(present)
    return present


def _sink(path: Path, schema: Any, pieces: Callable[[], Iterable[pl.DataFrame]]) -> None:
    if path.suffix == ".csv":
        with path.open("wb") as stream:
            write_csv(stream, schema, pieces())
        return
    failed: list[BaseException] = []

    def produce(
        columns: list[str] | None, predicate: pl.Expr | None, rows: int | None, size: int | None
    ) -> Iterator[pl.DataFrame]:
        del columns, predicate, rows, size  # the whole table is written
        try:
            yield from pieces()
        except BaseException as error:  # Polars would replace it by one of its own
            failed.append(error)
            raise

    try:
        register_io_source(produce, schema=schema).sink_parquet(path)
    except BaseException:
        if failed:
            raise failed[0] from None
        raise


def write_csv(stream: Any, schema: Any, pieces: Iterable[pl.DataFrame]) -> None:
    """Write pieces to an open binary stream, the names of the columns once."""
    # as text first: a closed pipe is then an error of the stream's, not one of Polars'
    stream.write(pl.DataFrame(schema=schema).write_csv().encode())
    for piece in pieces:
        stream.write(piece.write_csv(include_header=False).encode())


def number(text: str) -> float | None:
    """The number that a text is, or None; infinities and NaN count as numbers."""
    try:
        return float(text)
    except ValueError:
        return None
