"""The metrics summary as Markdown: the same figures, rounded for people."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from tasks.evidence import strict_json

_TITLES = {
    "ql_parity": "QuantLib parity",
    "benchmarks": "C++ benchmarks",
    "instruction_counts": "Instruction counts",
    "market_fit": "Market fit (DAX, 5 July 2002)",
    "wrds_sample": "WRDS-shaped sample (SYNTHETIC)",
    "method_agreement": "Agreement of methods",
    "pde_order": "Order of finite differences",
    "mc_coverage": "Coverage of simulated intervals",
    "qmc_efficiency": "Error against wall time",
    "heston_scheme_bias": "Bias of Heston's schemes",
    "variance_reduction": "Variance reduction",
}
_OWN_PLACE = ("status", "profile")


def render(document: Mapping[str, Any]) -> str:
    """Markdown text of a metrics summary, ending in a newline.

    A family that the document does not have is left out: results of a run from before it was added.
    """
    titles = {name: title for name, title in _TITLES.items() if name in document}
    commit = document["commit"] or "none"
    lines = ["# Metrics summary", "", f"Profile {document['profile']}, commit `{commit}`.", ""]
    lines += ["| family | status |", "|---|---|"]
    lines += [f"| {title} | {document[name]['status']} |" for name, title in titles.items()]
    for name, title in titles.items():
        lines += ["", f"## {title}", "", *section(document[name])]
    return "\n".join(lines) + "\n"


def section(figures: Mapping[str, Any]) -> Iterator[str]:
    """Lines of one family: its plain figures as a table, then one table per group of rows."""
    plain = {k: v for k, v in figures.items() if k not in _OWN_PLACE and not _is_group(v)}
    yield "| figure | value |"
    yield "|---|---:|"
    for name, value in plain.items():
        yield f"| {name} | {_cell(value)} |"
    for name, value in figures.items():
        if _is_group(value):
            yield ""
            yield from _group(name, value)


def _is_group(value: Any) -> bool:
    return (
        isinstance(value, Mapping)
        and bool(value)
        and all(isinstance(row, Mapping) for row in value.values())
    )


def _group(name: str, rows: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    columns = list(next(iter(rows.values())))
    yield f"| {name} | " + " | ".join(columns) + " |"
    yield "|---" + "|---:" * len(columns) + "|"
    for label, row in rows.items():
        yield f"| {label} | " + " | ".join(_cell(row.get(column)) for column in columns) + " |"


def _cell(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return str(value).lower() if value is not None else ""
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, Mapping):
        return ", ".join(f"{k} {_cell(v)}" for k, v in value.items())
    if isinstance(value, list):
        return ", ".join(map(_cell, value))
    return str(value).replace("|", "\\|").replace("\n", " ")


def write_summary_text(
    output: Path,
    *,
    inputs: Mapping[str, Path],
    config: Mapping[str, Any],  # noqa: ARG001 - one signature for all makers
    progress: Callable[[int, int], None],
) -> None:
    """Write metrics_summary.md from the summary."""
    output.write_text(render(strict_json.read(inputs["summary"])), encoding="utf-8")
    progress(1, 1)
