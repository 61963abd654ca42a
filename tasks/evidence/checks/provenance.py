"""Receipts against the present: bytes as recorded, inputs unchanged, one profile everywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from tasks.evidence import profiles, receipts, sources
from tasks.evidence.catalog import Artifact
from tasks.evidence.checks.evidence import Evidence
from tasks.evidence.code import SourceTree
from tasks.evidence.digest import sha256_file
from tasks.evidence.faults import Finding
from tasks.evidence.repository import ROOT

_RESAVED = "; resaved by a spreadsheet or an editor?"


def check(evidence: Evidence) -> Iterator[Finding]:
    """Every artifact is the one that its receipt describes, and would be made so again."""
    hashed = cache(sha256_file)  # most artifacts share the core and most of their sources
    tree = SourceTree(ROOT)
    for artifact in evidence.artifacts:
        receipt = evidence.receipts.get(artifact.path)
        if receipt is None:
            continue
        yield from _output(artifact, receipt, evidence)
        yield from _recipe(artifact, receipt, evidence, hashed, tree)


def _output(artifact: Artifact, receipt: receipts.Receipt, evidence: Evidence) -> Iterator[Finding]:
    path = evidence.root / artifact.path
    if not path.is_file() or path.is_symlink():
        return  # reported when it was read
    recorded = receipt.outputs.get(artifact.path)
    if set(receipt.outputs) != {artifact.path}:
        problem = f"receipt is of {', '.join(receipt.outputs) or 'nothing'}"
        yield Finding(artifact.receipt, problem, artifact.fix)
    elif (actual := sha256_file(path)) != recorded:
        problem = f"sha256 mismatch: file {actual[:12]}, receipt {str(recorded)[:12]}"
        yield Finding(artifact.path, problem + _RESAVED, artifact.fix)


def _recipe(
    artifact: Artifact,
    receipt: receipts.Receipt,
    evidence: Evidence,
    hashed: Callable[[Path], str],
    tree: SourceTree,
) -> Iterator[Finding]:
    made = receipt.recipe.config.get("profile")
    if artifact.profiled and made != evidence.profile:
        problem = f"profile {made} cannot satisfy {evidence.profile}"
        yield Finding(artifact.path, problem, _profile_fix(artifact, evidence.profile))
        return
    config = profiles.settings(artifact, evidence.profile, evidence.commit)
    if artifact.identified and evidence.commit is None:
        config["commit"] = receipt.recipe.config.get("commit")
    try:
        inputs = sources.input_digests(artifact, evidence.root, hashed, tree)
    except FileNotFoundError as error:
        yield Finding(artifact.path, f"input missing: {error.filename}", artifact.fix)
        return
    present = receipts.Recipe(artifact.build, config, inputs, sources.versions())
    for reason in receipts.differences(receipt, present):
        yield Finding(artifact.path, f"stale: {reason}", artifact.fix)


def _profile_fix(artifact: Artifact, profile: str) -> str:
    switch = "REPRO_FAST=1 " if profile == profiles.FAST else ""
    return switch + artifact.fix
