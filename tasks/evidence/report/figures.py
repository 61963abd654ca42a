"""Figures of the summary for people, each tagged so that a program can read it back.

A figure is shown rounded; its attribute ``data-figure`` says which one it is and ``data-value``
what it is to the last digit. `readback` collects both, the gate compares them with the summary.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_OWN_PLACE = ("status", "profile")


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table: its text and, where it shows a figure, which one and its value."""

    text: str
    figure: str = ""
    value: str = ""  # JSON
    number: float | None = None  # what sorting goes by
    link: str = ""
    state: str = ""  # "pass", "fail", ... of a verdict


@dataclass(frozen=True, slots=True)
class Block:
    """A table with its caption; `folded` tables are opened by the reader."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    folded: bool = False
    note: str = ""
    pairs: bool = False  # two columns, a name and its value
    stacked: bool = False  # rows of words: on a narrow screen one below the other, with labels
    anchor: str = ""


def leaves(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Dotted names and values of everything in a document that is not a mapping."""
    if isinstance(value, Mapping) and value:
        for key, inner in value.items():
            yield from leaves(inner, f"{name}.{key}" if name else str(key))
    else:
        yield name, value


def shown(value: Any) -> str:
    """Text of a value: four significant digits, thousands grouped."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return _real(value)
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {shown(inner)}" for key, inner in value.items()) or "none"
    if isinstance(value, list | tuple):
        return ", ".join(map(shown, value)) or "none"
    return str(value)


def _real(value: float) -> str:
    if not math.isfinite(value):
        return str(value)
    size = abs(value)
    if size >= 1e7 or 0.0 < size < 1e-4:
        return f"{value:.3e}"
    return f"{value:,.0f}" if size >= 1000.0 else f"{value:.4g}"


def plain(value: Any) -> Cell:
    """Cell of a value that is no figure of the summary."""
    number = float(value) if isinstance(value, int | float) else None
    return Cell(shown(value) if value is not None else "", number=number)


def figure(name: str, value: Any) -> Cell:
    """Cell of a figure of the summary."""
    number = float(value) if isinstance(value, int | float) else None
    return Cell(shown(value), name, json.dumps(value, ensure_ascii=False), number)


def blocks(family: str, figures: Mapping[str, Any]) -> list[Block]:
    """Tables that show every figure of one family: the single ones, then group by group."""
    single = {k: v for k, v in figures.items() if not _is_group(v)}
    own = tuple(
        (Cell(_words(k)), figure(f"{family}.{k}", v))
        for k, v in sorted(single.items(), key=lambda item: item[0] in _OWN_PLACE)
    )
    found = [
        Block("Headline figures", ("figure", "value"), own, anchor=f"{family}-figures", pairs=True)
    ]
    for name, group in figures.items():
        if _is_group(group):
            found.append(_group(family, name, group))
    return found


def _is_group(value: Any) -> bool:
    return isinstance(value, Mapping) and bool(value)


def _group(family: str, name: str, group: Mapping[str, Any]) -> Block:
    path = f"{family}.{name}"
    anchor = path.replace(".", "-")
    if not all(_is_group(row) for row in group.values()):
        pairs = tuple((Cell(k), figure(f"{path}.{k}", v)) for k, v in leaves(group))
        return Block(_words(name), ("figure", "value"), pairs, anchor=anchor, pairs=True)
    flat = {label: dict(leaves(row)) for label, row in group.items()}
    columns = tuple(dict.fromkeys(column for row in flat.values() for column in row))
    rows = tuple(
        (
            Cell(label),
            *(figure(f"{path}.{label}.{c}", row[c]) if c in row else Cell("") for c in columns),
        )
        for label, row in flat.items()
    )
    header = ("name", *map(_words, columns))
    return Block(_words(name), header, rows, folded=len(rows) > 16, anchor=anchor)


def _words(name: str) -> str:
    return name.replace("_", " ")
