"""Cheap artifacts are made again from their inputs: other bytes are another artifact."""

from __future__ import annotations

import importlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tasks.evidence import profiles, sources
from tasks.evidence.catalog import Artifact
from tasks.evidence.checks.evidence import Evidence
from tasks.evidence.digest import sha256_file
from tasks.evidence.faults import Finding, reasons

_FAMILIES = ("market_fit", "report", "wrds_sample")
_SUFFIXES = (".csv", ".html", ".js", ".json")
# Of the convergence studies the tables that are computed from others; their raw rows are sampled.
_DERIVED = tuple(
    f"docs/artifacts/{name}.csv"
    for name in (
        "method_agreement/by_product",
        "pde_order/orders",
        "mc_coverage/coverage",
        "qmc_efficiency/efficiency",
        "qmc_efficiency/time_to_error",
        "variance_reduction/variance_reduction",
    )
)


def check(evidence: Evidence) -> Iterator[Finding]:
    """Tables of the fits and pages of the report are what their makers make of the inputs here."""
    for artifact in evidence.artifacts:
        path = evidence.root / artifact.path
        cheap = artifact.family in _FAMILIES and artifact.path.endswith(_SUFFIXES)
        if not (cheap or artifact.path in _DERIVED) or evidence.get(artifact.path) is None:
            continue
        inputs = sources.input_paths(artifact, evidence.root)
        if not all(source.is_file() for source in inputs.values()):
            continue  # a pack leaves the sample's tables out; their absence is told elsewhere
        problem = _difference(artifact, path, inputs, evidence.profile)
        if problem is not None:
            yield Finding(artifact.path, problem, artifact.fix)


def _difference(
    artifact: Artifact, path: Path, inputs: dict[str, Path], profile: str
) -> str | None:
    module, _, function = artifact.build.partition(":")
    maker = getattr(importlib.import_module(module), function)
    with tempfile.TemporaryDirectory(prefix="strikeproof-remade-") as folder:
        again = Path(folder) / path.name
        config = profiles.settings(artifact, profile, None)
        try:
            maker(again, inputs=inputs, config=config, progress=lambda _done, _total: None)
        except ValueError as error:
            return f"cannot be made again: {'; '.join(reasons(error))}"
        stored, made = sha256_file(path), sha256_file(again)
    if stored != made:
        return f"not what its maker makes of these inputs: {stored[:12]} != {made[:12]}"
    return None
