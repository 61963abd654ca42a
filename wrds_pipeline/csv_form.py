"""The one form in which tables are written as CSV: the same values always give the same bytes.

Floats in the shortest decimal form that reads back to the same bits, LF, UTF-8, a newline at the
end, no quotes.
"""

from __future__ import annotations

import polars as pl


def csv_text(frame: pl.DataFrame) -> str:
    """CSV of a frame of text, whole numbers and finite floats without commas or quotes in text.

    A null is an empty cell.
    """
    columns = [_cells(frame[name]) for name in frame.columns]
    lines = [",".join(frame.columns), *(",".join(row) for row in zip(*columns, strict=True))]
    return "\n".join(lines) + "\n"


def _cells(column: pl.Series) -> list[str]:
    write = repr if column.dtype == pl.Float64 else str
    return ["" if value is None else write(value) for value in column.to_list()]
