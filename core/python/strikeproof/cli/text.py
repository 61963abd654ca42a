"""Numbers for people, and numbers for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

_DIGITS = 8


def friendly(value: float) -> str:
    """A number rounded to eight significant digits."""
    return f"{value:.{_DIGITS}g}"


def exact(values: Mapping[str, Any]) -> str:
    """JSON whose numbers read back to the same bits; what is not finite is null."""
    return json.dumps(_plain(values), indent=2, allow_nan=False)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, str | bool | int) or value is None:
        return value
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, Iterable):
        return [_plain(part) for part in value]
    return float(value) if abs(value) < float("inf") else None


def aligned(rows: Iterable[tuple[str, ...]]) -> str:
    """Rows in columns: the first flush left, the others right."""
    table = [tuple(row) for row in rows]
    widths = [max(len(row[place]) for row in table) for place in range(len(table[0]))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in table
    )
