"""Optional artifacts: none is demanded; one that lies on disk is held to schema and receipt."""

from __future__ import annotations

from collections.abc import Iterator

from tasks.evidence import catalog
from tasks.evidence.checks import provenance
from tasks.evidence.checks.evidence import Evidence, load
from tasks.evidence.faults import Finding


def check(evidence: Evidence) -> Iterator[Finding]:
    """Every optional artifact found reads under its schema and is what its receipt describes."""
    root = evidence.root
    found = tuple(
        artifact
        for artifact in catalog.OPTIONAL
        if any((root / name).exists() for name in (artifact.path, artifact.receipt))
    )
    present = load(root, evidence.profile, evidence.commit, evidence.bounds, found)
    yield from present.findings
    yield from provenance.check(present)
