"""A copy of the evidence that may be lied in: files, receipts, manifest, pack."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tasks.evidence import (
    catalog,
    claims,
    gate,
    parity_grid,
    parity_store,
    render,
    repository,
    verify,
)
from tasks.evidence.catalog import Artifact
from tasks.evidence.digest import canonical_json, sha256_file
from tasks.evidence.report import plan

PARITY = "docs/artifacts/ql_parity/ql_parity.csv"
BENCHMARKS = "docs/artifacts/benchmarks/benchmarks.json"
COUNTS = "docs/artifacts/instruction_counts/instruction_counts.csv"
SUMMARY = catalog.SUMMARY.path
MANIFEST = catalog.MANIFEST.path
WRDS = "docs/artifacts/wrds_sample"

# What the gate reads besides the artifacts.
_SOURCES = (
    catalog.TOLERANCES,
    parity_grid.PATH,
    render.PLAN,
    "tests/data/dax_2002_07_05.json",
    "tests/data/evidence_mutants.csv",
    catalog.WRDS_PANEL,
    catalog.WRDS_UNIVERSE,
    *plan.ASSETS.values(),
)


class Scene:
    """Evidence under a folder of its own, fresh for each lie."""

    def __init__(self, folder: Path, profile: str, artifacts: tuple[Artifact, ...]) -> None:
        self.root = folder
        self.profile = profile
        self.artifacts = artifacts
        for artifact in artifacts:
            for name in (artifact.path, artifact.receipt):
                self._copy(name)
        for name in _SOURCES:
            self._copy(name)

    def _copy(self, name: str) -> None:
        target = self.root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(repository.ROOT / name, target)

    def path(self, name: str) -> Path:
        """File of the scene by repository path."""
        return self.root / name

    def edit(self, name: str, change: Callable[[bytes], bytes]) -> None:
        """Replace a file's bytes; a change that changes nothing is a defect of the mutation."""
        path = self.path(name)
        before = path.read_bytes()
        after = change(before)
        if after == before:
            raise AssertionError(f"the mutation of {name} changed nothing")
        path.write_bytes(after)

    def edit_json(self, name: str, change: Callable[[Any], None]) -> None:
        """Change a JSON document in place and write it back in canonical form."""

        def rewritten(data: bytes) -> bytes:
            document = json.loads(data)
            change(document)
            return canonical_json(document)

        self.edit(name, rewritten)

    def edit_table(self, name: str, change: Callable[[list[Any]], None]) -> None:
        """Change the rows, as dictionaries, of a table in Parquet, and write it back."""
        self.edit(name, lambda data: parity_store.rewritten(data, change))

    def reseal(self, name: str) -> None:
        """Do what a careful editor does: put the new digest into receipt and manifest."""
        digest = sha256_file(self.path(name))
        size = self.path(name).stat().st_size
        receipt = name + catalog.RECEIPT_SUFFIX
        self.edit_json(receipt, lambda d: d["subject"][0]["digest"].update(sha256=digest))

        def relist(document: Any) -> None:
            for entry in document["artifacts"]:
                if entry["path"] == name:
                    entry.update(sha256=digest, size=size)

        if name != MANIFEST:
            self.edit_json(MANIFEST, relist)
            self.reseal(MANIFEST)

    def gate(self) -> list[str]:
        """What the gate says of this scene, one line per fault."""
        commit = repository.commit()
        verdict = gate.run_gate(self.root, self.profile, commit, self.artifacts)
        return [str(finding) for finding in verdict.findings]


def verifier(pack: Path) -> list[str]:
    """What the verifier refuses in a pack, one line per claim."""
    return [c.subject + ": " + c.detail for c in verify.verify(pack) if c.state == claims.REFUSED]
