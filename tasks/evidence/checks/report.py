"""The report: every figure of the summary is shown and none is another; claims and links hold."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote

from tasks.evidence import catalog
from tasks.evidence.checks.evidence import Evidence
from tasks.evidence.faults import Finding
from tasks.evidence.report import claims, figures, plan
from tasks.evidence.report.readback import Page

_PAGES = {a.path: a for a in catalog.REPORT if a.schema == "report_page"}
_INDEX = next(path for path in _PAGES if PurePosixPath(path).stem == plan.INDEX)
_ALLOWED = ("data:,",)  # the empty icon
_MOST_NAMED = 10


def check(evidence: Evidence) -> Iterator[Finding]:
    """Figures, claims and links of every page, beside summary, tolerances and catalog."""
    summary = evidence.get(catalog.SUMMARY.path)
    pages = {path: evidence.get(path) for path in _PAGES}
    if summary is None or any(page is None for page in pages.values()):
        return  # what could not be read is told elsewhere
    document = summary.model_dump(mode="json", by_alias=True)
    for path, problem in faults(pages, document, evidence):
        yield Finding(path, problem, _PAGES[path].fix)


def faults(
    pages: Mapping[str, Page], summary: Mapping[str, Any], evidence: Evidence
) -> Iterator[tuple[str, str]]:
    """Each fault with the path of its page."""
    values = dict(figures.leaves(summary))
    for path, page in pages.items():
        found = [*_figure_faults(page, values), *_link_faults(path, pages)]
        yield from ((path, problem) for problem in found[:_MOST_NAMED])
    shown = {name for page in pages.values() for name, _, _ in page.figures}
    wanted = {name for name in values if "." in name}  # schema, profile and commit are no figures
    for name in sorted(wanted - shown)[:_MOST_NAMED]:
        yield _INDEX, f"no page shows {name}"
    judged = claims.claims(summary, evidence.bounds) if evidence.bounds else []
    yield from ((_INDEX, problem) for problem in _claim_faults(pages[_INDEX], judged))


def _figure_faults(page: Page, values: Mapping[str, Any]) -> Iterator[str]:
    for name, text, visible in page.figures:
        if name not in values:
            yield f"shows {name}, which the summary does not have"
        elif json.dumps(values[name], ensure_ascii=False) != text:
            yield f"says that {name} is {text}, the summary says {values[name]}"
        elif figures.shown(values[name]) != visible:
            yield f"shows {visible} for {name}, which is {figures.shown(values[name])}"


def _claim_faults(page: Page, judged: list[claims.Claim]) -> Iterator[str]:
    told = {name: (state, limit) for name, state, limit in page.claims}
    if len(told) != len(page.claims):
        yield "tells a claim twice"
    for claim in judged:
        state, limit = told.pop(claim.name, ("absent", ""))
        if state != claim.state:
            yield f"says '{state}' of the claim {claim.name}, which is '{claim.state}'"
        elif limit != str(claim.limit):
            yield f"says that the limit of {claim.name} is {limit}, it is {claim.limit}"
    yield from (f"claims {name}, which has no limit" for name in told)


def _link_faults(path: str, pages: Mapping[str, Page]) -> Iterator[str]:
    for link in dict.fromkeys(pages[path].links):
        if link in _ALLOWED:
            continue
        place, _, anchor = unquote(link).partition("#")
        folder = posixpath.dirname(path)
        target = posixpath.normpath(posixpath.join(folder, place)) if place else path
        if target not in _members():
            yield f"link to {link}, which the pack does not hold"
        elif anchor and (target not in pages or anchor not in pages[target].anchors):
            yield f"link to {link}: there is no such place"


def _members() -> set[str]:
    required = (*catalog.REQUIRED, catalog.GATE_REPORT)
    receipts = {artifact.receipt for artifact in required}
    return {a.path for a in required if a.packed} | receipts | {catalog.TOLERANCES}
