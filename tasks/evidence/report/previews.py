"""What an artifact holds, shown without knowing what it is: tables, documents, pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from tasks.evidence import strict_json
from tasks.evidence.report.figures import Block, Cell, leaves, plain

_MOST_ROWS = 40
_MOST_LEAVES = 60
_LONGEST = 160


@dataclass(frozen=True, slots=True)
class Image:
    """A stored picture: where it lies, what it shows, its size in pixels."""

    source: str
    text: str
    width: int
    height: int


def image(path: Path, source: str, title: str) -> Image:
    """A PNG, whose size stands in its first chunk."""
    head = path.read_bytes()[16:24]
    width, height = int.from_bytes(head[:4], "big"), int.from_bytes(head[4:], "big")
    return Image(source, title, width, height)


def table(path: Path) -> pl.DataFrame:
    """A CSV table with the types that its text shows; the gate has read it under its schema."""
    return pl.read_csv(path, infer_schema_length=None)


def of_table(frame: pl.DataFrame, name: str) -> Block:
    """The first rows of a table."""
    head = frame.head(_MOST_ROWS)
    rows = tuple(tuple(map(_short, row)) for row in head.iter_rows())
    note = f"The first {len(rows)} of {len(frame):,} rows." if len(frame) > len(rows) else ""
    header = tuple(column.replace("_", " ") for column in frame.columns)
    return Block(name, header, rows, folded=True, note=note, anchor=_anchor(name))


def of_document(path: Path, name: str) -> Block:
    """The values of a JSON document by their dotted names."""
    document: Any = strict_json.read(path)
    found = list(leaves(document if isinstance(document, Mapping) else {"items": document}))
    rows = tuple((Cell(key), _short(value)) for key, value in found[:_MOST_LEAVES])
    note = f"The first {len(rows)} of {len(found):,} values." if len(found) > len(rows) else ""
    header = ("name", "value")
    return Block(name, header, rows, True, note, pairs=True, anchor=_anchor(name))


def _short(value: Any) -> Cell:
    cell = plain(value)
    return cell if len(cell.text) <= _LONGEST else Cell(cell.text[: _LONGEST - 1] + "…")


def _anchor(name: str) -> str:
    return "table-" + "".join(c if c.isalnum() else "-" for c in name)
