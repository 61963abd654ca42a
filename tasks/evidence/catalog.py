"""The one list of artifacts: path, family, maker, inputs, schema, what the pack holds.

The graph, the gate, the FAST tests, the pack, the verifier and docs/PLAN_OF_RECORD.md read this
list; none keeps a second one. Paths are relative to the repository root, with forward slashes.
Families are declared in `tasks.evidence.families`.
"""

from __future__ import annotations

from collections.abc import Mapping

from tasks.evidence.artifact import (
    ARTIFACTS,
    BENCHMARK_BINARY,
    CORE,
    COUNTS_BINARY,
    IF_THERE,
    RECEIPT_SUFFIX,
    TOLERANCES,
    Artifact,
    core_part,
    is_core,
)
from tasks.evidence.families import (
    benchmarks,
    convergence,
    market_fit,
    optional,
    parity,
    wrds_sample,
)
from tasks.evidence.families.parity import PARITY_PRODUCTS
from tasks.evidence.families.wrds_sample import WRDS_PANEL, WRDS_TABLES, WRDS_UNIVERSE
from tasks.evidence.report import plan

__all__ = [
    "ALL",
    "BENCHMARK_BINARY",
    "BUNDLE_REFUSALS",
    "BY_PATH",
    "CORE",
    "COUNTS_BINARY",
    "FAMILIES",
    "GATE_REPORT",
    "IF_THERE",
    "MANIFEST",
    "MUTANTS",
    "OPTIONAL",
    "PACK",
    "PARITY_PRODUCTS",
    "RECEIPT_SUFFIX",
    "REPORT",
    "REPORT_BUNDLE",
    "REPORT_PAGES",
    "REQUIRED",
    "SUMMARY",
    "SUMMARY_TEXT",
    "TOLERANCES",
    "VALIDATION_PACK",
    "WRDS_PANEL",
    "WRDS_TABLES",
    "WRDS_UNIVERSE",
    "Artifact",
    "core_part",
    "family",
    "is_core",
    "packed",
]

PACK = "docs/validation_pack.zip"
_REPORT = f"{ARTIFACTS}/report"

BUNDLE_REFUSALS = Artifact(
    f"{ARTIFACTS}/bundle_refusals.json",
    "bundle_self_test",
    "Every lie about review bundles tried in a scratch repository, and the words that refused it",
    "tasks.evidence.review.self_test:write_bundle_refusals",
    "bundle_refusals",
)

FAMILIES: tuple[Artifact, ...] = (
    *parity.FAMILY,
    *benchmarks.FAMILY,
    *market_fit.FAMILY,
    *wrds_sample.FAMILY,
    *convergence.FAMILY,
    BUNDLE_REFUSALS,
)

_EVIDENCE_PATHS = {artifact.path: artifact.path for artifact in FAMILIES}

SUMMARY = Artifact(
    f"{ARTIFACTS}/metrics_summary.json",
    "metrics_summary",
    "Headline figures of every family, computed from the raw artifacts",
    "tasks.evidence.summary:write_summary",
    "metrics_summary",
    {**_EVIDENCE_PATHS, "tolerances": TOLERANCES},
    profiled=True,
    timed=True,
    identified=True,
)
SUMMARY_TEXT = Artifact(
    f"{ARTIFACTS}/metrics_summary.md",
    "metrics_summary",
    "The metrics summary for people",
    "tasks.evidence.summary_text:write_summary_text",
    "summary_text",
    {"summary": SUMMARY.path},
    profiled=True,
    timed=True,
)
MANIFEST = Artifact(
    f"{ARTIFACTS}/manifest.json",
    "metrics_summary",
    "SHA-256 of every artifact, commit, machine, compiler and package versions",
    "tasks.evidence.manifest:write_manifest",
    "manifest",
    {**_EVIDENCE_PATHS, SUMMARY.path: SUMMARY.path, SUMMARY_TEXT.path: SUMMARY_TEXT.path},
    profiled=True,
    timed=True,
    identified=True,
)

_HONEST = (*FAMILIES, SUMMARY, SUMMARY_TEXT, MANIFEST)

MUTANTS = Artifact(
    f"{ARTIFACTS}/gate_mutants.json",
    "gate_mutants",
    "Every catalogued lie tried on these artifacts, and the words that refused it",
    "tasks.negative.run:write_gate_mutants",
    "gate_mutants",
    {
        "catalogue": "tests/data/evidence_mutants.csv",
        "tolerances": TOLERANCES,
        **{artifact.path: artifact.path for artifact in _HONEST},
        **{artifact.receipt: artifact.receipt for artifact in _HONEST},
    },
    profiled=True,
    timed=True,
    identified=True,
)

OPTIONAL: tuple[Artifact, ...] = optional.FAMILY

# The report shows what the gate checks: it is made before the gate, which computes every figure
# on it again, and after the lies that it tells of; lies about the report itself are in the tests.
REPORT_BUNDLE = Artifact(
    f"{_REPORT}/vega.js",
    "report",
    "The library that makes the report's charts answer: Vega and Vega-Lite in one file",
    "tasks.evidence.report.bundle:write_bundle",
    "script",
)
REPORT_PAGES = plan.pages(artifact.family for artifact in FAMILIES)


def _shown(page: str) -> dict[str, str]:
    """What a page of the report reads: its families' small files, or what it is about."""
    if page == plan.PROVENANCE:
        made = (*_HONEST, MUTANTS)
        return {MANIFEST.path: MANIFEST.path, **{a.receipt: a.receipt for a in made}}
    if page in (plan.INDEX, plan.REFUSALS):
        return {MUTANTS.path: MUTANTS.path, "catalogue": MUTANTS.inputs["catalogue"]}
    own = {a.path: a.path for a in FAMILIES if a.packed and plan.page_of(a.family) == page}
    if_there = {
        a.path: IF_THERE + a.path for a in OPTIONAL if plan.page_of(a.family, optional=True) == page
    }
    return {name: p for name, p in (own | if_there).items() if name.endswith(plan.READABLE)}


def _page(page: str) -> Artifact:
    common = {"summary": SUMMARY.path, "tolerances": TOLERANCES, **plan.ASSETS}
    return Artifact(
        f"{_REPORT}/{page}.html",
        "report",
        f"Report: {plan.title(page)}",
        "tasks.evidence.report.pages:write_page",
        "report_page",
        {**common, **_shown(page)},
        profiled=True,
        timed=True,
    )


REPORT: tuple[Artifact, ...] = (REPORT_BUNDLE, *map(_page, REPORT_PAGES))

# What the gate demands, in the order in which the graph makes it.
REQUIRED: tuple[Artifact, ...] = (*_HONEST, MUTANTS, *REPORT)

GATE_REPORT = Artifact(
    f"{ARTIFACTS}/metrics_gate.json",
    "metrics_gate",
    "What the gate checked when it last passed",
    "tasks.evidence.gate:write_gate_report",
    "gate_report",
    {
        "tolerances": TOLERANCES,
        **{artifact.path: artifact.path for artifact in REQUIRED},
        **{artifact.receipt: artifact.receipt for artifact in REQUIRED},
    },
    profiled=True,
    timed=True,
    identified=True,
)
VALIDATION_PACK = Artifact(
    PACK,
    "validation_pack",
    "The required evidence in one zip of reproducible bytes",
    "tasks.evidence.pack:write_pack",
    "zip",
    {
        GATE_REPORT.path: GATE_REPORT.path,
        GATE_REPORT.receipt: GATE_REPORT.receipt,
        **{a.path: a.path for a in REQUIRED if a.packed},
        **{a.receipt: a.receipt for a in REQUIRED},
        "tolerances": TOLERANCES,
    },
    profiled=True,
    timed=True,
    packed=False,
)

ALL: tuple[Artifact, ...] = (*REQUIRED, GATE_REPORT, VALIDATION_PACK, *OPTIONAL)
BY_PATH: Mapping[str, Artifact] = {artifact.path: artifact for artifact in ALL}


def family(name: str) -> tuple[Artifact, ...]:
    """Artifacts of one family, in the order in which they are made.

    Raises
    ------
    KeyError
        No artifact belongs to `name`.
    """
    found = tuple(artifact for artifact in ALL if artifact.family == name)
    if not found:
        raise KeyError(f"no artifact family {name!r}; known: {sorted({a.family for a in ALL})}")
    return found


def packed() -> tuple[Artifact, ...]:
    """Artifacts that the validation pack holds, the gate's report included."""
    return tuple(artifact for artifact in (*REQUIRED, GATE_REPORT) if artifact.packed)
