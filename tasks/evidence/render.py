"""Documents that are generated, not typed: plan of record, current results, settings.

``python -m tasks.evidence.render`` writes one of them; a test demands that the stored ones are what
this module gives.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tasks.evidence import (
    catalog,
    config_reference,
    parity_grid,
    repository,
    strict_json,
    summary_text,
    tolerances,
)
from tasks.evidence.digest import sha256_file

PLAN = "docs/PLAN_OF_RECORD.md"
RESULTS = "project_state/CURRENT_RESULTS.md"
_MARK = "<!-- figures, as JSON; everything above is rendered from them\n"
_END = "\n-->\n"


def plan_of_record(bounds: Mapping[str, tolerances.Bound]) -> str:
    """Markdown of the required artifacts and the tolerances, from catalog and tolerance file."""
    columns = ("path", "task", "content", "depends on profile", "holds timings", "in the pack")
    head = ["| " + " | ".join(columns) + " |", "|---" * len(columns) + "|"]
    lines = [
        "# Plan of record",
        "",
        "Generated from `tasks/evidence/catalog.py` and `tasks/evidence/tolerances.toml` by",
        "`python -m tasks.evidence.render plan`; never edited.",
        "",
        "## Required artifacts",
        "",
        "The gate demands every one of these, each with its receipt (`<path>.receipt.json`).",
        "",
        *head,
        *map(_row, (*catalog.REQUIRED, catalog.GATE_REPORT)),
        "",
        "## Optional artifacts",
        "",
        "Made on request only (`doit peers`) and not demanded; the gate holds those that lie on",
        "disk to schema and receipt.",
        "",
        *head,
        *map(_row, catalog.OPTIONAL),
    ]
    lines += [
        "",
        *parity_lines(bounds),
        "",
        *panel_lines(),
        "",
        "## Tolerances",
        "",
        "| figure | limit | reason |",
        "|---|---:|---|",
    ]
    for name in tolerances.BOUNDED:
        bound = bounds[name]
        lines.append(f"| `{name}` | {bound.limit:g} | {bound.reason} |")
    return "\n".join(lines) + "\n"


def parity_lines(bounds: Mapping[str, tolerances.Bound], root: Path | None = None) -> list[str]:
    """Lines of the declared parity grid: what each product's digest stands for, and the digest."""
    products = parity_grid.declared(root)
    head = ("product", "full points", "fast points", "quantities", "tolerance", "why", "digest")
    lines = [
        "## Parity grid",
        "",
        "Products held against QuantLib, from `tasks/evidence/parity_grid.toml`. The digest is",
        "that of axes, numbers of points, quantities and tolerance: the gate refuses any other.",
        "",
        "| " + " | ".join(head) + " |",
        "|---|---:|---:|---|---:|---|---|",
    ]
    for name, entry in products.items():
        limit = bounds[parity_grid.figure(name)].limit
        digest = parity_grid.identity(entry, limit)
        cells = (f"`{name}`", f"{entry.full:,}", f"{entry.fast:,}", ", ".join(entry.quantities))
        row = (*cells, f"{limit:g}", entry.reason, f"`{digest}`")
        lines.append("| " + " | ".join(row) + " |")
    full, fast = (sum(getattr(e, kind) for e in products.values()) for kind in ("full", "fast"))
    lines.append(f"| {len(products)} products | {full:,} | {fast:,} | | | | |")
    return lines


def panel_lines(root: Path = repository.ROOT) -> list[str]:
    """Lines that fix the dates of the study and its universe before results are seen."""
    lines = [
        "## Panel of the option study",
        "",
        "Dates and universe were declared before any result was seen; the gate refuses others.",
        "",
        "| file | sha256 |",
        "|---|---|",
    ]
    files = (catalog.WRDS_PANEL, catalog.WRDS_UNIVERSE)
    return lines + [f"| `{name}` | `{sha256_file(root / name)}` |" for name in files]


def _row(artifact: catalog.Artifact) -> str:
    flags = (artifact.profiled, artifact.timed, artifact.packed)
    words = " | ".join("yes" if flag else "no" for flag in flags)
    return f"| `{artifact.path}` | `{artifact.family}` | {artifact.title} | {words} |"


def current_results(summary: Mapping[str, Any]) -> str:
    """Markdown of the current results, with the figures that it was rendered from at its end."""
    head = (
        "# Current results\n\nGenerated from `docs/artifacts/metrics_summary.json` by\n"
        "`python -m tasks.evidence.render results`; never typed.\n\n"
    )
    body = summary_text.render(summary).replace("# Metrics summary\n", "## Metrics summary\n", 1)
    body = body.replace("\n## ", "\n### ").replace("### Metrics summary", "## Metrics summary", 1)
    return head + body + "\n" + _MARK + json.dumps(summary, sort_keys=True) + _END


def figures_of(text: str) -> dict[str, Any] | None:
    """Figures that a text of current results was rendered from; None where it holds none."""
    _, mark, tail = text.partition(_MARK)
    if not mark or not tail.endswith(_END):
        return None
    found: dict[str, Any] = json.loads(tail.removesuffix(_END))
    return found


def results_are_generated(text: str) -> bool:
    """Whether a text of current results is what its own figures render to."""
    figures = figures_of(text)
    return figures is not None and current_results(figures) == text


def main(arguments: list[str] | None = None) -> int:
    """Write the chosen documents; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tasks.evidence.render")
    parser.add_argument("what", choices=("plan", "results", "settings"))
    options = parser.parse_args(arguments)
    root: Path = repository.ROOT
    if options.what == "plan":
        bounds = tolerances.parse((root / catalog.TOLERANCES).read_bytes())
        path, text = root / PLAN, plan_of_record(bounds)
    elif options.what == "settings":
        path, text = root / config_reference.PATH, config_reference.render(root)
    else:
        path, text = root / RESULTS, current_results(strict_json.read(root / catalog.SUMMARY.path))
    path.write_text(text, encoding="utf-8")
    sys.stdout.write(f"wrote {path.relative_to(root).as_posix()}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
