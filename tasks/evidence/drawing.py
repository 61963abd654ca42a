"""Pictures of the task graph: Mermaid text, and an SVG that needs no other program."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape

Edges = Mapping[str, list[str]]  # node -> nodes that it needs

_WIDTH, _HEIGHT, _GAP_X, _GAP_Y, _MARGIN = 150, 36, 60, 18, 16


def reduced(edges: Edges) -> dict[str, list[str]]:
    """Edges without those that a longer way already implies."""

    def reach(node: str) -> set[str]:
        found: set[str] = set()
        for needed in edges.get(node, []):
            found |= {needed} | reach(needed)
        return found

    return {
        node: [n for n in needed if not any(n in reach(other) for other in needed if other != n)]
        for node, needed in edges.items()
    }


def mermaid(edges: Edges) -> str:
    """Mermaid flow chart, left to right."""
    lines = ["flowchart LR"]
    for node, needed in reduced(edges).items():
        lines += [f"  {other} --> {node}" for other in needed] or [f"  {node}"]
    return "\n".join(lines) + "\n"


def columns(edges: Edges) -> list[list[str]]:
    """Nodes by the length of the longest way to them."""

    def depth(node: str) -> int:
        return 1 + max((depth(needed) for needed in edges.get(node, [])), default=-1)

    found: dict[int, list[str]] = {}
    for node in edges:
        found.setdefault(depth(node), []).append(node)
    return [sorted(found[level]) for level in sorted(found)]


def svg(edges: Edges) -> str:
    """SVG picture with one box per node, columns by depth, readable on light and dark pages."""
    places: dict[str, tuple[int, int]] = {}
    levels = columns(edges)
    tallest = max(map(len, levels), default=0)
    for x, level in enumerate(levels):
        offset = (tallest - len(level)) * (_HEIGHT + _GAP_Y) // 2
        for y, node in enumerate(level):
            places[node] = (
                _MARGIN + x * (_WIDTH + _GAP_X),
                _MARGIN + offset + y * (_HEIGHT + _GAP_Y),
            )
    width = 2 * _MARGIN + len(levels) * (_WIDTH + _GAP_X) - _GAP_X
    height = 2 * _MARGIN + tallest * (_HEIGHT + _GAP_Y) - _GAP_Y
    body = [_edge(places[a], places[b]) for b, needed in reduced(edges).items() for a in needed]
    body += [_box(node, place) for node, place in places.items()]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" role="img" aria-label="task graph" '
        'font-family="sans-serif" font-size="13">'
    )
    return "\n".join([head, *body, "</svg>"]) + "\n"


def _edge(start: tuple[int, int], end: tuple[int, int]) -> str:
    x1, y1 = start[0] + _WIDTH, start[1] + _HEIGHT // 2
    x2, y2 = end[0], end[1] + _HEIGHT // 2
    middle = (x1 + x2) // 2
    return (
        f'<path d="M{x1} {y1} C{middle} {y1} {middle} {y2} {x2} {y2}" fill="none" '
        'stroke="#7a8699" stroke-width="1.5"/>'
    )


def _box(node: str, place: tuple[int, int]) -> str:
    x, y = place
    return (
        f'<g><rect x="{x}" y="{y}" width="{_WIDTH}" height="{_HEIGHT}" rx="6" fill="#eef3fb" '
        f'stroke="#4a6fa5"/><text x="{x + _WIDTH // 2}" y="{y + _HEIGHT // 2 + 5}" '
        f'text-anchor="middle" fill="#1c2b41">{escape(node)}</text></g>'
    )


FORMATS: Mapping[str, Callable[[Edges], str]] = {"mermaid": mermaid, "svg": svg}
