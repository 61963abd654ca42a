"""Summary, its text and the tolerances: every figure is computed again from the raw artifacts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tasks.evidence import catalog, summary, summary_text, tolerances
from tasks.evidence.checks.evidence import Evidence
from tasks.evidence.faults import Finding, reasons

_SUMMARY = catalog.SUMMARY


def check(evidence: Evidence) -> Iterator[Finding]:
    """Stored summary equals the recomputed one, which is within the tolerances."""
    stored = evidence.get(_SUMMARY.path)
    families = {a.path for a in catalog.FAMILIES if a.packed}
    if families <= evidence.content.keys():
        try:
            computed = summary.compute(evidence.content, evidence.bounds, evidence.profile)
        except ValueError as error:  # artifacts that contradict each other have no figures
            yield from (Finding(_SUMMARY.path, f"no figures: {t}", "doit") for t in reasons(error))
        else:
            yield from _figures(stored, computed, evidence)
    if stored is not None:
        yield from _identity(stored, evidence)


def _figures(stored: Any, computed: Any, evidence: Evidence) -> Iterator[Finding]:
    for problem in tolerances.breaches(evidence.bounds, computed):
        family = problem.removeprefix("required key ").removeprefix("non-finite ")
        yield Finding(_SUMMARY.path, problem, f"doit {family.partition('.')[0]}")
    if stored is not None:
        document = stored.model_dump(mode="json", by_alias=True)
        for problem in _differences(document, computed):
            yield Finding(_SUMMARY.path, problem, _SUMMARY.fix)


def _identity(stored: Any, evidence: Evidence) -> Iterator[Finding]:
    document = stored.model_dump(mode="json", by_alias=True)
    if evidence.commit is not None and stored.commit != evidence.commit:
        problem = f"stale: commit {str(stored.commit)[:7]}, HEAD {evidence.commit[:7]}"
        yield Finding(_SUMMARY.path, problem, "doit")
    if stored.profile != evidence.profile:
        problem = f"profile {stored.profile} cannot satisfy {evidence.profile}"
        yield Finding(_SUMMARY.path, problem, _SUMMARY.fix)
    text = evidence.get(catalog.SUMMARY_TEXT.path)
    if text is not None and text != summary_text.render(document):
        problem = "is not the text of the metrics summary: edited or stale"
        yield Finding(catalog.SUMMARY_TEXT.path, problem, catalog.SUMMARY_TEXT.fix)


def _differences(stored: Any, computed: Any, name: str = "") -> Iterator[str]:
    """Leaves that differ between the stored summary and the recomputed one, by dotted name."""
    if isinstance(stored, Mapping) and isinstance(computed, Mapping):
        for key in sorted(stored.keys() | computed.keys()):
            if name == "" and key in summary.IDENTITY:
                continue
            place = f"{name}.{key}" if name else str(key)
            if key not in computed:
                yield f"unknown key {place}"
            elif key not in stored:
                yield f"required key {place}"
            else:
                yield from _differences(stored[key], computed[key], place)
    elif stored != computed:
        yield f"{name} is {stored}, recomputed from the raw artifacts it is {computed}"
