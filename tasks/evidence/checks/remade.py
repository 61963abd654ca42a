"""Cheap artifacts are made again from their inputs: other bytes are another artifact."""

from __future__ import annotations

import importlib
import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path, PurePosixPath

from tasks.evidence import profiles, sources
from tasks.evidence.catalog import Artifact
from tasks.evidence.checks.evidence import Evidence
from tasks.evidence.digest import sha256_file
from tasks.evidence.faults import Finding, reasons

_FAMILIES = ("market_fit", "report", "wrds_sample")
_SUFFIXES = (".csv", ".html", ".js", ".json")
_REFUSED = "cannot be made again"
# Experiments of many runs; the figures of what they saw have bounds of their own.
_DEAR = ("leak_detection.json",)
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
        cheap &= not artifact.path.endswith(_DEAR)
        if not (cheap or artifact.path in _DERIVED) or evidence.get(artifact.path) is None:
            continue
        inputs = sources.input_paths(artifact, evidence.root)
        if not all(source.is_file() for source in inputs.values()):
            continue  # a pack leaves the sample's tables out; their absence is told elsewhere
        problem = _difference(artifact, path, inputs, evidence.profile)
        if problem is not None:
            yield Finding(artifact.path, problem, artifact.fix)


@dataclass(frozen=True, slots=True)
class _Inputs:
    """Input files; two sets are equal when names and contents are, wherever they lie."""

    digests: tuple[tuple[str, str], ...]
    paths: Mapping[str, Path] = field(compare=False)

    @classmethod
    def of(cls, paths: Mapping[str, Path]) -> _Inputs:
        return cls(tuple((name, sha256_file(path)) for name, path in paths.items()), paths)


def _difference(
    artifact: Artifact, path: Path, inputs: dict[str, Path], profile: str
) -> str | None:
    stored, made = sha256_file(path), _made(artifact, _Inputs.of(inputs), profile)
    if made.startswith(_REFUSED):
        return made
    if stored != made:
        return f"not what its maker makes of these inputs: {stored[:12]} != {made[:12]}"
    return None


@lru_cache(maxsize=128)
def _made_by(build: str, inputs: _Inputs, suffix: str, config: tuple[tuple[str, str], ...]) -> str:
    """Digest of what a maker makes of its inputs, or why it refuses; the same for the same."""
    module, _, function = build.partition(":")
    maker = getattr(importlib.import_module(module), function)
    with tempfile.TemporaryDirectory(prefix="strikeproof-remade-") as folder:
        again = Path(folder) / f"again{suffix}"
        try:
            maker(
                again,
                inputs=inputs.paths,
                config={name: json.loads(value) for name, value in config},
                progress=lambda _done, _total: None,
            )
        except ValueError as error:
            return f"{_REFUSED}: {'; '.join(reasons(error))}"
        return sha256_file(again)


def _made(artifact: Artifact, inputs: _Inputs, profile: str) -> str:
    config = profiles.settings(artifact, profile, None)
    told = tuple((name, json.dumps(value)) for name, value in sorted(config.items()))
    return _made_by(artifact.build, inputs, PurePosixPath(artifact.path).suffix, told)
