"""Where everything comes from: receipts as a table, families as a picture, what was kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from tasks.evidence import catalog, drawing, strict_json
from tasks.evidence.report import plan

_WIDTH, _HEIGHT, _GAP_Y, _MARGIN = 210, 42, 12, 8
_FULL = 1000  # width of the picture where few columns would leave it narrow
_SOURCES = {
    catalog.CORE: "compiled core",
    catalog.BENCHMARK_BINARY: "benchmark program",
    catalog.COUNTS_BINARY: "counted program",
}


@dataclass(frozen=True, slots=True)
class Made:
    """One receipt: what was made, when, at what cost, in which run."""

    path: str
    family: str
    build: str
    started: str
    seconds: float
    megabytes: float
    run: str
    inputs: int
    sha256: str
    kept: bool  # older than the last run: a cache hit there


def made(receipts: Mapping[str, Path]) -> list[Made]:
    """Receipts in the catalog's order; `receipts` maps artifact path to file."""
    documents = {path: strict_json.read(file) for path, file in receipts.items()}
    last = max((_details(d)["startedOn"], _details(d)["invocationId"]) for d in documents.values())
    return [_made(path, documents[path], last[1]) for path in documents]


def _details(document: Any) -> Any:
    return document["predicate"]["runDetails"]["metadata"]


def _made(path: str, document: Any, last: str) -> Made:
    definition = document["predicate"]["buildDefinition"]
    resources = document["predicate"]["runDetails"]["byproducts"][0]["annotations"]
    run = _details(document)["invocationId"]
    return Made(
        path=path,
        family=catalog.BY_PATH[path].family,
        build=definition["internalParameters"]["build"],
        started=_details(document)["startedOn"],
        seconds=resources["wall_seconds"],
        megabytes=resources["peak_memory_bytes"] / 1e6,
        run=run[:8],
        inputs=len(definition["resolvedDependencies"]),
        sha256=document["subject"][0]["digest"]["sha256"],
        kept=run != last,
    )


def edges() -> dict[str, list[str]]:
    """Families of the required artifacts and the pack, each with the families that it reads."""
    found: dict[str, dict[str, None]] = {name: {} for name in _SOURCES.values()}
    required = (*catalog.REQUIRED, catalog.GATE_REPORT, catalog.VALIDATION_PACK)
    for artifact in required:
        own = found.setdefault(artifact.family, {})
        for source in artifact.inputs.values():
            stem = source.removesuffix(catalog.RECEIPT_SUFFIX)
            if source in _SOURCES:
                own[_SOURCES[source]] = None
            elif stem in catalog.BY_PATH and catalog.BY_PATH[stem].family != artifact.family:
                own[catalog.BY_PATH[stem].family] = None
    return {name: list(needed) for name, needed in found.items()}


def graph(rows: list[Made]) -> str:
    """SVG of the families: seconds, how many were made and kept; a box leads to its section."""
    reads = edges()
    places, width, height = _places(drawing.columns(reads))
    body = [
        _edge(places[a], places[b]) for b, needed in drawing.reduced(reads).items() for a in needed
    ]
    body += [_box(name, place, rows) for name, place in places.items()]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" class="lineage" role="group" aria-label="Families of artifacts and '
        f'what they read">{"".join(body)}</svg>'
    )


def _places(levels: list[list[str]]) -> tuple[dict[str, tuple[int, int]], int, int]:
    """Corner of every box, and the picture's size; the chain at the end stands in one column."""
    chain: list[str] = []
    while len(levels) > 1 and len(levels[-1]) == 1:
        chain = levels[-1] + chain
        levels = levels[:-1]
    columns = [*levels, chain]
    gaps = [_GAP_Y] * len(levels) + [3 * _GAP_Y]
    tall = [len(c) * (_HEIGHT + g) - g for c, g in zip(columns, gaps, strict=True)]
    gap_x = max(60, (_FULL - len(columns) * _WIDTH) // max(len(columns) - 1, 1))
    places = {
        name: (
            _MARGIN + x * (_WIDTH + gap_x),
            _MARGIN + (max(tall) - tall[x]) // 2 + y * (_HEIGHT + gaps[x]),
        )
        for x, column in enumerate(columns)
        for y, name in enumerate(column)
    }
    width = 2 * _MARGIN + len(columns) * (_WIDTH + gap_x) - gap_x
    return places, width, 2 * _MARGIN + max(tall)


def _edge(start: tuple[int, int], end: tuple[int, int]) -> str:
    if start[0] == end[0]:
        x = start[0] + _WIDTH // 2
        return f'<path class="edge" d="M{x} {start[1] + _HEIGHT} V{end[1]}"/>'
    x1, y1 = start[0] + _WIDTH, start[1] + _HEIGHT // 2
    x2, y2 = end[0], end[1] + _HEIGHT // 2
    middle = (x1 + x2) // 2
    return f'<path class="edge" d="M{x1} {y1} C{middle} {y1} {middle} {y2} {x2} {y2}"/>'


def _box(name: str, place: tuple[int, int], rows: list[Made]) -> str:
    x, y = place
    own = [row for row in rows if row.family == name]
    kept = sum(row.kept for row in own)
    seconds = sum(row.seconds for row in own)
    cost = f"{seconds:,.1f} s · {len(own) - kept} made, {kept} kept"
    if not own:
        cost = "compiled" if name in _SOURCES.values() else "made after this page"
    inner = (
        f'<rect class="{"kept" if own and kept == len(own) else "box"}" x="{x}" y="{y}" '
        f'width="{_WIDTH}" height="{_HEIGHT}" rx="6"/>'
        f'<text class="name" x="{x + 10}" y="{y + 17}">{escape(plan.words(name))}</text>'
        f'<text class="cost" x="{x + 10}" y="{y + 33}">{escape(cost)}</text>'
    )
    families = {artifact.family for artifact in catalog.FAMILIES}
    if name not in families:
        return f"<g>{inner}</g>"
    return f'<a href="{plan.page_of(name)}.html#{name}">{inner}</a>'
